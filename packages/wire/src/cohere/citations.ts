import type { Citation, DocumentPart, Turn } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { encodeDocument } from './documents.ts'

/** Ids that Cohere gives to documents which have none. */
const NUMBERED = /^doc:(\d+)$/

/** Which part of a message its citations are for. */
export interface PlacedCitations {
  /** By the index of the content block. */
  content: Map<number, Citation[]>
  plan: Citation[]
}

/** The citations of a message; one that names no block is for the first text. */
export function decodeCitations(citations: unknown, content: unknown): PlacedCitations {
  const placed: PlacedCitations = { content: new Map(), plan: [] }
  if (!Array.isArray(citations)) return placed
  for (const citation of citations.filter(isObject)) {
    if (citation['type'] === 'PLAN') {
      placed.plan.push(decodeCitation(citation))
      continue
    }
    const named = citation['content_index']
    if (citation['type'] === 'THINKING_CONTENT' && typeof named !== 'number') continue
    const index = typeof named === 'number' ? named : firstText(content)
    placed.content.set(index, [...(placed.content.get(index) ?? []), decodeCitation(citation)])
  }
  return placed
}

/** `start` and `end` are of the answer's text, as ours; `text` repeats it. A source is a document or a tool's output. */
export function decodeCitation(citation: JsonObject): Citation {
  const { start, end, sources } = citation
  const source: unknown = Array.isArray(sources) ? sources[0] : undefined
  return {
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    ...(isObject(source) ? sourceOf(source) : {}),
    raw: { dialect: 'cohere', value: citation },
  }
}

function sourceOf({ id, document }: JsonObject): Pick<Citation, 'document' | 'title' | 'url'> {
  const number = typeof id === 'string' ? NUMBERED.exec(id)?.[1] : undefined
  const { title, url } = isObject(document) ? document : {}
  return {
    ...(number === undefined ? {} : { document: Number(number) }),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof url === 'string' ? { url } : {}),
  }
}

function firstText(content: unknown): number {
  if (!Array.isArray(content)) return 0
  const index = content.findIndex((block) => isObject(block) && block['type'] === 'text')
  return Math.max(0, index)
}

/** A citation as Cohere tells it: its own as it was, at its place in the answer; another vendor's with what it says. */
export function encodeCitation(
  citation: Citation,
  place: { start: number; end: number; text?: string },
  turns: readonly Turn[],
): JsonObject {
  const raw = citation.raw?.dialect === 'cohere' ? citation.raw.value : undefined
  if (isObject(raw)) {
    const { content_index: _earlier, ...said } = raw
    return { ...said, start: place.start, end: place.end }
  }
  return { ...place, sources: [encodeSource(citation, turns)], type: 'TEXT_CONTENT' }
}

function encodeSource({ url, title, citedText, document }: Citation, turns: readonly Turn[]): JsonObject {
  const part = document === undefined ? undefined : documentsOf(turns)[document]
  const { data, id } = (part && encodeDocument(part)) ?? {}
  const named = typeof id === 'string' ? id : (url ?? `doc:${document ?? 0}`)
  const said = { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }) }
  const content = isObject(data) ? data : { ...said, ...(citedText === undefined ? {} : { text: citedText }) }
  return { type: 'document', id: named, document: { id: named, ...content } }
}

/** The documents of a conversation in order: a citation names one by its index. */
export function documentsOf(turns: readonly Turn[]): DocumentPart[] {
  return turns.flatMap(({ role, parts }) => (role === 'assistant' ? [] : parts.filter((part) => part.type === 'document')))
}
