import { interpolate } from '@faregate/core'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Scalar } from 'yaml'
import { formatPath, type Finding, type Path, type Place } from './finding.ts'

import { schemaAt, takesText } from './json-schema.ts'

/** A configuration file as plain values, and where each of them stands. */
export interface Source {
  value: unknown
  /** Where a member (or, failing that, the nearest enclosing one) stands. */
  placeOf(path: Path): Place
  findings: Finding[]
}

const DEEPEST = 32

/**
 * Reads YAML. Variables are interpolated; numbers that stand where the schema takes text (prices) are taken from
 * their source text, so that `0.1` is exactly 0.1 and `1e-3` is seen as written.
 */
export function readSource(text: string, file: string, environment: NodeJS.ProcessEnv): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const syntax = document.errors.map((error): Finding => ({
    severity: 'error',
    place: place(error.pos[0]),
    path: '',
    problem: error.message,
    fix: 'mend the YAML at that place',
  }))
  const reader = new Reader(document, place, environment)
  const value = syntax.length > 0 ? undefined : reader.read(document.contents, [], 0)
  return { value: value ?? {}, placeOf: (path) => reader.placeOf(path), findings: [...syntax, ...reader.findings] }
}

class Reader {
  readonly findings: Finding[] = []
  readonly #places = new Map<string, Place>()
  readonly #document: Document
  readonly #place: (offset: number) => Place
  readonly #environment: NodeJS.ProcessEnv

  constructor(document: Document, place: (offset: number) => Place, environment: NodeJS.ProcessEnv) {
    this.#document = document
    this.#place = place
    this.#environment = environment
  }

  placeOf(path: Path): Place {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)))
      if (place !== undefined) return place
    }
    return this.#place(0)
  }

  read(node: unknown, path: Path, depth: number): unknown {
    const target = isAlias(node) ? node.resolve(this.#document) : (node as Node | null | undefined)
    if (target === null || target === undefined) return null
    this.#note(path, (node as Node).range?.[0])
    if (depth > DEEPEST)
      return this.#report(path, `nested more than ${DEEPEST} deep`, 'flatten it; an alias that contains itself has no end')
    if (isScalar(target)) return this.#scalar(target, path)
    if (isSeq(target)) return target.items.map((item, index) => this.read(item, [...path, index], depth + 1))
    if (isMap(target)) return this.#map(target.items, path, depth)
    return null
  }

  #map(items: { key: unknown; value: unknown }[], path: Path, depth: number): Record<string, unknown> {
    const entries = items.map(({ key, value }) => {
      const name = isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))) : String(key)
      const child = [...path, name]
      const read = this.read(value, child, depth + 1)
      const members = typeof read === 'object'
      this.#note(child, isScalar(key) ? key.range?.[0] : undefined, members)
      return [name, read] as const
    })
    return Object.fromEntries(entries)
  }

  #scalar(scalar: Scalar, path: Path): unknown {
    const schema = schemaAt(path)
    if (typeof scalar.value === 'number') return takesText(schema) ? (scalar.source ?? String(scalar.value)) : scalar.value
    if (typeof scalar.value !== 'string') return scalar.value
    const result = interpolate(scalar.value, this.#environment)
    if (!result.ok) {
      return this.#report(
        path,
        `the environment variable ${result.variable} is not set`,
        `set ${result.variable}, or write \${${result.variable}:-default}`,
      )
    }
    return result.changed && scalar.type === 'PLAIN' ? readPlain(result.text, schema?.type) : result.text
  }

  /** A member with members of its own stands where its name does; a value stands where it is written. */
  #note(path: Path, offset: number | undefined, evenIfKnown = true): void {
    const key = JSON.stringify(path)
    if (offset !== undefined && (evenIfKnown || !this.#places.has(key))) this.#places.set(key, this.#place(offset))
  }

  #report(path: Path, problem: string, fix: string): undefined {
    this.findings.push({ severity: 'error', place: this.placeOf(path), path: formatPath(path), problem, fix })
    return undefined
  }
}

/** Reads the text of a variable as the schema wants it: `4` as a number where a number belongs. */
export function readPlain(text: string, type: string | string[] | undefined): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}
