import { patch, scanMembers, type OkScan } from '@faregate/wire'

const VERSION = '"vertex-2023-10-16"'

/**
 * The body of Claude's dialect as Vertex AI takes it ("Claude on Vertex AI"): the version stands in it instead of in a header,
 * and the model, which stands in the path, does not. Every other byte stays as it is: order decides what hits the cache.
 * `keepModel`: where tokens are counted, the path names no model.
 */
export function vertexBody(body: Buffer, keepModel: boolean): Buffer {
  const scan = scanMembers(body)
  if (!scan.ok) return body
  const kept = keepModel ? body : withoutMember(body, scan, 'model')
  const again = kept === body ? scan : scanMembers(kept)
  return again.ok ? patch(kept, again, [{ insert: 'anthropic_version', value: VERSION }]) : body
}

/** Without a member, the comma that parted it from the next included, or else the one before. */
function withoutMember(body: Buffer, scan: OkScan, name: string): Buffer {
  const member = scan.members.get(name)
  if (member === undefined) return body
  const starts = [...scan.members.values()].map(({ nameStart }) => nameStart)
  const next = Math.min(...starts.filter((start) => start > member.nameStart))
  if (Number.isFinite(next)) return Buffer.concat([body.subarray(0, member.nameStart), body.subarray(next)])
  const ends = [...scan.members.values()].filter(({ nameStart }) => nameStart < member.nameStart).map(({ valueEnd }) => valueEnd)
  return Buffer.concat([body.subarray(0, Math.max(scan.open + 1, ...ends)), body.subarray(member.valueEnd)])
}
