import { formatAmount, parseDecimal } from '@faregate/core'
import { DECIMAL_FORMAT } from '@faregate/contract'
import { z } from 'zod'

export type Members = Record<string, unknown>

/** A secret, of which the gateway shows its end alone, and the folder names the variable that holds it. */
export class Secret {
  /** What is to be sent; undefined: the gateway holds it, or its variable is not set. */
  readonly text: string | undefined
  /** As the gateway shows it: empty where the secret is short. */
  readonly lastFour: string
  /** The variable that the folder names and nothing sets. */
  readonly variable: string | undefined

  constructor({ text, lastFour = '', variable }: { text?: string; lastFour?: string; variable?: string }) {
    this.text = text
    this.lastFour = lastFour
    this.variable = variable
  }
}

/** What a schema is made of, which its type does not tell. */
type Def = z.core.$ZodTypes['_zod']['def']

function defOf(schema: z.core.$ZodType): Def {
  return (schema as unknown as { def: Def }).def
}

/** A schema without what says that it may be absent, null or has a default. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const def = defOf(schema)
  return 'innerType' in def ? unwrapped(def.innerType) : schema
}

/** What is marked on a schema itself, whether or not it may be absent. */
export function metaOf(schema: z.core.$ZodType): Members {
  return z.globalRegistry.get(unwrapped(schema)) ?? {}
}

export function isSecret(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && metaOf(schema)['writeOnly'] === true
}

/** The members that an object has by its schema; nothing where it is no object. */
export function membersOf(schema: z.core.$ZodType): Record<string, z.core.$ZodType> {
  const def = defOf(unwrapped(schema))
  return def.type === 'object' ? def.shape : {}
}

/** The schema of what stands at a path; undefined where the schema does not say. */
export function schemaAt(schema: z.core.$ZodType, path: readonly (string | number)[]): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((node, part) => node && memberAt(node, part), schema)
}

function memberAt(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  const def = defOf(unwrapped(schema))
  if (def.type === 'object') return Object.hasOwn(def.shape, part) ? def.shape[part] : undefined
  if (def.type === 'array') return def.element
  if (def.type === 'record') return def.valueType
  if (def.type !== 'union') return undefined
  return def.options.map((option) => memberAt(option, part)).find((found) => found !== undefined)
}

/** Whether text belongs there: a number that is written there means its digits. */
export function takesText(schema: z.core.$ZodType | undefined): boolean {
  if (schema === undefined) return false
  const type = defOf(unwrapped(schema)).type
  return type === 'string' || type === 'enum' || type === 'template_literal'
}

/**
 * A value in the one form in which it is compared and written: the members of the schema in their order, amounts in one way of
 * writing them, secrets as {@link Secret}, and nothing that says no more than its absence does. What the schema does not take
 * (ids, times, what follows from the rest) is left out.
 */
export function shaped(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === null || value === undefined) return undefined
  const def = defOf(schema)
  if (def.type === 'default' || def.type === 'prefault') {
    const inner = shaped(def.innerType, value)
    return same(inner, shaped(def.innerType, def.defaultValue)) ? undefined : inner
  }
  if (def.type === 'optional') return withoutEmptyList(shaped(def.innerType, value))
  if ('innerType' in def) return shaped(def.innerType, value)
  switch (def.type) {
    case 'object':
      return shapedObject(def.shape, value as Members)
    case 'array':
      return (value as unknown[]).map((item) => shaped(def.element, item))
    case 'record':
      return sortedByName(Object.entries(value as Members).map(([name, item]) => [name, shaped(def.valueType, item)]))
    case 'union':
      return shapedUnion(def.options, value)
    case 'literal':
      return def.values.includes(value as z.core.util.Literal) ? value : undefined
    case 'string':
      return shapedText(schema, value)
    default:
      return value
  }
}

function shapedObject(shape: z.core.$ZodShape, value: Members): Members | undefined {
  const members = Object.entries(shape).flatMap(([name, schema]): [string, unknown][] => {
    const member = isSecret(schema) ? secretIn(value, name) : shaped(schema, value[name])
    return member === undefined ? [] : [[name, member]]
  })
  const said = Object.values(value)
  // Where everything is null, nothing is said; where nothing stands, that is what is said.
  if (members.length === 0 && said.length > 0 && said.every((member) => isNothing(member))) return undefined
  return Object.fromEntries(members)
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0)
}

