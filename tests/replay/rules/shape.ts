/**
 * What a body may look like, said in small functions that find what is wrong and where. How it is said to the client is each
 * vendor's business.
 */
import type { JsonObject } from '../types.ts'

export type Path = (string | number)[]

export type ProblemKind = 'unknown' | 'missing' | 'type' | 'low' | 'high' | 'short' | 'long' | 'few' | 'many' | 'enum' | 'pattern'

/** One thing that is wrong with a body. */
export interface Problem {
  kind: ProblemKind
  at: Path
  got: unknown
  /** The type, limit, values or pattern that was expected. */
  expected: string
}

/** Adds what is wrong with a value. */
export type Shape = (value: unknown, at: Path, problems: Problem[]) => void

export function problemsOf(shape: Shape, value: unknown): Problem[] {
  const problems: Problem[] = []
  shape(value, [], problems)
  return problems
}

export const anything: Shape = () => undefined

export function text(limits: { min?: number; max?: number; pattern?: RegExp } = {}): Shape {
  return (value, at, problems) => {
    const add = adder(value, at, problems)
    if (typeof value !== 'string') return add('type', 'a string')
    if (value.length < (limits.min ?? 0)) return add('short', String(limits.min))
    if (value.length > (limits.max ?? Number.POSITIVE_INFINITY)) return add('long', String(limits.max))
    if (limits.pattern?.test(value) === false) add('pattern', limits.pattern.source)
  }
}

export function decimal(limits: { min?: number; max?: number } = {}): Shape {
  return ranged('a decimal', limits, () => true)
}

export function integer(limits: { min?: number; max?: number } = {}): Shape {
  return ranged('an integer', limits, Number.isInteger)
}

function ranged(name: string, limits: { min?: number; max?: number }, fits: (value: number) => boolean): Shape {
  return (value, at, problems) => {
    const add = adder(value, at, problems)
    if (typeof value !== 'number' || !fits(value)) return add('type', name)
    if (value < (limits.min ?? Number.NEGATIVE_INFINITY)) return add('low', String(limits.min))
    if (value > (limits.max ?? Number.POSITIVE_INFINITY)) add('high', String(limits.max))
  }
}

export const flag: Shape = (value, at, problems) => {
  if (typeof value !== 'boolean') adder(value, at, problems)('type', 'a boolean')
}

/** Any JSON object. */
export const object: Shape = (value, at, problems) => {
  if (!isObject(value)) adder(value, at, problems)('type', 'an object')
}

export function choice(...values: unknown[]): Shape {
  return (value, at, problems) => {
    if (!values.includes(value)) adder(value, at, problems)('enum', list(values.map((one) => `'${String(one)}'`)))
  }
}

export function array(item: Shape, limits: { min?: number; max?: number; of?: string } = {}): Shape {
  return (value, at, problems) => {
    const add = adder(value, at, problems)
    if (!Array.isArray(value)) return add('type', limits.of === undefined ? 'an array' : `an array of ${limits.of}`)
    if (value.length < (limits.min ?? 0)) return add('few', String(limits.min))
    if (value.length > (limits.max ?? Number.POSITIVE_INFINITY)) return add('many', String(limits.max))
    for (const [index, one] of value.entries()) item(one, [...at, index], problems)
  }
}

export interface RecordOptions {
  /** Members that must be there. */
  required?: readonly string[]
  /** Members that no shape names are passed over. */
  open?: boolean
  /** `snake_case` is read as `camelCase`, as in Google's JSON. */
  snake?: boolean
  /** `null` counts as absent. */
  nullable?: boolean
}

/** An object with these members, and no others. */
export function record(members: Record<string, Shape>, options: RecordOptions = {}): Shape {
  return (value, at, problems) => {
    if (!isObject(value)) return adder(value, at, problems)('type', 'an object')
    const spelled = new Map(Object.keys(value).map((name) => [options.snake === true ? camel(name) : name, name]))
    for (const name of options.required ?? []) {
      const given = value[spelled.get(name) ?? name]
      if (given === undefined || (given === null && options.nullable === true)) {
        problems.push({ kind: 'missing', at: [...at, name], got: given, expected: name })
      }
    }
    for (const [name, spelling] of spelled) {
      const member = value[spelling]
      const shape = Object.hasOwn(members, name) ? members[name] : undefined
      if (shape === undefined) {
        if (options.open !== true) problems.push({ kind: 'unknown', at: [...at, spelling], got: member, expected: '' })
      } else if (member !== null || options.nullable !== true) shape(member, [...at, spelling], problems)
    }
  }
}

/** An object with any names, all of one shape. */
export function dictionary(member: Shape, limits: { max?: number; longestName?: number } = {}): Shape {
  return (value, at, problems) => {
    const add = adder(value, at, problems)
    if (!isObject(value)) return add('type', 'an object')
    const names = Object.keys(value)
    if (names.length > (limits.max ?? Number.POSITIVE_INFINITY)) return add('many', String(limits.max))
    for (const name of names) {
      if (name.length > (limits.longestName ?? Number.POSITIVE_INFINITY))
        adder(name, [...at, name], problems)('long', String(limits.longestName))
      member(value[name], [...at, name], problems)
    }
  }
}

/** An object whose member names the shape of the rest. `within` is a path segment that the vendor adds to its messages. */
export function tagged(tag: string, shapes: Record<string, Shape>, options: { fallback?: Shape; within?: boolean } = {}): Shape {
  return (value, at, problems) => {
    if (!isObject(value)) return adder(value, at, problems)('type', 'an object')
    const name = value[tag]
    if (name === undefined && options.fallback === undefined) {
      return void problems.push({ kind: 'missing', at: [...at, tag], got: undefined, expected: tag })
    }
    const shape = typeof name === 'string' && Object.hasOwn(shapes, name) ? shapes[name] : options.fallback
    if (shape === undefined) return adder(name, [...at, tag], problems)('enum', list(Object.keys(shapes).map((one) => `'${one}'`)))
    shape(value, options.within === true && typeof name === 'string' ? [...at, name] : at, problems)
  }
}

/** One shape for strings, one for arrays, one for objects, and so on. */
export function byType(
  shapes: Partial<Record<'string' | 'array' | 'object' | 'number' | 'boolean' | 'null', Shape>>,
  expected: string,
): Shape {
  return (value, at, problems) => {
    const shape = shapes[typeName(value)]
    if (shape === undefined) adder(value, at, problems)('type', expected)
    else shape(value, at, problems)
  }
}

/** An object with exactly one of these members, whose name is its kind. */
export function union(members: Record<string, Shape>, options: RecordOptions = {}): Shape {
  const shape = record(members, options)
  return (value, at, problems) => {
    shape(value, at, problems)
    if (isObject(value) && Object.keys(value).length === 0) adder(value, at, problems)('few', 'one member')
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function typeName(value: unknown): 'string' | 'array' | 'object' | 'number' | 'boolean' | 'null' {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as 'string' | 'object' | 'number' | 'boolean'
}

/** `'a', 'b', and 'c'` */
function list(names: string[]): string {
  if (names.length < 3) return names.join(' and ')
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function adder(got: unknown, at: Path, problems: Problem[]): (kind: ProblemKind, expected: string) => void {
  return (kind, expected) => void problems.push({ kind, at, got, expected })
}
