import { scanMembers } from './scan.ts'
import type { OkScan } from './scan.ts'

/**
 * One change to an object. `value` is JSON text. `replace` and `insert` both set the member: in its place if it is
 * there, else as the last one. `remove` takes it away, comma and all. With `patchIn` the object is the value of that member.
 */
export type Edit =
  | { replace: string; value: string }
  | { insert: string; value: string }
  | { remove: string }
  | { patchIn: string; insert: string; value: string }

/** Replaces the bytes from `start` to `end`. */
export interface Splice {
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
  const removed = new Set<string>()
  for (const edit of edits) {
    if ('patchIn' in edit) splices.push(...nestedSplices(body, scan, edit))
    else if ('remove' in edit) removed.add(edit.remove)
    else setMember(scan, 'replace' in edit ? edit.replace : edit.insert, edit.value, splices, inserted)
  }
  if (inserted.length > 0) splices.push(insertion(scan, inserted, removed))
  splices.push(...removals(scan, removed))
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

/** Puts members after the last one that stays, before whatever whitespace stands in front of the brace. */
function insertion(scan: OkScan, members: string[], removed = new Set<string>()): Splice {
  const staying = [...scan.members.values()].filter(({ name }) => !removed.has(name))
  const end = staying.reduce((last, { valueEnd }) => Math.max(last, valueEnd), scan.open + 1)
  const text = (staying.length === 0 ? '' : ',') + members.join(',')
  return { start: end, end, text }
}

/** Takes members away: each up to the one that follows it, those at the end from the one before them. */
function removals(scan: OkScan, removed: ReadonlySet<string>): Splice[] {
  if (removed.size === 0) return []
  const members = [...scan.members.values()].toSorted((a, b) => a.nameStart - b.nameStart)
  const lastStaying = members.findLastIndex(({ name }) => !removed.has(name))
  const splices = members.slice(0, Math.max(0, lastStaying)).flatMap(({ name, nameStart }, index) => {
    const next = members[index + 1]
    return removed.has(name) && next !== undefined ? [{ start: nameStart, end: next.nameStart, text: '' }] : []
  })
  const end = members.at(-1)?.valueEnd ?? 0
  const start = members[lastStaying]?.valueEnd ?? scan.open + 1
  return end > start ? [...splices, { start, end, text: '' }] : splices
}

/** The bytes with these places replaced; they do not overlap. */
export function applySplices(body: Buffer, splices: Splice[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    parts.push(body.subarray(at, splice.start), Buffer.from(splice.text))
    at = splice.end
  }
  parts.push(body.subarray(at))
  return Buffer.concat(parts)
}
