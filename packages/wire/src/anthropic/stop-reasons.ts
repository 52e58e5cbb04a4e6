import type { Stop, StopReason } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** Both ways (R1); Messages API reference, "stop_reason". */
const REASONS: [word: string, reason: StopReason][] = [
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['model_context_window_exceeded', 'context'],
  ['compaction', 'pause'],
]

/** Reasons that Anthropic has no word of its own for. One that ended in an error must not look whole: the only word for what is cut off is that of the limit. */
const OTHER_WORDS: Partial<Record<StopReason, string>> = { content_filter: 'refusal', error: 'max_tokens' }

const NEUTRAL = new Map(REASONS)
/** Of two words for one reason the first. */
const WORDS = new Map(REASONS.toReversed().map(([word, reason]) => [reason, word]))

/** Why the answer ended, from an answer or the `delta` of a `message_delta`; undefined while it has not. */
export function stopOf(message: JsonObject): Stop | undefined {
  const word = message['stop_reason']
  if (typeof word !== 'string') return undefined
  const reason = NEUTRAL.get(word)
  const sequence = message['stop_sequence']
  return {
    reason: reason ?? 'stop',
    ...(reason === undefined || WORDS.get(reason) !== word ? { raw: word } : {}),
    ...(typeof sequence === 'string' ? { sequence } : {}),
  }
}

/** What the vendor says about a refusal, for the person who reads it; '' where it says nothing. */
export function refusalText(message: JsonObject): string {
  const details = message['stop_details']
  const explanation = isObject(details) ? details['explanation'] : undefined
  return typeof explanation === 'string' ? explanation : ''
}

/** The members of an answer that say why it ended. Tool calls end a turn by `tool_use`, whatever the upstream said (R2). */
export function stopMembers(stop: Stop, content: { toolCalls: boolean; refusal: boolean }): JsonObject {
  let word = WORDS.get(stop.reason) ?? OTHER_WORDS[stop.reason] ?? 'end_turn'
  if (word === 'end_turn' && content.refusal) word = 'refusal'
  if (word === 'end_turn' && content.toolCalls) word = 'tool_use'
  const sequence = word === 'stop_sequence' ? (stop.sequence ?? null) : null
  const details = word === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null
  return { stop_reason: word, stop_sequence: sequence, stop_details: details }
}
