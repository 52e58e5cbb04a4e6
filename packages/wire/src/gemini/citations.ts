import type { Citation } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** A citation, and in which part of the content its words stand. */
export interface PlacedCitation {
  citation: Citation
  part: number
}

/**
 * What a candidate cites: sources that support a segment of it (`groundingMetadata`), and works that it recites
 * (`citationMetadata`). Offsets are bytes of the part's text; `textOf` gives it, where it is at hand, to make them characters.
 */
export function citationsOf(candidate: JsonObject, textOf: (part: number) => string | undefined): PlacedCitation[] {
  return [...supported(candidate['groundingMetadata'], textOf), ...recited(candidate['citationMetadata'], textOf)]
}

function supported(metadata: unknown, textOf: (part: number) => string | undefined): PlacedCitation[] {
  if (!isObject(metadata)) return []
  const chunks = listOf(metadata['groundingChunks'])
  return objectsOf(metadata['groundingSupports']).flatMap((support) => {
    const { segment } = support
    const place = isObject(segment) ? segment : {}
    const part = numberOf(place['partIndex']) ?? 0
    return listOf(support['groundingChunkIndices']).flatMap((index): PlacedCitation[] => {
      const source = sourceOf(typeof index === 'number' ? chunks[index] : undefined)
      const citedText = typeof place['text'] === 'string' ? { citedText: place['text'] } : {}
      const raw = { dialect: 'gemini' as const, value: support }
      return source === undefined ? [] : [{ part, citation: { ...source, ...citedText, ...charactersOf(place, textOf(part)), raw } }]
    })
  })
}

function recited(metadata: unknown, textOf: (part: number) => string | undefined): PlacedCitation[] {
  if (!isObject(metadata)) return []
  const cited = objectsOf(metadata['citations'] ?? metadata['citationSources'])
  return cited.map((citation) => ({
    part: 0,
    citation: { ...sourceOf({ web: citation }), ...charactersOf(citation, textOf(0)), raw: { dialect: 'gemini', value: citation } },
  }))
}

/** Address and title of a chunk, of whatever kind (`web`, `retrievedContext`, `maps`, `image`). */
function sourceOf(chunk: unknown): Pick<Citation, 'url' | 'title'> | undefined {
  const source = isObject(chunk) ? Object.values(chunk).find(isObject) : undefined
  if (source === undefined) return undefined
  const { uri, title } = source
  return { ...(typeof uri === 'string' ? { url: uri } : {}), ...(typeof title === 'string' ? { title } : {}) }
}

function charactersOf(place: JsonObject, text: string | undefined): Pick<Citation, 'start' | 'end'> {
  const end = numberOf(place['endIndex'])
  if (text === undefined || end === undefined) return {}
  const bytes = Buffer.from(text)
  const characters = (offset: number): number => bytes.toString('utf8', 0, offset).length
  return { start: characters(numberOf(place['startIndex']) ?? 0), end: characters(end) }
}

/** A citation, in which part of a content it stands, and that part's text, where it is at hand. */
export interface CitedText {
  citation: Citation
  part?: number
  text?: string
}

/** `groundingMetadata` of citations that have an address; undefined where there is none. */
export function groundingOf(cited: readonly CitedText[]): JsonObject | undefined {
  const located = cited.filter(({ citation }) => citation.url !== undefined)
  if (located.length === 0) return undefined
  return {
    groundingChunks: located.map(({ citation: { url, title } }) => ({ web: { uri: url, ...(title === undefined ? {} : { title }) } })),
    groundingSupports: located.map((one, index) => ({ segment: segmentOf(one), groundingChunkIndices: [index] })),
  }
}

function segmentOf({ citation: { citedText, start, end }, part = 0, text }: CitedText): JsonObject {
  const places = text === undefined || start === undefined || end === undefined ? {} : bytesOf(text, start, end)
  return { ...(part === 0 ? {} : { partIndex: part }), ...places, ...(citedText === undefined ? {} : { text: citedText }) }
}

function bytesOf(text: string, start: number, end: number): JsonObject {
  const bytes = (offset: number): number => Buffer.byteLength(text.slice(0, offset))
  return { startIndex: bytes(start), endIndex: bytes(end) }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function objectsOf(value: unknown): JsonObject[] {
  return listOf(value).filter(isObject)
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
