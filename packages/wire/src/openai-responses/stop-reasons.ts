import type { Stop, StopReason } from '../canonical/answer.ts'
import { isObject, type JsonObject, stringOf } from '../json/object.ts'

const INCOMPLETE: Record<string, StopReason> = { max_output_tokens: 'length', content_filter: 'content_filter' }
const FAILED = new Set(['failed', 'cancelled'])

/** Why a response ended, by its status; calls of the caller's tools do not show in it. An unknown word counts as a plain stop. */
export function stopOf({ status, incomplete_details: details }: JsonObject, calls: boolean): Stop {
  const reason = isObject(details) ? details['reason'] : undefined
  if (status === 'incomplete') return { reason: INCOMPLETE[stringOf(reason)] ?? 'stop', raw: stringOf(reason ?? status) }
  if (typeof status === 'string' && FAILED.has(status)) return { reason: 'error', raw: status }
  return { reason: calls ? 'tool_calls' : 'stop' }
}

/** How an answer ends for the caller: its status, and the details where it is not whole. */
export interface Ending {
  status: 'completed' | 'incomplete' | 'failed'
  reason?: 'max_output_tokens' | 'content_filter'
}

/** A refusal that says why it is one is an answer; one that cuts the answer off is not. */
const ENDINGS: Record<StopReason, Ending> = {
  stop: { status: 'completed' },
  stop_sequence: { status: 'completed' },
  tool_calls: { status: 'completed' },
  pause: { status: 'completed' },
  length: { status: 'incomplete', reason: 'max_output_tokens' },
  context: { status: 'incomplete', reason: 'max_output_tokens' },
  content_filter: { status: 'incomplete', reason: 'content_filter' },
  refusal: { status: 'incomplete', reason: 'content_filter' },
  error: { status: 'failed' },
}

/** The ending for a stop reason. `refused`: the answer holds a refusal in words. */
export function endingOf(reason: StopReason, refused: boolean): Ending {
  return reason === 'refusal' && refused ? ENDINGS.stop : ENDINGS[reason]
}
