import type { StreamEvent } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { citationOf } from './citations.ts'
import { trackedPart, type Tracked } from './item-tracker.ts'
import { logprobsOf } from './logprobs.ts'
import { thoughtEvents } from './thought-events.ts'

/** A piece of text or, where none came before, the whole of it. */
export function textEvents(event: JsonObject, text: unknown, tracked: Tracked, whole = false): StreamEvent[] {
  if (typeof text !== 'string' || !isNew(event, text, tracked, whole)) return []
  return [present({ type: 'text', choice: 0, text, logprobs: logprobsOf(event['logprobs']) })]
}

export function refusalEvents(event: JsonObject, text: unknown, tracked: Tracked, whole = false): StreamEvent[] {
  return typeof text === 'string' && isNew(event, text, tracked, whole) ? [{ type: 'refusal', choice: 0, text }] : []
}

function isNew(event: JsonObject, text: string, tracked: Tracked, whole: boolean): boolean {
  const part = trackedPart(tracked, event)
  if (text === '' || (whole && part.hasText)) return false
  part.hasText = true
  return true
}

/** One annotation, as it is added. */
export function annotationEvents(event: JsonObject, tracked: Tracked): StreamEvent[] {
  if (!isObject(event['annotation'])) return []
  trackedPart(tracked, event).annotations++
  return [{ type: 'citation', choice: 0, citation: citationOf(event['annotation']) }]
}

/** A content part at its end: what of it was not told in pieces. */
export function wholePartEvents(event: JsonObject, part: unknown, tracked: Tracked): StreamEvent[] {
  if (!isObject(part)) return []
  if (part['type'] === 'refusal') return refusalEvents(event, part['refusal'], tracked, true)
  if (part['type'] === 'reasoning_text') return thoughtEvents('text', event, part['text'], tracked, true)
  const text = textEvents({ ...event, logprobs: part['logprobs'] }, part['text'], tracked, true)
  return [...text, ...restOfAnnotations(event, part['annotations'], tracked)]
}

/** Some vendors tell annotations only with the whole part. */
function restOfAnnotations(event: JsonObject, annotations: unknown, tracked: Tracked): StreamEvent[] {
  if (!Array.isArray(annotations)) return []
  const told = trackedPart(tracked, event)
  return annotations.slice(told.annotations).flatMap((annotation: unknown) => annotationEvents({ ...event, annotation }, tracked))
}
