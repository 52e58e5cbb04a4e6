import type { CallerRequest, ModelRequest, ReadResult } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { isObject, parseObject } from '../json/object.ts'
import { patch } from '../json/patch.ts'
import { decodeRequest } from './decode.ts'
import { parseGeminiPath, plainModel, resourceName } from './path.ts'
import { inputMembers, readBody } from './request.ts'
import { member, spelled, type BilledPaths } from './spelling.ts'
import { upstreamBody } from './upstream-body.ts'
import { validate } from './validate.ts'

const NESTED = 'generateContentRequest'

const BILLED: BilledPaths = [[[], ['model', 'contents', NESTED]]]

/**
 * Reads a call of `POST /v1beta/models/{model}:countTokens`: contents, or a whole request under `generateContentRequest`.
 * Nothing is generated: no choices, no output.
 */
export function readCountTokens(call: CallerRequest): ReadResult {
  const path = parseGeminiPath(call.path)
  if (path?.method !== 'countTokens') return invalid('', 'the path is not that of countTokens')
  const read = readBody(call.body, BILLED)
  if (!read.ok) return read
  const { value, scan } = read
  const whole = member(value, NESTED)
  const [counted, at] = isObject(whole) ? [whole, `/${spelled(value, NESTED)}`] : [value, '']
  const wrong = validate(counted, at)
  if (wrong !== undefined) return wrong
  const request: ModelRequest = {
    dialect: 'gemini-count-tokens',
    body: call.body,
    model: path.model,
    stream: false,
    n: 0,
    outputLimit: null,
    outputLimitMember: null,
    includeUsage: true,
    user: null,
    ...inputMembers(counted, path.model, false, false),
    upstreamBody: ({ model }) => {
      const body = upstreamBody({ body: call.body, scan, value }, { model, injectUsage: false })
      const named = isObject(whole) ? whole['model'] : undefined
      if (body !== call.body || typeof named !== 'string' || plainModel(named) === plainModel(model)) return body
      return patch(body, scan, [{ patchIn: spelled(value, NESTED), insert: 'model', value: JSON.stringify(resourceName(model)) }])
    },
    decode: () => decodeRequest(counted, false, at),
  }
  return { ok: true, request }
}

/** The count that an upstream tells; undefined where its answer is none. */
export function decodeCount(body: Buffer): number | undefined {
  const count = parseObject(body.toString('utf8'))?.['totalTokens']
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** An answer of `countTokens`. */
export function encodeCount(totalTokens: number): Buffer {
  return Buffer.from(JSON.stringify({ totalTokens }))
}
