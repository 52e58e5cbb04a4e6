import type { Embedding, EmbeddingInput, EmbeddingInputType } from '../canonical/embedding.ts'
import type { CallerRequest, Invalid, ModelRequest, ReadResult } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import { scanMembers, type OkScan } from '../json/scan.ts'
import { decodePart } from './decode-parts.ts'
import { Decoding, type Found } from './decoding.ts'
import { parseGeminiPath, plainModel, resourceName } from './path.ts'
import { inputMembers, readBody } from './request.ts'
import type { BilledPaths } from './spelling.ts'
import { modelEdit } from './upstream-body.ts'
import { validateContent } from './validate.ts'

/** A request of `embedContent` or `batchEmbedContents`, as far as money needs it. */
export interface EmbedRequest extends ModelRequest {
  decodeEmbedding(): { ok: true; embedding: Embedding } | Invalid
}

const BILLED: BilledPaths = [[[], ['model', 'content', 'requests']]]

/** Google's words for what vectors are for; the first of a type is what it is called on the way out. */
export const TASKS: [word: string, type: EmbeddingInputType][] = [
  ['RETRIEVAL_QUERY', 'query'],
  ['QUESTION_ANSWERING', 'query'],
  ['FACT_VERIFICATION', 'query'],
  ['CODE_RETRIEVAL_QUERY', 'query'],
  ['RETRIEVAL_DOCUMENT', 'document'],
  ['CLASSIFICATION', 'classification'],
  ['CLUSTERING', 'clustering'],
]

/** Reads and checks a call of `POST /v1beta/models/{model}:embedContent` or `:batchEmbedContents`. It generates nothing: no choices. */
export function readEmbed(call: CallerRequest): ReadResult<EmbedRequest> {
  const path = parseGeminiPath(call.path)
  const batch = path?.method === 'batchEmbedContents'
  if (path === undefined || (!batch && path.method !== 'embedContent')) return invalid('', 'the path is not that of embedContent')
  const read = readBody(call.body, BILLED, '{"content": {"parts": [{"text": …}]}}')
  if (!read.ok) return read
  const { value, scan } = read
  const list = batch ? value['requests'] : [value]
  if (!Array.isArray(list) || list.length === 0) return invalid('/requests', '`requests` must be an array with at least one request')
  const requests: Found<JsonObject>[] = []
  for (const [index, one] of list.entries()) {
    const at = batch ? `/requests/${index}` : ''
    if (!isObject(one)) return invalid(at, 'a request must be an object with `content`')
    const wrong = validateContent(one['content'], `${at}/content`)
    if (wrong !== undefined) return wrong
    requests.push({ value: one, at })
  }
  const request: EmbedRequest = {
    dialect: batch ? 'gemini-batch-embed' : 'gemini-embed',
    body: call.body,
    model: path.model,
    stream: false,
    n: 0,
    outputLimit: null,
    outputLimitMember: null,
    includeUsage: true,
    user: null,
    ...inputMembers({ contents: list }, path.model, false, false),
    upstreamBody: ({ model }) =>
      patch(call.body, scan, [...modelEdit(value, model), ...(batch ? requestsEdit(call.body, scan, model) : [])]),
    decode: () => invalid('', 'this is no conversation: contents that are embedded are not answered'),
    decodeEmbedding: () => decodeEmbedding(requests),
  }
  return { ok: true, request }
}

/** One task and one size for all: others have no place for more. */
function decodeEmbedding(requests: readonly Found<JsonObject>[]): { ok: true; embedding: Embedding } | Invalid {
  const decoding = new Decoding()
  const inputs = requests.map((request) => decodeInput(request, decoding))
  const settings = requests.map((request) => settingsOf(request, decoding))
  const odd = settings.findIndex((one) => JSON.stringify(one) !== JSON.stringify(settings[0]))
  if (odd >= 0) decoding.fail(requests[odd]?.at ?? '', 'all requests of a batch must have the same `taskType` and `outputDimensionality`')
  return decoding.fault ?? { ok: true, embedding: { inputs, ...settings[0] } }
}

function settingsOf(request: Found<JsonObject>, decoding: Decoding): Pick<Embedding, 'dimensions' | 'inputType'> {
  const dimensions = decoding.number(request, 'outputDimensionality')
  const word = decoding.text(request, 'taskType')
  const inputType = TASKS.find(([known]) => known === word)?.[1]
  return { ...(dimensions === undefined ? {} : { dimensions }), ...(inputType === undefined ? {} : { inputType }) }
}

function decodeInput(request: Found<JsonObject>, decoding: Decoding): EmbeddingInput {
  const content = decoding.object(request, 'content') ?? request
  const parts = decoding.objects(content, 'parts').flatMap((part) => decodePart(part, decoding))
  const taken = parts.filter((part) => part.type === 'text' || part.type === 'image')
  const other = parts.find((part) => part.type !== 'text' && part.type !== 'image')
  if (other !== undefined) decoding.fail(other.at, 'only texts and images are embedded')
  return { parts: taken, at: content.at }
}

/** The list of requests with the model in each renamed, and every other byte as it is. */
function requestsEdit(body: Buffer, scan: OkScan, wanted: string): Edit[] {
  const list = scan.members.get('requests')
  if (list === undefined) return []
  const pieces: Buffer[] = []
  let from = list.valueStart
  for (let at = body.indexOf('{', from); at >= 0 && at < list.valueEnd; at = body.indexOf('{', at)) {
    const request = scanMembers(body, at)
    if (!request.ok) return []
    const model = request.members.get('model')
    if (model !== undefined && !names(body.toString('utf8', model.valueStart, model.valueEnd), wanted)) {
      pieces.push(body.subarray(from, model.valueStart), Buffer.from(JSON.stringify(resourceName(wanted))))
      from = model.valueEnd
    }
    at = request.close + 1
  }
  if (pieces.length === 0) return []
  return [{ replace: 'requests', value: Buffer.concat([...pieces, body.subarray(from, list.valueEnd)]).toString('utf8') }]
}

function names(json: string, model: string): boolean {
  const value: unknown = JSON.parse(json)
  return typeof value === 'string' && plainModel(value) === plainModel(model)
}
