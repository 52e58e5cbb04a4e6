import type { UsageReading } from '../canonical/usage.ts'
import type { ModelRequest } from '../dialect.ts'
import { USUAL_SEARCHES } from '../input/searches.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { generationOf } from './models.ts'

/** From this generation on every query is billed; before, every answer that is grounded. */
const BY_QUERY = 3
/** More is not remembered of a stream: nobody asks that often. */
const MOST_QUERIES = 1_000

const SEARCH_TOOLS = ['googleSearch', 'google_search', 'googleSearchRetrieval', 'google_search_retrieval']

/**
 * How often Google searched for an answer, which is billed beside the tokens and told by no usage (U7): the queries in
 * `groundingMetadata`, each once; empty ones are not billed ("Grounding with Google Search", Pricing).
 */
export class Searches {
  readonly #queries = new Set<string>()

  note({ groundingMetadata: grounding }: JsonObject): void {
    const queries = isObject(grounding) ? grounding['webSearchQueries'] : undefined
    if (!Array.isArray(queries)) return
    for (const query of queries) {
      if (typeof query === 'string' && query !== '' && this.#queries.size < MOST_QUERIES) this.#queries.add(query)
    }
  }

  /** Usage with the searches so far. `model`: as the answer names it. */
  in(usage: UsageReading, model: unknown): UsageReading {
    const queries = this.#queries.size
    if (!usage.ok || queries === 0) return usage
    const search = generationOf(typeof model === 'string' ? model : '') < BY_QUERY ? 1 : queries
    return { ok: true, buckets: { ...usage.buckets, search } }
  }
}

/** The most searches that a request may cause, as far as anybody knows beforehand. */
export function searchUnits(tools: unknown, model: string): Pick<ModelRequest, 'units'> {
  const searching = Array.isArray(tools) && tools.some((tool) => isObject(tool) && SEARCH_TOOLS.some((name) => tool[name] != null))
  return searching ? { units: { search: generationOf(model) < BY_QUERY ? 1 : USUAL_SEARCHES } } : {}
}
