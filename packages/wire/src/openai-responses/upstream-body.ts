import { SIGNED_ID, splitSignature } from '../canonical/tool-ids.ts'
import type { UpstreamChange } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import type { OkScan } from '../json/scan.ts'
import { SEAL_PREFIX } from './seal.ts'

const LIMIT = 'max_output_tokens'

/** A body as it was read. */
export interface ReadBody {
  body: Buffer
  scan: OkScan
  value: JsonObject
}

/** The body for the upstream: the caller's, byte for byte, but for these members. The same Buffer if nothing changes. */
export function upstreamBody({ body, scan, value }: ReadBody, change: UpstreamChange): Buffer {
  const edits: Edit[] = []
  if (change.model !== value['model']) edits.push({ replace: 'model', value: JSON.stringify(change.model) })
  if (change.outputLimit !== undefined && change.outputLimit.value !== value[LIMIT])
    edits.push({ insert: LIMIT, value: String(change.outputLimit.value) })
  if (hasTraces(body, value)) edits.push({ replace: 'input', value: JSON.stringify(ownItems(value['input'] as unknown[])) })
  return patch(body, scan, edits)
}

/** Whether earlier turns came from a vendor of another dialect: OpenAI refuses what the answers to them carry. */
function hasTraces(body: Buffer, { input }: JsonObject): boolean {
  if (!Array.isArray(input) || !(body.includes(SEAL_PREFIX) || body.includes(SIGNED_ID))) return false
  return input.some((item) => isObject(item) && (isSealed(item) || hasSignedId(item)))
}

function isSealed({ type, encrypted_content: encrypted }: JsonObject): boolean {
  return type === 'reasoning' && typeof encrypted === 'string' && encrypted.startsWith(SEAL_PREFIX)
}

function hasSignedId({ call_id: id }: JsonObject): boolean {
  return typeof id === 'string' && id.includes(SIGNED_ID)
}

/** The items without another vendor's reasoning, the ids of calls without another vendor's signature. */
function ownItems(input: unknown[]): unknown[] {
  return input
    .filter((item) => !isObject(item) || !isSealed(item))
    .map((item) => (isObject(item) && hasSignedId(item) ? { ...item, call_id: splitSignature(String(item['call_id'])).id } : item))
}
