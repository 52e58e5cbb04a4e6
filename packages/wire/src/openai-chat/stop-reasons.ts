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

/**
 * Why a choice ended. A vendor that says `stop` beside calls means the calls (R2): OpenAI does, of a call that was forced.
 * `sequence`: which stop sequence matched, as vLLM tells it under `stop_reason` (R3).
 */
export function stopOf(finishReason: string, hasCalls: boolean, sequence?: unknown): Stop {
  const known = READ.get(finishReason)
  if (known === 'stop' && hasCalls) return { reason: 'tool_calls', raw: finishReason }
  if (known === 'stop' && typeof sequence === 'string') return { reason: 'stop_sequence', sequence }
  const reason = known ?? 'stop'
  return WRITTEN[reason] === finishReason ? { reason } : { reason, raw: finishReason }
}

/** The members of a choice that tell why it ended. */
export interface FinishMembers {
  finish_reason: string
  /** What OpenAI has no word for, under the name that OpenRouter gave it. */
  native_finish_reason?: string
  /** The stop sequence that matched, under the name that vLLM gave it. */
  stop_reason?: string
}

/** `legacy`: the caller speaks of functions instead of tools. */
export function finishMembers({ reason, raw, sequence }: Stop, legacy: boolean): FinishMembers {
  const word = legacy && reason === 'tool_calls' ? 'function_call' : WRITTEN[reason]
  return {
    finish_reason: word,
    ...(raw === undefined || raw === word ? {} : { native_finish_reason: raw }),
    ...(sequence === undefined ? {} : { stop_reason: sequence }),
  }
}
