/** Gemini's bodies with every name in `camelCase`, for the rules about what belongs to what. */
import type { JsonObject } from '../types.ts'
import { isObject } from './shape.ts'
import { objects } from './walk.ts'

/** A member, in whichever of the two spellings it came. */
export function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined
  return value[name] ?? value[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
}

export function at(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((found, name) => member(found, name), value)
}

export interface Content {
  role: unknown
  parts: JsonObject[]
}

export function contentsOf(body: JsonObject): Content[] {
  return objects(member(body, 'contents')).map((content) => ({ role: content['role'], parts: objects(content['parts']) }))
}

export function partsWith(content: Content | undefined, name: string): JsonObject[] {
  return (content?.parts ?? []).map((part) => member(part, name)).filter(isObject)
}

/** Function declarations of every tool, with the path to each. */
export function declarations(body: JsonObject): { at: string; value: JsonObject }[] {
  return objects(body['tools']).flatMap((tool, index) =>
    objects(member(tool, 'functionDeclarations')).map((value, position) => ({
      at: `tools[${index}].function_declarations[${position}]`,
      value,
    })),
  )
}

/** Every schema that is of Google's own kind, with the path to each, the outermost first. */
export function* schemasOf(body: JsonObject): Generator<{ at: string; value: JsonObject }> {
  for (const { at: path, value } of declarations(body)) yield* inside(value['parameters'], `${path}.parameters`)
  yield* inside(at(body, 'generationConfig', 'responseSchema'), 'generation_config.response_schema')
}

function* inside(value: unknown, path: string): Generator<{ at: string; value: JsonObject }> {
  if (!isObject(value)) return
  yield { at: path, value }
  for (const [name, part] of Object.entries(isObject(value['properties']) ? value['properties'] : {})) {
    yield* inside(part, `${path}.properties[${name}]`)
  }
  yield* inside(value['items'], `${path}.items`)
  for (const [index, part] of objects(member(value, 'anyOf')).entries()) yield* inside(part, `${path}.any_of[${index}]`)
}

export function schemaType(value: JsonObject): string {
  return typeof value['type'] === 'string' ? value['type'].toUpperCase() : ''
}
