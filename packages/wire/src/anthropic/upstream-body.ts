import type { ModelRequest, UpstreamChange } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import type { OkScan } from '../json/scan.ts'
import { foreignEdits } from './foreign-blocks.ts'

/** The vendor takes no smaller budget. */
const LEAST_BUDGET = 1_024

/** The body for the upstream: the caller's, byte for byte, but for these members. The same Buffer if nothing changes. */
export function upstreamBody(request: ModelRequest, scan: OkScan, value: JsonObject, change: UpstreamChange): Buffer {
  const edits: Edit[] = [...modelEdits(request, change), ...foreignEdits(request.body, value)]
  const limit = change.outputLimit?.value
  if (limit !== undefined && limit !== request.outputLimit) {
    edits.push({ insert: 'max_tokens', value: String(limit) }, ...budgetEdits(value['thinking'], limit))
  }
  return patch(request.body, scan, edits)
}

export function modelEdits(request: ModelRequest, { model }: UpstreamChange): Edit[] {
  return model === request.model ? [] : [{ replace: 'model', value: JSON.stringify(model) }]
}

/** A budget of thinking has to be less than the output limit: it is lowered with it, or thinking is off. */
function budgetEdits(thinking: unknown, limit: number): Edit[] {
  if (!isObject(thinking) || thinking['type'] !== 'enabled') return []
  const budget = thinking['budget_tokens']
  if (typeof budget !== 'number' || budget < limit) return []
  if (limit <= LEAST_BUDGET) return [{ replace: 'thinking', value: '{"type":"disabled"}' }]
  return [{ patchIn: 'thinking', insert: 'budget_tokens', value: String(limit - 1) }]
}
