import { isDeepStrictEqual } from 'node:util'
import { isJson, jsonOf, listOf, resolved, type Json } from '../json.ts'
import { added, changed, removed, type ApiChange, type Direction } from './change.ts'

/** Two schemas of two documents, and in which direction what they describe goes. */
export interface SchemaPair {
  before: Json
  after: Json
  /** The documents in which their references lead on. */
  documents: { before: Json; after: Json }
  direction: Direction
  /** In words. */
  at: string
}

/** By where they stand in their documents, not by what they say: schemas before, each with those after that it was compared with. */
type Compared = Map<Json, Set<Json>>

/**
 * In what two schemas differ. What a caller sends may become wider, what a caller gets may become narrower; anything else, and
 * whatever cannot be told, may break. The same two schemas are compared once, so those that contain themselves come to an end.
 */
export function schemaChanges(pair: SchemaPair, seen: Compared = new Map()): ApiChange[] {
  const before = resolved(pair.documents.before, pair.before)
  const after = resolved(pair.documents.after, pair.after)
  const others = seen.get(before) ?? new Set()
  if (others.has(after)) return []
  seen.set(before, others.add(after))
  const here = { ...pair, before, after }
  return [
    ...typeChanges(here),
    ...enumChanges(here),
    ...boundChanges(here),
    ...memberChanges(here, seen),
    ...itemChanges(here, seen),
    ...combinations(here, seen),
  ]
}

function typeChanges({ before, after, direction, at }: SchemaPair): ApiChange[] {
  const [was, is] = [typesOf(before), typesOf(after)]
  if (isDeepStrictEqual(was, is)) return []
  const breaking = !(direction === 'request' ? holds(is, was) : holds(was, is))
  return [changed(at, `its type was ${named(was)} and is ${named(is)}`, breaking)]
}

/** Whether every value of the inner types is one of the outer, too. None means any. */
function holds(outer: string[], inner: string[]): boolean {
  if (outer.length === 0) return true
  return inner.length > 0 && inner.every((type) => outer.includes(type) || (type === 'integer' && outer.includes('number')))
}

function named(types: string[]): string {
  return types.length === 0 ? 'any' : types.join(' or ')
}

function typesOf({ type, nullable }: Json): string[] {
  const types = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : []
  return [...new Set(nullable === true ? [...types, 'null'] : types)].toSorted()
}

function enumChanges({ before, after, direction, at }: SchemaPair): ApiChange[] {
  const [was, is] = [valuesOf(before), valuesOf(after)]
  if (was === undefined && is === undefined) return []
  if (was === undefined) return [changed(at, `takes only ${(is ?? []).join(', ')} now`, direction === 'request')]
  if (is === undefined) return [changed(at, 'takes any value now', direction === 'answer')]
  return [
    ...was.filter((value) => !is.includes(value)).map((value) => removed(at, `the value ${value}`, direction === 'request')),
    ...is.filter((value) => !was.includes(value)).map((value) => added(at, `the value ${value}`, direction === 'answer')),
  ]
}

function valuesOf(schema: Json): string[] | undefined {
  if (schema['const'] !== undefined) return [JSON.stringify(schema['const'])]
  const values = schema['enum']
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : undefined
}

/** Which way a bound narrows: upwards, downwards, or in any way that it changes. */
const BOUNDS: Record<string, 'up' | 'down' | 'any'> = {
  minimum: 'up',
  exclusiveMinimum: 'up',
  minLength: 'up',
  minItems: 'up',
  minProperties: 'up',
  maximum: 'down',
  exclusiveMaximum: 'down',
  maxLength: 'down',
  maxItems: 'down',
  maxProperties: 'down',
  pattern: 'any',
  format: 'any',
  multipleOf: 'any',
  uniqueItems: 'any',
}

function boundChanges({ before, after, direction, at }: SchemaPair): ApiChange[] {
  return Object.entries(BOUNDS).flatMap(([name, narrows]) => {
    const [was, is] = [before[name], after[name]]
    if (isDeepStrictEqual(was, is)) return []
    const breaking =
      direction === 'request' ? is !== undefined && !(was !== undefined && loosened(narrows, was, is)) : breaksAnswer(narrows, was, is)
    return [changed(at, `${name} was ${shown(was)} and is ${shown(is)}`, breaking)]
  })
}

function loosened(narrows: 'up' | 'down' | 'any', was: unknown, is: unknown): boolean {
  if (narrows === 'any' || typeof was !== 'number' || typeof is !== 'number') return false
  return narrows === 'up' ? is < was : is > was
}

/** An answer keeps its promise where its bound is there still, and no looser. */
function breaksAnswer(narrows: 'up' | 'down' | 'any', was: unknown, is: unknown): boolean {
  if (was === undefined) return false
  return is === undefined || narrows === 'any' || loosened(narrows, was, is)
}

function shown(value: unknown): string {
  return value === undefined ? 'not said' : JSON.stringify(value)
}

function memberChanges(pair: SchemaPair, seen: Compared): ApiChange[] {
  const { before, after, direction, at } = pair
  const [was, is] = [jsonOf(before['properties']), jsonOf(after['properties'])]
  const [needed, needs] = [namesIn(before['required']), namesIn(after['required'])]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name): ApiChange[] => {
    const here = `${at}.${name}`
    if (!Object.hasOwn(is, name)) return [removed(here, 'the member')]
    if (!Object.hasOwn(was, name))
      return [added(here, needs.has(name) ? 'a required member' : 'a member', direction === 'request' && needs.has(name))]
    return [
      ...requirement(here, needed.has(name), needs.has(name), direction),
      ...schemaChanges({ ...pair, before: jsonOf(was[name]), after: jsonOf(is[name]), at: here }, seen),
    ]
  })
}

function requirement(at: string, needed: boolean, needs: boolean, direction: Direction): ApiChange[] {
  if (needed === needs) return []
  const now = direction === 'request' ? ['may be left out', 'is required'] : ['may be missing', 'is always there']
  return [changed(at, `it ${now[Number(needs)]} now`, direction === 'request' ? needs : !needs)]
}

function namesIn(value: unknown): Set<string> {
  return new Set(Array.isArray(value) ? value.map(String) : [])
}

function itemChanges(pair: SchemaPair, seen: Compared): ApiChange[] {
  const below = (name: string, at: string): ApiChange[] => {
    const [was, is] = [pair.before[name], pair.after[name]]
    if (isJson(was) && isJson(is)) return schemaChanges({ ...pair, before: was, after: is, at }, seen)
    return isDeepStrictEqual(was, is) ? [] : [changed(at, `${name} changed`, true)]
  }
  return [...below('items', `${pair.at}[]`), ...below('additionalProperties', `${pair.at}.*`)]
}

/** Parts that must all hold, or of which one does: compared one by one while there are as many, and as a whole otherwise. */
function combinations(pair: SchemaPair, seen: Compared): ApiChange[] {
  return ['allOf', 'oneOf', 'anyOf'].flatMap((name) => {
    const [was, is] = [listOf(pair.before[name]), listOf(pair.after[name])]
    if (was.length !== is.length) return [changed(pair.at, `${name} had ${was.length} parts and has ${is.length}`, true)]
    return was.flatMap((before, index) =>
      schemaChanges({ ...pair, before, after: is[index] ?? {}, at: `${pair.at} (${name} ${index + 1})` }, seen),
    )
  })
}
