import { isDeepStrictEqual } from 'node:util'
import type { SavedCall, SavedExpectation } from '@faregate/core'
import { pointed } from '../openapi/json.ts'
import type { ApiFlaw } from '../flaw.ts'
import type { ContractCase } from './cases.ts'
import type { TriedAnswer } from './run.ts'

/** Under which a report tells of saved calls. */
const SAVED = 'saved calls'

/** Saved calls as they are tried. */
export function savedCases(calls: readonly SavedCall[]): ContractCase[] {
  return calls.map(({ name, method, path: target, headers = {}, body, expect }) => {
    const [path = '', query = ''] = target.split(/\?(.*)/s)
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const call = { operation: SAVED, what: name, valid: true, method, path, query, headers: { ...type, ...lowered(headers) }, expect }
    return body === undefined ? call : { ...call, body: JSON.stringify(body) }
  })
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** What an answer lacks of what is expected; undefined: nothing. */
export function unmet(expected: SavedExpectation, { status, headers, body }: TriedAnswer): string | undefined {
  if (status !== expected.status) return `it was answered with ${status}, and not with ${expected.status}`
  const missing = (expected.headers ?? []).find((name) => headers[name.toLowerCase()] === undefined)
  if (missing !== undefined) return `the header ${missing} is missing`
  const { present = [], equal = {} } = expected
  if (present.length === 0 && Object.keys(equal).length === 0) return undefined
  const value = parsed(body)
  if (value === undefined) return 'the body is no JSON, or longer than what is read'
  const absent = present.find((pointer) => pointed(value, `#${pointer}`) === undefined)
  if (absent !== undefined) return `nothing is at ${absent}`
  const other = Object.keys(equal).find((pointer) => !isDeepStrictEqual(pointed(value, `#${pointer}`), equal[pointer]))
  return other === undefined ? undefined : `what is at ${other} is not what it should be`
}

function parsed(body: Buffer | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** What is wrong with saved calls beside what a schema sees. */
export function savedFlaws(calls: readonly SavedCall[] = []): ApiFlaw[] {
  const names = calls.map(({ name }) => name)
  return calls.flatMap(({ name, method, path, body }, index): ApiFlaw[] => {
    const at = (member: string, problem: string, fix: string): ApiFlaw => ({ path: ['checks', 'calls', index, member], problem, fix })
    const flaws: ApiFlaw[] = []
    if (names.indexOf(name) !== index) flaws.push(at('name', `\`${name}\` is there twice`, 'give each call a name of its own'))
    if (!/^\/[\x21-\x7e]*$/.test(path) || path.includes('#')) flaws.push(at('path', 'is no path', 'write one like /forecast/berlin?days=2'))
    if (body !== undefined && (method === 'GET' || method === 'HEAD')) flaws.push(at('body', `has no place in a ${method}`, 'take it away'))
    return flaws
  })
}
