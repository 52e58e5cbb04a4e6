import type { Citation } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

/** `annotations` of a message: OpenAI has URL citations; of another kind only the raw value is kept. */
export function readAnnotations(annotations: unknown): Citation[] {
  return Array.isArray(annotations) ? annotations.filter(isObject).map(citationOf) : []
}

function citationOf(value: JsonObject): Citation {
  const cited = isObject(value['url_citation']) ? value['url_citation'] : {}
  return {
    ...present({
      url: text(cited['url']),
      title: text(cited['title']),
      citedText: text(cited['content']),
      start: count(cited['start_index']),
      end: count(cited['end_index']),
    }),
    raw: { dialect: 'openai-chat', value },
  }
}

/** What an answer as a whole cites, as Perplexity tells it: `search_results` with titles, or `citations`, the addresses. */
export function readSources(answer: JsonObject): Citation[] {
  const { citations, search_results: results } = answer
  if (Array.isArray(results) && results.length > 0) {
    return results.filter(isObject).map((result) => present({ url: text(result['url']), title: text(result['title']) }))
  }
  return Array.isArray(citations) ? citations.filter((url) => typeof url === 'string').map((url) => ({ url })) : []
}

/**
 * A citation as an annotation; undefined for what has no address, for which there is no form. OpenAI always tells where
 * in the text it stands, so one that does not say stands `at` where the text is by now.
 */
export function annotationOf({ url, title, start, end, raw }: Citation, at: number): JsonObject | undefined {
  if (raw?.dialect === 'openai-chat' && isObject(raw.value)) return raw.value
  if (url === undefined) return undefined
  return { type: 'url_citation', url_citation: { start_index: start ?? at, end_index: end ?? at, url, title: title ?? url } }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
