import type { JsonObject } from '../types.ts'
import { callId, madeUp, madeUpSignature } from './ids.ts'
import { fragments, pieces, type Scene, type ScenePart, type SceneStop } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

const STOP: Record<SceneStop, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
  content_filter: 'refusal',
}

/** Anthropic's messages: content blocks, thinking signed, input without what came from the cache. */
export const anthropic: Writer = {
  whole: (scene, frame) => ({ ...message(scene, frame), content: blocks(scene, frame), ...stopOf(scene), usage: usage(scene, true) }),
  events(scene, frame) {
    const start = { ...message(scene, frame), content: [], stop_reason: null, stop_sequence: null, usage: usage(scene, false) }
    return [
      { type: 'message_start', message: start },
      ...blocks(scene, frame).flatMap(blockEvents),
      { type: 'message_delta', delta: stopOf(scene), usage: finalUsage(scene) },
      { type: 'message_stop' },
    ]
  },
}

function message(_scene: Scene, frame: AnswerFrame): JsonObject {
  return { model: frame.model, id: `msg_01${madeUp(frame.seed, 22)}`, type: 'message', role: 'assistant' }
}

function stopOf(scene: Scene): JsonObject {
  return { stop_reason: STOP[scene.stop], stop_sequence: scene.stopSequence ?? null }
}

/** Output counts thinking; input does not count what was read from the cache or written to it. */
function usage(scene: Scene, whole: boolean): JsonObject {
  const { input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 } = scene.usage
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: whole ? output + reasoning : 1,
    service_tier: 'standard',
  }
}

function finalUsage(scene: Scene): JsonObject {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usage(scene, true)
  return { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens }
}

function blocks(scene: Scene, frame: AnswerFrame): JsonObject[] {
  return scene.parts.map((part, index) => block(part, `${frame.seed}/${index}`, frame))
}

function block(part: ScenePart, seed: string, frame: AnswerFrame): JsonObject {
  if (part.type === 'call') {
    return { type: 'tool_use', id: part.id ?? callId('anthropic', seed, part.name), name: part.name, input: part.arguments }
  }
  if (part.type !== 'reasoning') return { type: 'text', text: part.text }
  const signature = madeUpSignature(`${seed}/${part.text}`)
  frame.issue(signature, part.text)
  return { type: 'thinking', thinking: part.text, signature }
}

function blockEvents(made: JsonObject, index: number): JsonObject[] {
  const delta = (of: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta: of })
  const start = (content: JsonObject): JsonObject => ({ type: 'content_block_start', index, content_block: content })
  const stop = { type: 'content_block_stop', index }
  if (made['type'] === 'tool_use') {
    const json = JSON.stringify(made['input'])
    const parts = json === '{}' ? [''] : ['', ...fragments(json)]
    return [start({ ...made, input: {} }), ...parts.map((piece) => delta({ type: 'input_json_delta', partial_json: piece })), stop]
  }
  if (made['type'] === 'thinking') {
    const said = String(made['thinking'])
    const texts = (said === '' ? [] : pieces(said)).map((thinking) => delta({ type: 'thinking_delta', thinking }))
    const signed = delta({ type: 'signature_delta', signature: made['signature'] })
    return [start({ type: 'thinking', thinking: '', signature: '' }), ...texts, signed, stop]
  }
  const texts = pieces(String(made['text'])).map((text) => delta({ type: 'text_delta', text }))
  return [start({ type: 'text', text: '' }), { type: 'ping' }, ...texts, stop]
}
