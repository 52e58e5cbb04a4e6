import type { UpstreamChange } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import type { OkScan } from '../json/scan.ts'
import { foreignEdits } from './foreign-signatures.ts'
import { plainModel, resourceName } from './path.ts'
import { member, spelled } from './spelling.ts'

/** A body as it was read. */
export interface ReadBody {
  body: Buffer
  scan: OkScan
  value: JsonObject
}

/**
 * The body for an upstream of this dialect: the caller's, byte for byte, but for the output limit, for the model where the
 * body repeats it, and for what another vendor's turns left. The same Buffer if nothing changes.
 */
export function upstreamBody({ body, scan, value }: ReadBody, change: UpstreamChange): Buffer {
  return patch(body, scan, [...modelEdit(value, change.model), ...limitEdit(value, change.outputLimit), ...foreignEdits(body, value)])
}

/** What the body calls the model must be what the path calls it. */
export function modelEdit({ model }: JsonObject, wanted: string): Edit[] {
  if (typeof model !== 'string' || plainModel(model) === plainModel(wanted)) return []
  return [{ replace: 'model', value: JSON.stringify(resourceName(wanted)) }]
}

/** In the spelling that the caller used. */
function limitEdit(value: JsonObject, limit: UpstreamChange['outputLimit']): Edit[] {
  if (limit === undefined) return []
  const holder = spelled(value, 'generationConfig')
  const config = member(value, 'generationConfig')
  if (isObject(config)) return [{ patchIn: holder, insert: spelled(config, 'maxOutputTokens'), value: String(limit.value) }]
  return [{ insert: holder, value: JSON.stringify({ maxOutputTokens: limit.value }) }]
}
