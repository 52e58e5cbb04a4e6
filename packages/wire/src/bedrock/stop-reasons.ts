import type { Stop, StopReason } from '../canonical/answer.ts'
import { isObject } from '../json/object.ts'

/** Converse's `StopReason`. */
const REASONS = new Map<unknown, StopReason>([
  ['end_turn', 'stop'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop_sequence'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['malformed_model_output', 'error'],
  ['malformed_tool_use', 'error'],
  ['model_context_window_exceeded', 'context'],
])

/** Reasons for which the vendor's word says more than the neutral one. */
const COARSE: ReadonlySet<StopReason> = new Set(['content_filter', 'error'])

/**
 * Why an answer ended (R1). `holder` is the whole answer or the event `messageStop`. Some models end a turn that calls tools
 * as any other (R2). Which stop sequence matched, Claude alone tells, where it is asked (R3): see `encode.ts`.
 */
export function stopOf(holder: Record<string, unknown>, callsTools: boolean): Stop {
  const told = holder['stopReason']
  const known = REASONS.get(told)
  if (callsTools && (known === undefined || known === 'stop')) return { reason: 'tool_calls' }
  const raw = typeof told === 'string' && (known === undefined || COARSE.has(known)) ? { raw: told } : {}
  const sequence = known === 'stop_sequence' ? matched(holder['additionalModelResponseFields']) : undefined
  return { reason: known ?? 'stop', ...raw, ...(sequence === undefined ? {} : { sequence }) }
}

/** Whole answers tell it at `/stop_sequence`, streams at `/delta/stop_sequence`. */
function matched(fields: unknown): string | undefined {
  if (!isObject(fields)) return undefined
  const sequence = fields['stop_sequence'] ?? (isObject(fields['delta']) ? fields['delta']['stop_sequence'] : undefined)
  return typeof sequence === 'string' ? sequence : undefined
}
