import { isUtf8 } from 'node:buffer'
import type { Invalid } from '../dialect.ts'
import { locateJsonError } from '../json/locate.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { scanMembers, startOf, type OkScan } from '../json/scan.ts'
import { ambiguousMember, type BilledMembers } from './ambiguous.ts'

/** The body of a request, read once: what it says, and where in the bytes. */
export interface JsonBody {
  ok: true
  value: JsonObject
  scan: OkScan
}

/**
 * Reads a body that is a JSON object: valid UTF-8 and JSON, the billed members once each and under their own name, not
 * nested deeper than 200. `example` shows the caller what the body should look like.
 */
export function readJsonBody(body: Buffer, billed: BilledMembers, example: string): JsonBody | Invalid {
  if (!isUtf8(body)) return invalid('', 'the body is not valid UTF-8: encode it as UTF-8')
  const scan = scanMembers(body)
  const parsed = parse(body)
  if (parsed === undefined) return invalid('', notJson(body))
  if (!isObject(parsed.value)) return invalid('', `the body is not a JSON object: send ${example}`)
  if (!scan.ok) return invalid('', `${scan.reason}: simplify the body`)
  return ambiguousMember(body, scan, billed) ?? { ok: true, value: parsed.value, scan }
}

/** The text of a body, without its byte order mark. */
export function decodeBody(body: Buffer): string {
  return body.toString('utf8', startOf(body))
}

export function invalid(pointer: string, message: string): Invalid {
  return { ok: false, pointer, message }
}

function parse(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(decodeBody(body)) as unknown }
  } catch {
    return undefined
  }
}

function notJson(body: Buffer): string {
  if (body.length === 0) return 'the body is empty: send a JSON object'
  return `the body is not valid JSON${locateJsonError(decodeBody(body))}: check it for missing quotes, commas or brackets`
}
