import { placeOf } from '../place.ts'
import { keyOf, type Placed } from './folder.ts'
import { isManaged, type InForce } from './in-force.ts'
import { KINDS } from './kinds/index.ts'
import type { Kind, Known } from './kind.ts'
import { endOf, same, Secret, type Members } from './shape.ts'
import type { Finding } from './source.ts'

/** A member in which two values differ. */
export interface Field {
  field: string
  before: unknown
  after: unknown
}

/** What has to be done so that the folder is in force. */
export interface Change {
  action: 'create' | 'change' | 'remove'
  kind: Kind
  wanted: Placed | undefined
  known: Known | undefined
  fields: Field[]
}

export interface Comparison {
  changes: Change[]
  unchanged: number
  /** Nothing of the folder: removed where that is asked for. */
  extra: { kind: Kind; known: Known }[]
  /** What the folder cannot change, and why. */
  leftAlone: string[]
  findings: Finding[]
}

/** Compares a folder with what is in force. */
export function compare(entries: readonly Placed[], inForce: InForce, prune: boolean): Comparison {
  const result: Comparison = { changes: [], unchanged: 0, extra: [], leftAlone: [], findings: [] }
  const wanted = new Set(entries.map((entry) => keyOf(entry.kind, entry)))
  for (const kind of KINDS) {
    const known = new Map((inForce.known.get(kind.name) ?? []).map((one) => [keyOf(kind.name, one), one]))
    for (const entry of entries.filter((one) => one.kind === kind.name)) {
      const there = known.get(keyOf(kind.name, entry))
      if (there !== undefined && isManaged(there)) result.leftAlone.push(`${nameOf(kind, entry)}: ${definedElsewhere(there)}`)
      else weigh(result, kind, entry, there)
    }
    for (const one of known.values()) if (!wanted.has(keyOf(kind.name, one)) && !isManaged(one)) result.extra.push({ kind, known: one })
  }
  if (prune) removals(result)
  return result
}

function definedElsewhere({ managedBy }: Known): string {
  return managedBy === undefined ? '' : `defined in ${placeOf(managedBy)}`
}

function weigh(result: Comparison, kind: Kind, entry: Placed, known: Known | undefined): void {
  const kept = (kind.stays ?? []).flatMap((name): [string, unknown][] =>
    known?.value[name] === undefined ? [] : [[name, known.value[name]]],
  )
  const value: Members = { ...Object.fromEntries(kept), ...entry.value }
  const fields = differences(known?.value ?? {}, value)
  if (known !== undefined && fields.length === 0) {
    result.unchanged += 1
    return
  }
  const fixed = known === undefined ? undefined : (kind.fixed ?? []).find((name) => !same(known.value[name], value[name]))
  if (fixed !== undefined)
    result.findings.push({
      place: entry.placeOf([fixed]),
      path: `${entry.path}.${fixed}`,
      problem: `cannot be changed: it is ${textOf(known?.value[fixed])}`,
      fix: `write that, or take another name`,
    })
  for (const variable of new Set(missing(value, known?.value)))
    result.findings.push({
      place: entry.placeOf(),
      path: entry.path,
      problem: `the environment variable ${variable} is not set, and the gateway has no such secret yet`,
      fix: `set ${variable}`,
    })
  result.changes.push({ action: known === undefined ? 'create' : 'change', kind, wanted: { ...entry, value }, known, fields })
}

function removals(result: Comparison): void {
  for (const { kind, known } of result.extra.toReversed()) {
    if (kind.remove !== undefined) result.changes.push({ action: 'remove', kind, wanted: undefined, known, fields: [] })
  }
  result.extra = result.extra.filter(({ kind }) => kind.remove === undefined)
}

/** Variables of secrets that would have to be sent. Of a list that differs, all are. */
function missing(value: unknown, known: unknown): string[] {
  if (value instanceof Secret) return value.variable === undefined || known instanceof Secret ? [] : [value.variable]
  if (typeof value !== 'object' || value === null) return []
  const before = Array.isArray(value) && !same(value, known) ? [] : ((known ?? {}) as Members)
  return Object.entries(value).flatMap(([name, member]) => missing(member, (before as Members)[name]))
}

/** In which members two values differ, down to what holds no others. Items that have a name or a path are told apart by it. */
export function differences(before: unknown, after: unknown, field = ''): Field[] {
  if (same(before, after)) return []
  const [one, other] = [membersIn(before), membersIn(after)]
  if (one === undefined || other === undefined) return [{ field, before: before ?? null, after: after ?? null }]
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return names.flatMap((name) => differences(one[name], other[name], joined(field, name)))
}

function joined(field: string, name: string): string {
  return field === '' || name.startsWith('[') ? field + name : `${field}.${name}`
}

function membersIn(value: unknown): Members | undefined {
  if (value instanceof Secret || typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return value as Members
  const names = value.map((item: unknown) => itemName(item))
  if (names.length === 0) return {}
  const told = names.every((name) => name !== undefined) && new Set(names).size === names.length
  return told ? Object.fromEntries(value.map((item: unknown, index) => [`[${names[index] ?? index}]`, item])) : undefined
}

/** What tells an item of a list from the others. */
function itemName(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const { method, path, baseUrl, name, provider, model } = item as Record<string, string | undefined>
  if (method !== undefined && path !== undefined) return name ?? `${method} ${path}`
  if (provider !== undefined && model !== undefined) return `${provider}/${model}`
  return baseUrl ?? name
}

/** `team Research of Acme` */
export function nameOf({ noun }: Kind, { name, within }: Pick<Known, 'name' | 'within'>): string {
  return within === undefined ? `${noun} ${name}` : `${noun} ${name} of ${within}`
}

/** A value in one line. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–'
  if (value instanceof Secret) return value.variable === undefined ? `secret …${endOf(value)}` : `\${${value.variable}}`
  return typeof value === 'string' && !value.includes('\n') ? value : JSON.stringify(value, withoutSecrets)
}

function withoutSecrets(_name: string, value: unknown): unknown {
  return value instanceof Secret ? textOf(value) : value
}
