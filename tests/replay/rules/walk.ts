/** Safe steps into a body whose form has been looked at, or not. */
import type { JsonObject } from '../types.ts'
import { isObject } from './shape.ts'

export function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function objects(value: unknown): JsonObject[] {
  return array(value).map((one) => (isObject(one) ? one : {}))
}

export function objectAt(value: unknown, ...path: string[]): JsonObject {
  let at: unknown = value
  for (const name of path) at = isObject(at) ? at[name] : undefined
  return isObject(at) ? at : {}
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Every object in a JSON value, with the path to it, the outermost first. */
export function* everyObject(value: unknown, at: (string | number)[] = []): Generator<{ at: (string | number)[]; value: JsonObject }> {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) yield* everyObject(one, [...at, index])
  } else if (isObject(value)) {
    yield { at, value }
    for (const [name, one] of Object.entries(value)) yield* everyObject(one, [...at, name])
  }
}

/** The first of these that is a text with something in it; '' if none is. */
export function firstText(...values: unknown[]): string {
  return stringOf(values.find((value) => typeof value === 'string' && value !== ''))
}

/** A value as a message shows it: a text as it is, anything else as JSON. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
}
