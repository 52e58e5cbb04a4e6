import type { JsonObject } from '../types.ts'
import { callId, madeUpSignature } from './ids.ts'
import { fragments, pieces, totals, type Scene, type ScenePart, type SceneStop } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

const STOP: Record<SceneStop, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  stop_sequence: 'stop_sequence',
  refusal: 'end_turn',
  content_filter: 'content_filtered',
}

/** Bedrock's Converse: blocks; in a stream each event is one member, its name the type of the frame. */
export const bedrock: Writer = {
  whole: (scene, frame) => ({
    metrics: { latencyMs: 512 },
    output: { message: { content: blocks(scene, frame), role: 'assistant' } },
    stopReason: STOP[scene.stop],
    usage: usage(scene),
  }),
  events: (scene, frame) => [
    { messageStart: { role: 'assistant' } },
    ...blocks(scene, frame).flatMap(blockEvents),
    { messageStop: { stopReason: STOP[scene.stop] } },
    { metadata: { usage: usage(scene), metrics: { latencyMs: 512 } } },
  ],
}

/** Input without what came from the cache; the total with it. */
function usage(scene: Scene): JsonObject {
  const { cacheRead = 0, cacheWrite = 0 } = scene.usage
  const { input, output } = totals(scene.usage)
  const cached = cacheRead + cacheWrite === 0 ? {} : { cacheReadInputTokens: cacheRead, cacheWriteInputTokens: cacheWrite }
  return { inputTokens: scene.usage.input, outputTokens: output, totalTokens: input + output, ...cached }
}

function blocks(scene: Scene, frame: AnswerFrame): JsonObject[] {
  return scene.parts.map((part, index) => block(part, `${frame.seed}/${index}`, frame))
}

function block(part: ScenePart, seed: string, frame: AnswerFrame): JsonObject {
  if (part.type === 'call') {
    return { toolUse: { toolUseId: part.id ?? callId('bedrock', seed, part.name), name: part.name, input: part.arguments } }
  }
  if (part.type !== 'reasoning') return { text: part.text }
  const signature = madeUpSignature(`${seed}/${part.text}`)
  frame.issue(signature, part.text)
  return { reasoningContent: { reasoningText: { text: part.text, signature } } }
}

function blockEvents(made: JsonObject, index: number): JsonObject[] {
  const delta = (of: JsonObject): JsonObject => ({ contentBlockDelta: { contentBlockIndex: index, delta: of } })
  const stop = { contentBlockStop: { contentBlockIndex: index } }
  const call = made['toolUse'] as { toolUseId: string; name: string; input: JsonObject } | undefined
  if (call !== undefined) {
    const start = { toolUse: { toolUseId: call.toolUseId, name: call.name } }
    const json = JSON.stringify(call.input)
    const parts = json === '{}' ? [''] : fragments(json)
    return [{ contentBlockStart: { contentBlockIndex: index, start } }, ...parts.map((input) => delta({ toolUse: { input } })), stop]
  }
  const reasoning = (made['reasoningContent'] as { reasoningText: { text: string; signature: string } } | undefined)?.reasoningText
  if (reasoning !== undefined) {
    const texts = (reasoning.text === '' ? [] : pieces(reasoning.text)).map((text) => delta({ reasoningContent: { text } }))
    return [...texts, delta({ reasoningContent: { signature: reasoning.signature } }), stop]
  }
  return [...pieces(String(made['text'])).map((text) => delta({ text })), stop]
}
