/**
 * Google reads every member under two names (proto3's JSON mapping): `inlineData` and `inline_data`. `null` counts as absent.
 */
import type { Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import type { JsonObject } from '../json/object.ts'
import { scanMembers, type OkScan } from '../json/scan.ts'

const SNAKE = new Map<string, string>()

/** `maxOutputTokens` as `max_output_tokens`. Only for names that this code knows: what was found is kept. */
export function snakeOf(name: string): string {
  let snake = SNAKE.get(name)
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    SNAKE.set(name, snake)
  }
  return snake
}

/** Any name in camel case. */
export function camelOf(name: string): string {
  return name.replace(/(?<!^)_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** The name under which the member stands in the object; its own where it is absent. */
export function spelled(object: JsonObject, name: string): string {
  if (object[name] != null) return name
  const snake = snakeOf(name)
  return object[snake] == null ? name : snake
}

/** The value of a member under either of its names; undefined where it is absent or null. */
export function member(object: JsonObject, name: string): unknown {
  return object[spelled(object, name)] ?? undefined
}

/** Members that decide what is billed, by the path of the object that holds them; camel case. */
export type BilledPaths = readonly [holder: readonly string[], names: readonly string[]][]

/**
 * A billed member that gateway and upstream could read differently: it is there twice, under one name or both, or under a
 * name that some parser could take for it. Undefined: there is none.
 */
export function ambiguousSpelling(body: Buffer, scan: OkScan, billed: BilledPaths): Invalid | undefined {
  for (const [holder, names] of billed) {
    const found = descend(body, scan, holder)
    const problem =
      found === undefined ? undefined : ambiguousIn(found.scan, new Map(names.map((name) => [folded(name), name])), found.pointer)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** The object at this path, under whatever spelling its holders have; undefined where there is none. */
function descend(body: Buffer, scan: OkScan, path: readonly string[]): { scan: OkScan; pointer: string } | undefined {
  let current = { scan, pointer: '' }
  for (const name of path) {
    const found = current.scan.members.get(name) ?? current.scan.members.get(snakeOf(name))
    const nested = found === undefined ? undefined : scanMembers(body, found.valueStart)
    if (found === undefined || nested?.ok !== true) return undefined
    current = { scan: nested, pointer: `${current.pointer}/${found.name}` }
  }
  return current
}

function ambiguousIn({ members, duplicates }: OkScan, billed: ReadonlyMap<string, string>, pointer: string): Invalid | undefined {
  const seen = new Map<string, string>()
  for (const name of members.keys()) {
    const own = billed.get(folded(name))
    if (own === undefined) continue
    if (name !== own && name !== snakeOf(own))
      return invalid(`${pointer}/${name}`, `\`${name}\` could be read as \`${own}\`: send it under that name`)
    const other = seen.get(own)
    if (other !== undefined) return invalid(`${pointer}/${name}`, `\`${name}\` and \`${other}\` are the same member: send it once`)
    if (duplicates.includes(name)) return invalid(`${pointer}/${name}`, `\`${name}\` occurs more than once: send it once`)
    seen.set(own, name)
  }
  return undefined
}

/** Equal for names that differ in case and underscores only. Over the upper case, because ſ and the Kelvin sign are s and k there. */
function folded(name: string): string {
  return name.replaceAll('_', '').toUpperCase().toLowerCase()
}
