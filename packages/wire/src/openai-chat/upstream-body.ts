import { patch } from '../json/patch.ts'
import type { Edit } from '../json/patch.ts'
import type { UpstreamChange } from '../dialect.ts'
import { fittingEdits } from './fitting-messages.ts'
import type { ChatRequest } from './request.ts'

/** What of a request its body is patched by. */
export type Patchable = Pick<ChatRequest, 'body' | 'scan' | 'model' | 'stream' | 'includeUsage' | 'hasStreamOptions'>

const LIMIT_MEMBERS = ['max_tokens', 'max_completion_tokens']

/** The body for the upstream: the caller's, byte for byte, but for these members. The same Buffer if nothing changes. */
export function upstreamBody(request: Patchable, change: UpstreamChange): Buffer {
  const edits: Edit[] = []
  const without = new Set((change.without ?? []).filter((name) => request.scan.members.has(name)))
  if (change.model !== request.model) edits.push({ replace: 'model', value: JSON.stringify(change.model) })
  if (change.outputLimit !== undefined) edits.push(...limitEdits(request, change.outputLimit, without))
  if (change.injectUsage && request.stream && !request.includeUsage) edits.push(usageEdit(request))
  edits.push(...fittingEdits(request, change))
  for (const remove of without) edits.push({ remove })
  return patch(request.body, request.scan, edits)
}

function limitEdits(request: Patchable, limit: { member: string; value: number }, without: ReadonlySet<string>): Edit[] {
  const value = String(limit.value)
  const edits: Edit[] = [{ insert: limit.member, value }]
  for (const name of LIMIT_MEMBERS) {
    const other = name === limit.member || without.has(name) ? undefined : request.scan.members.get(name)
    if (other === undefined) continue
    const own = Number(request.body.toString('latin1', other.valueStart, other.valueEnd))
    if (own > limit.value) edits.push({ replace: name, value })
  }
  return edits
}

function usageEdit(request: Patchable): Edit {
  if (request.hasStreamOptions) return { patchIn: 'stream_options', insert: 'include_usage', value: 'true' }
  return { insert: 'stream_options', value: '{"include_usage":true}' }
}
