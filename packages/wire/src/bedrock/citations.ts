import type { Citation } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** A citation of a whole answer or of one event of a stream: both have the same members. */
export function citationOf(value: JsonObject): Citation {
  const { title, source, sourceContent, location } = value
  const place = isObject(location) ? location : {}
  const url = urlOf(place['web']) ?? (typeof source === 'string' && /^https?:/.test(source) ? source : undefined)
  const citedText = textOf(sourceContent)
  const document = documentIndex(place)
  return {
    ...(url === undefined ? {} : { url }),
    ...(typeof title === 'string' ? { title } : {}),
    ...(citedText === '' ? {} : { citedText }),
    ...(document === undefined ? {} : { document }),
    raw: { dialect: 'bedrock', value },
  }
}

function urlOf(web: unknown): string | undefined {
  return isObject(web) && typeof web['url'] === 'string' ? web['url'] : undefined
}

/** The texts of `[{text}]`, joined. */
export function textOf(blocks: unknown): string {
  if (!Array.isArray(blocks)) return ''
  return blocks.map((block: unknown) => (isObject(block) && typeof block['text'] === 'string' ? block['text'] : '')).join('')
}

/** Of `documentChar`, `documentPage` or `documentChunk`. */
function documentIndex(place: JsonObject): number | undefined {
  return Object.values(place)
    .filter(isObject)
    .map((where) => where['documentIndex'])
    .find((index) => typeof index === 'number')
}
