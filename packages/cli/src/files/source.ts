import { interpolate } from '@faregate/core'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Scalar } from 'yaml'
import type { z } from 'zod'
import { isSecret, membersOf, metaOf, schemaAt, Secret, takesText } from './shape.ts'

export type Path = readonly (string | number)[]

/** What is wrong, where, and how to mend it. */
export interface Finding {
  /** `apis/weather.yaml:7:13` */
  place: string
  /** `apis.weather.routes[0].price` */
  path: string
  problem: string
  fix: string
}

/** One file as plain values, and where each of them stands. */
export interface Source {
  value: unknown
  placeOf: (path: Path) => string
  findings: Finding[]
}

const DEEPEST = 64

/**
 * Reads a file of the folder. Variables are interpolated; a number that stands where text belongs is its digits; a secret is one
 * whether or not its variable is set.
 */
export function readSource(text: string, file: string, schema: z.ZodType, environment: NodeJS.ProcessEnv): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
  const placeOf = (path: Path) => at(offsetOf(document, path))
  const [broken] = document.errors
  if (broken !== undefined) {
    const finding = { place: at(broken.pos[0]), path: '', problem: broken.message, fix: 'mend the YAML at that place' }
    return { value: {}, placeOf, findings: [finding] }
  }
  const findings: Finding[] = []
  const report = (path: Path, problem: string, fix: string) => {
    findings.push({ place: placeOf(path), path: formatPath(path), problem, fix })
  }
  return { value: valueOf(document.contents, [], { document, schema, environment, report }) ?? {}, placeOf, findings }
}

interface Around {
  document: Document
  schema: z.ZodType
  environment: NodeJS.ProcessEnv
  report: (path: Path, problem: string, fix: string) => void
}

function valueOf(node: unknown, path: Path, around: Around): unknown {
  if (path.length > DEEPEST) return around.report(path, `is nested more than ${DEEPEST} deep`, 'flatten it')
  if (isScalar(node)) return scalarOf(node, path, around)
  if (isSeq(node)) return node.items.map((item, index) => valueOf(item, [...path, index], around))
  if (isMap(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [nameOf(key), valueOf(value, [...path, nameOf(key)], around)] as [string, unknown]),
    )
  if (node === null || node === undefined) return null
  return around.report(path, 'is an alias of another part', 'write the part out')
}

function nameOf(key: unknown): string {
  return isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))) : String(key)
}

function scalarOf(scalar: Scalar, path: Path, { schema, environment, report }: Around): unknown {
  const expected = schemaAt(schema, path)
  const { value, source } = scalar
  if (typeof value === 'number' || typeof value === 'bigint') return takesText(expected) ? (source ?? String(value)) : value
  if (typeof value !== 'string') return value
  const read = interpolate(value, environment)
  if (read.ok) return isSecret(expected) ? new Secret({ text: read.text }) : read.text
  if (isSecret(expected)) return new Secret({ variable: read.variable })
  return report(
    path,
    `the environment variable ${read.variable} is not set`,
    `set ${read.variable}, or write \${${read.variable}:-default}`,
  )
}

/** Where a member stands, or the nearest one around it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const holder = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const part = path[length - 1]
    const pair = isMap(holder) ? holder.items.find(({ key }) => nameOf(key) === part) : undefined
    const node = pair?.key ?? (isSeq(holder) && typeof part === 'number' ? holder.items[part] : undefined)
    const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range
    if (range !== null && range !== undefined) return range[0]
  }
  return 0
}

/** `apis.weather.routes[0].price` */
export function formatPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

/** What the schema found, as a person can act on it. */
export function explained(schema: z.ZodType, issue: z.core.$ZodIssue): { path: Path; problem: string; fix: string }[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  const node = schemaAt(schema, path)
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(node === undefined ? {} : membersOf(node)).join(', ')
    return issue.keys.map((key) => ({ path: [...path, key], problem: `unknown member \`${key}\``, fix: `remove it; known here: ${known}` }))
  }
  const description = node === undefined ? undefined : metaOf(node)['description']
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  const problem = missing ? `\`${String(path.at(-1))}\` is missing` : issue.message
  return [{ path, problem, fix: typeof description === 'string' ? `write what belongs there: ${description}` : 'write what belongs there' }]
}
