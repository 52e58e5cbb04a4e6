import type { StreamEvent } from '../canonical/answer.ts'
import type { JsonObject } from '../json/object.ts'
import { reasoningPart } from './decode-items.ts'
import type { Tracked } from './item-tracker.ts'

/**
 * A piece of a thought or, where none came before, a whole part of it. Parts of a summary are paragraphs. A vendor that
 * tells both the text and a summary of it is heard once: what came first counts.
 */
export function thoughtEvents(kind: 'text' | 'summary', event: JsonObject, text: unknown, tracked: Tracked, whole = false): StreamEvent[] {
  const index = kind === 'text' ? event['content_index'] : event['summary_index']
  const paragraph = typeof index === 'number' ? index : 0
  if (typeof text !== 'string' || text === '' || (tracked.thought ?? kind) !== kind) return []
  const { paragraph: last } = tracked
  if (whole && last !== undefined && paragraph <= last) return []
  tracked.thought = kind
  tracked.paragraph = paragraph
  return [{ type: 'reasoning', choice: 0, text: last === undefined || last === paragraph ? text : `\n\n${text}` }]
}

/** A thought at its end: its text, where nothing of it was told, and what proves it. */
export function wholeThoughtEvents(item: JsonObject, tracked: Tracked): StreamEvent[] {
  const { text, signature, redacted, origin = 'openai-responses' } = reasoningPart(item, '')
  const events: StreamEvent[] = tracked.thought === undefined && text !== '' ? [{ type: 'reasoning', choice: 0, text }] : []
  if (signature !== undefined) events.push({ type: 'reasoning_signature', choice: 0, signature, origin })
  if (redacted !== undefined) events.push({ type: 'redacted_reasoning', choice: 0, data: redacted, origin })
  return events
}
