import type { Stop, StopReason } from '../canonical/answer.ts'

/** What the vendors of this dialect say, beside OpenAI's own words (R1). */
const READ = new Map<string, StopReason>([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'context'],
  ['model_context_window_exceeded', 'context'],
  ['tool_calls', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['sensitive', 'content_filter'],
  ['refusal', 'refusal'],
  ['error', 'error'],
  ['insufficient_system_resource', 'error'],
  ['network_error', 'error'],
])

const WRITTEN: Record<StopReason, string> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  context: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
  error: 'error',
}

/** Why a choice ended. A vendor that says `stop` beside calls means the calls (R2): OpenAI does, of a call that was forced. */
export function stopOf(finishReason: string, hasCalls: boolean): Stop {
  const known = READ.get(finishReason)
  const reason = known === 'stop' && hasCalls ? 'tool_calls' : (known ?? 'stop')
  return WRITTEN[reason] === finishReason ? { reason } : { reason, raw: finishReason }
}

/**
 * The members of a choice that tell why it ended. What OpenAI has no word for stands beside it, under the name that
 * OpenRouter gave it.
 */
export function finishMembers(stop: Stop, legacy: boolean): { finish_reason: string; native_finish_reason?: string } {
  const word = legacy && stop.reason === 'tool_calls' ? 'function_call' : WRITTEN[stop.reason]
  return stop.raw === undefined || stop.raw === word ? { finish_reason: word } : { finish_reason: word, native_finish_reason: stop.raw }
}
