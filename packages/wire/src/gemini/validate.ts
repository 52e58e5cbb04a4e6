import type { Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { member, spelled } from './spelling.ts'

const MOST_CANDIDATES = 8
const LARGEST_LIMIT = 2_147_483_647

/** A check of one member: undefined if it is fine, else what it must be. */
type Check = (value: unknown) => string | undefined

const OWN: [name: string, check: Check][] = [
  ['contents', (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'an array with at least one content')],
  ['generationConfig', object],
  ['toolConfig', object],
  ['tools', (value) => (Array.isArray(value) ? undefined : 'an array of tools')],
  ['cachedContent', (value) => (typeof value === 'string' ? undefined : 'a string, the name of a cached content')],
]

const CONFIG: [name: string, check: Check][] = [
  ['candidateCount', (value) => integerFrom1To(MOST_CANDIDATES, value)],
  ['maxOutputTokens', (value) => integerFrom1To(LARGEST_LIMIT, value)],
  ['responseModalities', (value) => (Array.isArray(value) ? undefined : 'an array, such as ["TEXT"]')],
  ['thinkingConfig', object],
]

/** The first thing that is wrong with a request of `generateContent`; undefined if it is fine. `at`: where it stands in the body. */
export function validate(value: JsonObject, at = ''): Invalid | undefined {
  const config = member(value, 'generationConfig')
  return (
    firstFault(value, OWN, at) ??
    (isObject(config) ? firstFault(config, CONFIG, `${at}/${spelled(value, 'generationConfig')}`) : undefined) ??
    validateContents(member(value, 'contents') as unknown[], `${at}/contents`)
  )
}

/** Contents are objects with parts, which are objects. */
export function validateContents(contents: readonly unknown[], at: string): Invalid | undefined {
  for (const [index, content] of contents.entries()) {
    const problem = validateContent(content, `${at}/${index}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** One content: an object with parts. */
export function validateContent(content: unknown, at: string): Invalid | undefined {
  const example = '{"parts": [{"text": …}]}'
  if (!isObject(content)) return invalid(at, `a content must be an object, such as ${example}`)
  const parts = content['parts'] ?? []
  if (!Array.isArray(parts)) return invalid(`${at}/parts`, `\`parts\` must be an array, as in ${example}`)
  const wrong = parts.findIndex((part) => !isObject(part))
  return wrong < 0 ? undefined : invalid(`${at}/parts/${wrong}`, 'a part must be an object, such as {"text": …}')
}

function firstFault(holder: JsonObject, checks: [name: string, check: Check][], at: string): Invalid | undefined {
  for (const [name, check] of checks) {
    const value = member(holder, name)
    const expected = value === undefined && name !== 'contents' ? undefined : check(value)
    if (expected !== undefined) return invalid(`${at}/${spelled(holder, name)}`, complaint(name, value, expected))
  }
  return undefined
}

function complaint(name: string, value: unknown, expected: string): string {
  return value === undefined ? `\`${name}\` is missing: it is ${expected}` : `\`${name}\` must be ${expected}`
}

function object(value: unknown): string | undefined {
  return isObject(value) ? undefined : 'an object'
}

function integerFrom1To(most: number, value: unknown): string | undefined {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
  return fits ? undefined : `a whole number from 1 to ${most}, without quotes`
}
