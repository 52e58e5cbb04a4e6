import { Counts } from '../canonical/counts.ts'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import type { AnswerReading, CallerRequest, ModelRequest, ReadResult } from '../dialect.ts'
import { jsonRequest } from '../endpoints/json-request.ts'
import { decodeBody, invalid, readJsonBody } from '../input/body.ts'
import { inputBounds } from '../input/bounds.ts'
import { filledList, firstFault, limitFrom, MODEL, type MemberChecks } from '../input/validate.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'

/** A request of `POST /v2/rerank`. It is billed by the search unit, not by the token. */
export interface RerankRequest extends ModelRequest {
  /** The most search units that it can cost. */
  searchUnitsBound: number
}

const BILLED = { own: new Set(['model', 'query', 'documents', 'top_n', 'max_tokens_per_doc']) }

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['query', (value) => (typeof value === 'string' && value !== '' ? undefined : 'a string that is not empty')],
  ['documents', filledList('document')],
  ['max_tokens_per_doc', limitFrom(1)],
]

/** "A single search unit is a query with up to 100 documents"; a document is cut up every 500 tokens, query included. */
const DOCUMENTS_PER_UNIT = 100
const TOKENS_PER_CHUNK = 500
const TOKENS_PER_DOCUMENT = 4096

/** Reads and checks the body of `POST /v2/rerank` (API reference: Rerank). */
export function readCohereRerank({ body }: Pick<CallerRequest, 'body'>): ReadResult<RerankRequest> {
  const read = readJsonBody(body, BILLED, '{"model": …, "query": …, "documents": […]}')
  if (!read.ok) return read
  const { value } = read
  const problem = firstFault(value, CHECKS)
  if (problem !== undefined) return problem
  const model = value['model'] as string
  const texts = textsOf(value)
  return {
    ok: true,
    request: {
      ...jsonRequest('cohere-rerank', body, read, {
        model,
        ...inputBounds(
          texts.reduce((sum, item) => sum + Buffer.byteLength(item), 0),
          [],
          model,
        ),
        inputText: () => textsOf(JSON.parse(decodeBody(body)) as JsonObject).join('\n'),
        decode: () => invalid('', 'this is no conversation: documents that are ranked are not answered'),
      }),
      searchUnitsBound: searchUnits(value),
    },
  }
}

/** Older models take documents as objects; they reach the model as text, names included. */
function textsOf(value: JsonObject): string[] {
  const documents = value['documents'] as unknown[]
  return [String(value['query']), ...documents.map((document) => (typeof document === 'string' ? document : JSON.stringify(document)))]
}

/** No document has more tokens than bytes, nor more than what is left of it after truncation. */
function searchUnits(value: JsonObject): number {
  const [query = '', ...documents] = textsOf(value)
  const asked = value['max_tokens_per_doc']
  const most = Math.max(TOKENS_PER_DOCUMENT, typeof asked === 'number' ? asked : 0)
  const queryTokens = Math.min(Buffer.byteLength(query), TOKENS_PER_CHUNK / 2)
  let chunks = 0
  for (const document of documents)
    chunks += Math.ceil(Math.max(1, Math.min(Buffer.byteLength(document), most)) / (TOKENS_PER_CHUNK - queryTokens))
  return Math.ceil(chunks / DOCUMENTS_PER_UNIT)
}

/** The search units in an answer's `meta`: all that a ranking is billed (U7). */
function readSearchUnits(meta: unknown): UsageReading {
  const units = isObject(meta) ? meta['billed_units'] : undefined
  if (!isObject(units)) return MISSING_USAGE
  const counts = new Counts()
  const search = counts.of(units, 'search_units')
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: meta }
  return search === undefined ? { ok: false, reason: 'missing', raw: meta } : { ok: true, buckets: { search } }
}

/** Where usage stands in an answer that is too large to collect. */
export const rerankUsageMember = { name: 'meta', read: readSearchUnits }

/** Reads a collected answer; undefined if it is no ranking. */
export function readCohereRanking(body: Buffer): AnswerReading | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined || !Array.isArray(answer['results'])) return undefined
  return { usage: readSearchUnits(answer['meta']), text: () => '', hasOutput: false }
}
