import type { z } from 'zod'
import { formatPath, type Finding, type Path } from './finding.ts'
import { schemaAt, type SchemaNode } from './json-schema.ts'
import { nearest } from '@faregate/gateway/nearest'

type Issue = z.core.$ZodIssue
type Said = Pick<Finding, 'problem' | 'fix'> & { path: Path }

/** Turns what the schema found into what a person can act on: what is wrong, and what belongs there. */
export function explainIssue(issue: Issue): Said[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownMember([...path, key]))
  const node = schemaAt(path)
  return [{ path, problem: problemOf(issue, path), fix: `write ${expectation(node)}${describe(node)}` }]
}

function unknownMember(path: Path): Said {
  const members = Object.keys(schemaAt(path.slice(0, -1))?.properties ?? {})
  const word = String(path.at(-1))
  const guess = nearest(word, members)[0]
  const fix = guess === undefined ? `remove it; known here: ${members.join(', ')}` : `did you mean \`${guess}\`?`
  return { path, problem: `unknown member \`${word}\``, fix }
}

function problemOf(issue: Issue, path: Path): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return `\`${String(path.at(-1))}\` is missing`
  if (issue.code === 'invalid_type') return `is not ${article(issue.expected)}`
  if (issue.code === 'too_small') return 'is too small or too short'
  if (issue.code === 'too_big') return 'is too large'
  if (issue.code === 'invalid_value') return 'is not one of the known values'
  if (issue.code === 'invalid_key') return 'is not a possible name'
  return 'has the wrong form'
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map of members',
    record: 'a map',
  }
  return names[type] ?? type
}

/** What belongs at a place, in words. */
export function expectation(node: SchemaNode | undefined): string {
  if (node === undefined) return 'something the schema knows'
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`
  if (node.unquoted === true) return 'a decimal without exponent, with at most 9 decimals, such as "0.05"'
  if (node.type === 'integer') return `a whole number from ${node.minimum ?? 0} to ${node.maximum ?? 'any'}`
  if (node.type === 'object') return 'a map of members'
  if (node.format === 'date-time') return 'a time with an offset, such as "2027-01-31T00:00:00Z"'
  if (node.pattern !== undefined) return `text that matches ${node.pattern}`
  return article(typeof node.type === 'string' ? node.type : 'string')
}

function describe(node: SchemaNode | undefined): string {
  return node?.description === undefined ? '' : ` (${node.description})`
}

/** Whether a path was complained about already, itself or something within it. */
export function known(path: Path, findings: readonly Finding[]): boolean {
  const text = formatPath(path)
  return findings.some((finding) => finding.path === text)
}
