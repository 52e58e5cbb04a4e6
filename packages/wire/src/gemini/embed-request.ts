import type { CallerRequest, Invalid, ModelRequest, ReadResult } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import { scanMembers, type OkScan } from '../json/scan.ts'
import type { EmbedInput } from './embed.ts'
import { parseGeminiPath, plainModel, resourceName } from './path.ts'
import { inputMembers, readBody } from './request.ts'
import { member, type BilledPaths } from './spelling.ts'
import { modelEdit } from './upstream-body.ts'
import { validateContent } from './validate.ts'

/** A call for embeddings. */
export interface GeminiEmbedRequest extends ModelRequest {
  /** `batchEmbedContents`: the answer holds a list. */
  batch: boolean
  decodeEmbed(): { ok: true; input: EmbedInput } | Invalid
}

const BILLED: BilledPaths = [[[], ['model', 'content', 'requests']]]

/** Reads a call of `POST /v1beta/models/{model}:embedContent` or `:batchEmbedContents`. Nothing is generated. */
export function readEmbed(call: CallerRequest): ReadResult<GeminiEmbedRequest> {
  const path = parseGeminiPath(call.path)
  const batch = path?.method === 'batchEmbedContents'
  if (path === undefined || (!batch && path.method !== 'embedContent')) return invalid('', 'the path is not that of embedContent')
  const read = readBody(call.body, BILLED, '{"content": {"parts": [{"text": …}]}}')
  if (!read.ok) return read
  const { value, scan } = read
  const requests = batch ? value['requests'] : [value]
  if (!Array.isArray(requests) || requests.length === 0)
    return invalid('/requests', '`requests` must be an array with at least one request')
  const placed = requests.map((one: unknown, index) => ({ one, at: batch ? `/requests/${index}` : '' }))
  for (const { one, at } of placed) {
    const wrong = isObject(one)
      ? validateContent(one['content'], `${at}/content`)
      : invalid(at, 'a request must be an object with `content`')
    if (wrong !== undefined) return wrong
  }
  const request: GeminiEmbedRequest = {
    dialect: 'gemini',
    body: call.body,
    model: path.model,
    stream: false,
    n: 0,
    outputLimit: null,
    outputLimitMember: null,
    includeUsage: true,
    user: null,
    ...inputMembers({ contents: requests }, path.model, false, false),
    batch,
    upstreamBody: ({ model }) =>
      patch(call.body, scan, [...modelEdit(value, model), ...(batch ? requestsEdit(call.body, scan, model) : [])]),
    decode: () => invalid('', 'embeddings are no conversation: ask a deployment of embeddings'),
    decodeEmbed: () => decodeEmbed(placed as PlacedRequest[]),
  }
  return { ok: true, request }
}

interface PlacedRequest {
  one: JsonObject
  at: string
}

function decodeEmbed(requests: readonly PlacedRequest[]): { ok: true; input: EmbedInput } | Invalid {
  const inputs: string[] = []
  for (const { one, at } of requests) {
    const content = one['content'] as { parts?: JsonObject[] }
    const parts = content.parts ?? []
    const other = parts.findIndex((part) => typeof part['text'] !== 'string')
    if (other >= 0) return invalid(`${at}/content/parts/${other}`, 'only text can be embedded: send `text`')
    inputs.push(parts.map((part) => part['text']).join('\n'))
  }
  const said = requests.map(({ one }) => JSON.stringify([member(one, 'taskType'), member(one, 'outputDimensionality')]))
  const odd = said.findIndex((one) => one !== said[0])
  if (odd >= 0) return invalid(requests[odd]?.at ?? '', 'all requests of a batch must have the same `taskType` and `outputDimensionality`')
  const [first] = requests
  const taskType = first && member(first.one, 'taskType')
  const dimensions = first && member(first.one, 'outputDimensionality')
  return {
    ok: true,
    input: {
      inputs,
      ...(typeof dimensions === 'number' ? { dimensions } : {}),
      ...(typeof taskType === 'string' ? { taskType } : {}),
    },
  }
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
    if (
      model !== undefined &&
      plainModel(String(JSON.parse(body.toString('utf8', model.valueStart, model.valueEnd)))) !== plainModel(wanted)
    ) {
      pieces.push(body.subarray(from, model.valueStart), Buffer.from(JSON.stringify(resourceName(wanted))))
      from = model.valueEnd
    }
    at = request.close + 1
  }
  if (pieces.length === 0) return []
  return [{ replace: 'requests', value: Buffer.concat([...pieces, body.subarray(from, list.valueEnd)]).toString('utf8') }]
}
