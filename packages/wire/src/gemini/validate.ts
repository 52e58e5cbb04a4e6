import type { Invalid } from '../dialect.ts'
import { dearerService } from '../input/dearer-service.ts'
import { invalid } from '../input/body.ts'
import { complaint } from '../input/complaint.ts'
import { anObject, filledList, integerWithin, limitFrom, optional, type MemberChecks } from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { member, spelled } from './spelling.ts'

const MOST_CANDIDATES = 8

const OWN: MemberChecks = [
  ['contents', filledList('content')],
  ['generationConfig', anObject],
  ['toolConfig', anObject],
  ['tools', optional((value) => (Array.isArray(value) ? undefined : 'an array of tools'))],
  ['cachedContent', optional((value) => (typeof value === 'string' ? undefined : 'a string, the name of a cached content'))],
]

const CONFIG: MemberChecks = [
  ['candidateCount', optional((value) => integerWithin(1, MOST_CANDIDATES, value))],
  ['maxOutputTokens', limitFrom(1)],
  ['responseModalities', optional((value) => (Array.isArray(value) ? undefined : 'an array, such as ["TEXT"]'))],
  ['thinkingConfig', anObject],
]

/** The first thing that is wrong with a request of `generateContent`; undefined if it is fine. `at`: where it stands in the body. */
export function validate(value: JsonObject, at = ''): Invalid | undefined {
  const config = member(value, 'generationConfig')
  return (
    firstFault(value, OWN, at) ??
    (isObject(config) ? firstFault(config, CONFIG, `${at}/${spelled(value, 'generationConfig')}`) : undefined) ??
    validateContents(member(value, 'contents') as unknown[], `${at}/contents`) ??
    dearerService({ [spelled(value, 'serviceTier')]: member(value, 'serviceTier') })
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

/** As everywhere, but that every member has two names. */
function firstFault(holder: JsonObject, checks: MemberChecks, at: string): Invalid | undefined {
  for (const [name, check] of checks) {
    const value = member(holder, name)
    const expected = check(value)
    if (expected !== undefined) return invalid(`${at}/${spelled(holder, name)}`, complaint(name, value, expected))
  }
  return undefined
}
