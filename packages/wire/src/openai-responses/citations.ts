import type { Citation } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

/** What an annotation of a text says, beside the annotation itself. */
export function citationOf(annotation: unknown): Citation {
  const raw = { dialect: 'openai-responses' as const, value: annotation }
  if (!isObject(annotation)) return { raw }
  const { url, title, filename, start_index: start, end_index: end } = annotation
  return present({
    url: typeof url === 'string' ? url : undefined,
    title: typeof title === 'string' ? title : typeof filename === 'string' ? filename : undefined,
    start: typeof start === 'number' ? start : undefined,
    end: typeof end === 'number' ? end : undefined,
    raw,
  })
}

/**
 * The annotation for a citation: the vendor's own, or one of its URL. Undefined for a citation of a document of the
 * request: annotations of files need the id of a stored one. `length`: characters of the text so far, in which a citation
 * that names no place ends.
 */
export function annotationOf({ url, title, start, end, raw }: Citation, length: number): JsonObject | undefined {
  if (raw?.dialect === 'openai-responses' && isObject(raw.value)) return raw.value
  if (url === undefined) return undefined
  return { type: 'url_citation', start_index: start ?? 0, end_index: end ?? length, url, title: title ?? url }
}
