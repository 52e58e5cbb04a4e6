import { isJson, jsonOf, resolved, type Json } from '../openapi/json.ts'
import { isLinear } from './linear.ts'

/** Whose members have names of the author's own: a property may be called `default`. */
const NAMED = new Set(
  'properties patternProperties $defs definitions dependentSchemas schemas paths pathItems parameters responses headers requestBodies content callbacks'.split(
    ' ',
  ),
)

/** What decides nothing, and what would have references mean something else than in the document. */
const DROPPED = new Set(
  '$id $schema $anchor $dynamicAnchor $comment discriminator xml externalDocs title description summary example examples default'.split(
    ' ',
  ),
)

/** Kept as they are: they hold data. */
const DATA = new Set(['enum', 'const'])

/** In which direction bodies go: what is `readOnly` need not be in requests, what is `writeOnly` not in answers. */
export type Direction = 'request' | 'response'

/** By which the copy of the document is known to its schemas. */
export const DOCUMENT_ID = 'contract://document'

/**
 * Schemas of a document as validators take them: references lead to the copy of the document, what is no rule is left out, and so
 * are patterns that cannot be tried in linear time (`unchecked` gets them).
 */
export class SchemaWords {
  readonly #root: Json
  readonly #optional: 'readOnly' | 'writeOnly'
  readonly #unchecked: Set<string>

  constructor(root: Json, direction: Direction, unchecked: Set<string>) {
    this.#root = root
    this.#optional = direction === 'request' ? 'readOnly' : 'writeOnly'
    this.#unchecked = unchecked
  }

  /** A schema, or the whole document. */
  of(value: unknown, named = false): unknown {
    if (Array.isArray(value)) return value.map((item) => this.of(item))
    if (!isJson(value)) return value
    const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      if (named) return [[name, this.of(member)]]
      if (DROPPED.has(name) || name.startsWith('x-')) return []
      const kept = this.#member(name, member, value)
      return kept === undefined ? [] : [[name, kept]]
    })
    return Object.fromEntries(members)
  }

  #member(name: string, member: unknown, schema: Json): unknown {
    if (DATA.has(name)) return member
    if (name === '$ref' && typeof member === 'string') return DOCUMENT_ID + member
    if (name === 'pattern' && typeof member === 'string') return this.#checkable(member) ? member : undefined
    if (name === 'required' && Array.isArray(member)) return this.#required(member, jsonOf(schema['properties']))
    if (name === 'patternProperties')
      return this.of(Object.fromEntries(Object.entries(jsonOf(member)).filter(([pattern]) => this.#checkable(pattern))), true)
    return this.of(member, NAMED.has(name) && isJson(member))
  }

  #checkable(pattern: string): boolean {
    if (isLinear(pattern)) return true
    this.#unchecked.add(`the pattern ${JSON.stringify(pattern.slice(0, 100))}`)
    return false
  }

  #required(names: unknown[], properties: Json): unknown[] {
    const isOptional = (name: unknown): boolean => {
      const property = Object.hasOwn(properties, String(name)) ? properties[String(name)] : undefined
      return jsonOf(property)[this.#optional] === true || resolved(this.#root, property)[this.#optional] === true
    }
    return names.filter((name) => !isOptional(name))
  }
}
