import type { JsonObject } from '../types.ts'
import { callId, madeUp } from './ids.ts'
import { callsOf, fragments, pieces, textOf, totals, type Scene, type SceneStop } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

const FINISH: Record<SceneStop, string> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  stop_sequence: 'stop',
  refusal: 'stop',
  content_filter: 'content_filter',
}

/** OpenAI's chat completions, and what speaks like them: Azure, Mistral, DeepSeek, others. */
export const openaiChat: Writer = {
  whole(scene, frame) {
    const text = textOf(scene, 'text')
    const refusal = textOf(scene, 'refusal')
    const calls = toolCalls(scene, frame)
    const message: JsonObject = {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
      ...(speaksRefusals(frame) ? { refusal: refusal === '' ? null : refusal } : {}),
      ...(speaksRefusals(frame) ? { annotations: [] } : {}),
      ...reasoningOf(scene, frame),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    }
    if (!speaksRefusals(frame) && refusal !== '') message['content'] = refusal
    const choice = { index: 0, message, ...logprobs(frame), finish_reason: FINISH[scene.stop] }
    return { ...head(frame, 'chat.completion'), choices: [choice], usage: chatUsage(scene, frame), ...tail(frame) }
  },
  events(scene, frame) {
    const deltas = deltasOf(scene, frame)
    const chunks = deltas.map((delta) => chunk(frame, [{ index: 0, delta, ...logprobs(frame), finish_reason: null }]))
    const last = { index: 0, delta: {}, ...logprobs(frame), finish_reason: FINISH[scene.stop] }
    const usage = chatUsage(scene, frame)
    if (alwaysReports(frame)) return [...chunks, { ...chunk(frame, [last]), usage }]
    return [...chunks, chunk(frame, [last]), ...(frame.includeUsage ? [{ ...chunk(frame, []), usage }] : [])]
  },
}

/** Mistral and DeepSeek put usage beside the last finish reason, asked or not. */
function alwaysReports(frame: AnswerFrame): boolean {
  return frame.vendor === 'mistral' || frame.vendor === 'deepseek'
}

function speaksRefusals(frame: AnswerFrame): boolean {
  return frame.vendor === 'openai' || frame.vendor === 'azure'
}

function logprobs(frame: AnswerFrame): JsonObject {
  return frame.vendor === 'mistral' ? {} : { logprobs: null }
}

function head(frame: AnswerFrame, object: string): JsonObject {
  const id = frame.vendor === 'mistral' ? madeUp(frame.seed, 32).toLowerCase() : `chatcmpl-${madeUp(frame.seed, 29)}`
  return { id, object, created: frame.created, model: frame.model }
}

function tail(frame: AnswerFrame): JsonObject {
  if (frame.vendor === 'openai') return { service_tier: 'default', system_fingerprint: `fp_${madeUp(frame.model, 10).toLowerCase()}` }
  if (frame.vendor === 'azure') return { system_fingerprint: `fp_${madeUp(frame.model, 10).toLowerCase()}`, prompt_filter_results: [] }
  return {}
}

function chunk(frame: AnswerFrame, choices: unknown[]): JsonObject {
  const usage = frame.includeUsage && !alwaysReports(frame) ? { usage: null } : {}
  return { ...head(frame, 'chat.completion.chunk'), ...(frame.vendor === 'openai' ? tail(frame) : {}), choices, ...usage }
}

/** Vendors other than OpenAI show what the model thought beside what it says. */
function reasoningOf(scene: Scene, frame: AnswerFrame): JsonObject {
  const text = textOf(scene, 'reasoning')
  return text === '' || speaksRefusals(frame) || frame.vendor === 'mistral' ? {} : { reasoning_content: text }
}

function toolCalls(scene: Scene, frame: AnswerFrame): JsonObject[] {
  return callsOf(scene).map((call, index) => ({
    id: idOf(call, index, frame),
    ...(frame.vendor === 'mistral' ? {} : { type: 'function' }),
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
    ...(frame.vendor === 'mistral' ? { index } : {}),
  }))
}

function idOf(call: { name: string; id?: string }, index: number, frame: AnswerFrame): string {
  const vendor = frame.vendor === 'mistral' || frame.vendor === 'deepseek' ? frame.vendor : 'openai'
  return call.id ?? callId(vendor, `${frame.seed}/${index}`, call.name)
}

function deltasOf(scene: Scene, frame: AnswerFrame): JsonObject[] {
  const deltas: JsonObject[] = [{ role: 'assistant', content: '', ...(speaksRefusals(frame) ? { refusal: null } : {}) }]
  let calls = 0
  for (const part of scene.parts) {
    if (part.type === 'text') deltas.push(...pieces(part.text).map((content) => ({ content })))
    if (part.type === 'refusal') {
      deltas.push(...pieces(part.text).map((piece) => (speaksRefusals(frame) ? { refusal: piece } : { content: piece })))
    }
    if (part.type === 'reasoning' && reasoningOf(scene, frame)['reasoning_content'] !== undefined) {
      deltas.push(...pieces(part.text).map((piece) => ({ content: null, reasoning_content: piece })))
    }
    if (part.type === 'call') deltas.push(...callDeltas(part, calls++, frame))
  }
  return deltas
}

/** Mistral gives a call whole; the others its head, then its arguments in fragments. */
function callDeltas(part: { name: string; arguments: JsonObject; id?: string }, index: number, frame: AnswerFrame): JsonObject[] {
  const json = JSON.stringify(part.arguments)
  const id = idOf(part, index, frame)
  if (frame.vendor === 'mistral') {
    return [{ content: null, tool_calls: [{ id, function: { name: part.name, arguments: json }, index }] }]
  }
  const opening = { tool_calls: [{ index, id, type: 'function', function: { name: part.name, arguments: '' } }] }
  return [opening, ...fragments(json).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] }))]
}

function chatUsage(scene: Scene, frame: AnswerFrame): JsonObject {
  const { input, output } = totals(scene.usage)
  const sums = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
  const cached = (scene.usage.cacheRead ?? 0) > 0
  if (frame.vendor === 'ollama') return sums
  if (frame.vendor === 'mistral') {
    return { ...sums, ...(cached ? { prompt_tokens_details: { cached_tokens: scene.usage.cacheRead } } : {}) }
  }
  const details = {
    prompt_tokens_details: { cached_tokens: scene.usage.cacheRead ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: scene.usage.reasoning ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
  if (frame.vendor !== 'deepseek') return { ...sums, ...details }
  return {
    ...sums,
    prompt_tokens_details: { cached_tokens: scene.usage.cacheRead ?? 0 },
    ...((scene.usage.reasoning ?? 0) > 0 ? { completion_tokens_details: { reasoning_tokens: scene.usage.reasoning } } : {}),
    prompt_cache_hit_tokens: scene.usage.cacheRead ?? 0,
    prompt_cache_miss_tokens: input - (scene.usage.cacheRead ?? 0),
  }
}