function secretIn(value: Members, name: string): Secret | undefined {
  const sent = value[name]
  if (sent instanceof Secret) return sent
  if (typeof sent === 'string') return new Secret({ text: sent })
  return typeof value['lastFour'] === 'string' ? new Secret({ lastFour: value['lastFour'] }) : undefined
}

function shapedUnion(options: readonly z.core.$ZodType[], value: unknown): unknown {
  if (typeof value !== 'object') return shapedByFirst(options, value)
  const fitting = options.find((option) => Object.entries(membersOf(option)).every(([name, schema]) => fitsLiteral(schema, value, name)))
  return fitting === undefined ? value : shaped(fitting, value)
}

/** Amounts are text in each option that is one. */
function shapedByFirst(options: readonly z.core.$ZodType[], value: unknown): unknown {
  const text = options.find((option) => defOf(option).type === 'string' && metaOf(option)['format'] === DECIMAL_FORMAT)
  return text === undefined ? value : shaped(text, value)
}

function fitsLiteral(schema: z.core.$ZodType, value: object | null, name: string): boolean {
  const def = defOf(schema)
  return def.type !== 'literal' || def.values.includes((value as Members)[name] as z.core.util.Literal)
}

function shapedText(schema: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (metaOf(schema)['format'] === DECIMAL_FORMAT) {
    const amount = parseDecimal(value)
    return amount === undefined ? value : formatAmount(amount)
  }
  const isTime = (schema as { format?: unknown }).format === 'datetime'
  return isTime && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : value
}

function withoutEmptyList(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

function sortedByName(entries: [string, unknown][]): Members {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** Fewer characters than this would tell too much of a secret, and none are shown. */
const SHORTEST_RECOGNISABLE = 12

/** Whether two values say the same. Of secrets their ends are compared, where both are known. */
export function same(one: unknown, other: unknown): boolean {
  if (one instanceof Secret && other instanceof Secret) return sameSecret(one, other)
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => same((one as Members)[name], (other as Members)[name]))
}

function sameSecret(one: Secret, other: Secret): boolean {
  if (one.variable !== undefined || other.variable !== undefined) return true
  return endOf(one) === endOf(other)
}

/** What a secret is recognised by. */
export function endOf({ text, lastFour }: Secret): string {
  if (text === undefined) return lastFour
  return text.length < SHORTEST_RECOGNISABLE ? '' : text.slice(-4)
}

/**
 * A value as the management API takes it: secrets as their text, or left out where the one that is there is kept, and null for each
 * member that is not there and can be taken away by that.
 */
export function sendable(schema: z.core.$ZodType, value: unknown): unknown {
  if (value instanceof Secret) return value.text
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const { element } = defOf(unwrapped(schema)) as { element?: z.core.$ZodType }
    return value.map((item: unknown) => (element === undefined ? item : sendable(element, item)))
  }
  const shape = membersOf(schema)
  const gone = Object.keys(shape).filter((name) => !Object.hasOwn(value, name) && takesNull(shape[name]))
  const there = Object.entries(value).map(([name, member]): [string, unknown] => {
    const below = shape[name] ?? memberAt(schema, name)
    return [name, below === undefined ? member : sendable(below, member)]
  })
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(there) }
}

function takesNull(schema: z.core.$ZodType | undefined): boolean {
  if (schema === undefined) return false
  const def = defOf(schema)
  return def.type === 'nullable' || ('innerType' in def && takesNull(def.innerType))
}

/**
 * What has to be sent so that something is what it should be: the members of a body that differ. One that is gone is null, else
 * empty, else as `resets` says. Members that the body does not take are left to whoever asks.
 */
export function changeOf(body: z.core.$ZodType, before: Members, after: Members, resets: Members = {}): Members {
  const changed = Object.entries(membersOf(body)).flatMap(([name, schema]): [string, unknown][] => {
    const value = after[name]
    if (same(before[name], value)) return []
    if (value !== undefined) return [[name, sendable(schema, value)]]
    return [[name, resets[name] ?? (takesNull(schema) ? null : [])]]
  })
  return Object.fromEntries(changed)
}
