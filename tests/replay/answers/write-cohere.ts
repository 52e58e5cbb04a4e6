import type { JsonObject } from '../types.ts'
import { callId, madeUpUuid } from './ids.ts'
import { callsOf, fragments, pieces, totals, type Scene, type SceneStop } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

const FINISH: Record<SceneStop, string> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  stop_sequence: 'STOP_SEQUENCE',
  refusal: 'COMPLETE',
  content_filter: 'ERROR_TOXIC',
}

/** Cohere's chat, version 2: content, a plan before tool calls, tokens beside billed units. */
export const cohere: Writer = {
  whole(scene, frame) {
    const calls = callsOf(scene)
    const content = contents(scene, frame)
    const plan = planOf(scene)
    return {
      id: madeUpUuid(frame.seed),
      message: {
        role: 'assistant',
        ...(plan === undefined ? {} : { tool_plan: plan }),
        ...(calls.length === 0 ? {} : { tool_calls: calls.map((call, index) => toolCall(call, index, frame)) }),
        ...(content.length === 0 ? {} : { content }),
      },
      finish_reason: FINISH[scene.stop],
      usage: usage(scene),
    }
  },
  events(scene, frame) {
    const empty = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    const found: JsonObject[] = [{ id: madeUpUuid(frame.seed), type: 'message-start', delta: { message: empty } }]
    for (const piece of pieces(planOf(scene) ?? '')) {
      if (piece !== '') found.push({ type: 'tool-plan-delta', delta: { message: { tool_plan: piece } } })
    }
    for (const [index, content] of contents(scene, frame).entries()) found.push(...contentEvents(content, index))
    for (const [index, call] of callsOf(scene).entries()) found.push(...callEvents(toolCall(call, index, frame), index))
    found.push({ type: 'message-end', delta: { finish_reason: FINISH[scene.stop], usage: usage(scene) } })
    return found
  },
}

/** Text before calls is the plan. */
function planOf(scene: Scene): string | undefined {
  if (callsOf(scene).length === 0) return undefined
  return scene.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('')
}

function contents(scene: Scene, frame: AnswerFrame): JsonObject[] {
  const withPlan = callsOf(scene).length > 0
  return scene.parts.flatMap((part): JsonObject[] => {
    if (part.type === 'reasoning') return frame.showReasoning && part.text !== '' ? [{ type: 'thinking', thinking: part.text }] : []
    return part.type === 'call' || withPlan ? [] : [{ type: 'text', text: part.text }]
  })
}

function contentEvents(content: JsonObject, index: number): JsonObject[] {
  const member = content['type'] === 'thinking' ? 'thinking' : 'text'
  const wrap = (of: JsonObject): JsonObject => ({ message: { content: of } })
  return [
    { type: 'content-start', index, delta: wrap({ type: member, [member]: '' }) },
    ...pieces(String(content[member])).map((piece) => ({ type: 'content-delta', index, delta: wrap({ [member]: piece }) })),
    { type: 'content-end', index },
  ]
}

function toolCall(call: { name: string; arguments: JsonObject; id?: string }, index: number, frame: AnswerFrame): JsonObject {
  const id = call.id ?? callId('cohere', `${frame.seed}/${index}`, call.name)
  return { id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }
}

function callEvents(call: JsonObject, index: number): JsonObject[] {
  const { name, arguments: json } = call['function'] as { name: string; arguments: string }
  const wrap = (of: JsonObject): JsonObject => ({ message: { tool_calls: of } })
  return [
    { type: 'tool-call-start', index, delta: wrap({ ...call, function: { name, arguments: '' } }) },
    ...fragments(json).map((piece) => ({ type: 'tool-call-delta', index, delta: wrap({ function: { arguments: piece } }) })),
    { type: 'tool-call-end', index },
  ]
}

/** Tokens are what the model saw and made; fewer are billed. */
function usage(scene: Scene): JsonObject {
  const { input, output } = totals(scene.usage)
  return {
    billed_units: { input_tokens: scene.usage.input, output_tokens: output },
    tokens: { input_tokens: input, output_tokens: output },
    cached_tokens: scene.usage.cacheRead ?? 0,
  }
}
