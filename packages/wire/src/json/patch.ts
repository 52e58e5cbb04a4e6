import { scanMembers } from './scan.ts'
import type { OkScan } from './scan.ts'

/**
 * One change to an object. `value` is JSON text. `replace` and `insert` both set the member: in its place if it is
 * there, else as the last one. With `patchIn` the object is the value of that member.
 */
export type Edit =
  | { replace: string; value: string }
  | { insert: string; value: string }
  | { patchIn: string; insert: string; value: string }

/** Replaces the bytes from `start` to `end`. */
interface Splice {
  start: number
  end: number
  text: string
}

/**
 * Applies edits byte for byte: everything that an edit does not name stays as it is, order and whitespace included.
 * `scan` is the scan of `body`. Without edits the same Buffer comes back.
 */
export function patch(body: Buffer, scan: OkScan, edits: Edit[]): Buffer {
  if (edits.length === 0) return body
  const splices: Splice[] = []
  const inserted: string[] = []
  for (const edit of edits) {
    if ('patchIn' in edit) splices.push(...nestedSplices(body, scan, edit))
    else setMember(scan, 'replace' in edit ? edit.replace : edit.insert, edit.value, splices, inserted)
  }
  if (inserted.length > 0) splices.push(insertion(scan, inserted))
  return applySplices(body, splices)
}

function setMember(scan: OkScan, name: string, value: string, splices: Splice[], inserted: string[]): void {
  const member = scan.members.get(name)
  if (member === undefined) inserted.push(`${JSON.stringify(name)}:${value}`)
  else splices.push({ start: member.valueStart, end: member.valueEnd, text: value })
}

function nestedSplices(body: Buffer, scan: OkScan, edit: Extract<Edit, { patchIn: string }>): Splice[] {
  const holder = scan.members.get(edit.patchIn)
  const nested = holder && scanMembers(body, holder.valueStart)
  if (nested === undefined || !nested.ok) {
    throw new TypeError(`patch: ${edit.patchIn} is not an object of the body`)
  }
  const splices: Splice[] = []
  const inserted: string[] = []
  setMember(nested, edit.insert, edit.value, splices, inserted)
  if (inserted.length > 0) splices.push(insertion(nested, inserted))
  return splices
}

/** Puts members after the last one, before whatever whitespace stands in front of the brace. */
function insertion(scan: OkScan, members: string[]): Splice {
  let end = scan.open + 1
  for (const member of scan.members.values()) end = Math.max(end, member.valueEnd)
  const text = (scan.members.size === 0 ? '' : ',') + members.join(',')
  return { start: end, end, text }
}

function applySplices(body: Buffer, splices: Splice[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    parts.push(body.subarray(at, splice.start), Buffer.from(splice.text))
    at = splice.end
  }
  parts.push(body.subarray(at))
  return Buffer.concat(parts)
}
