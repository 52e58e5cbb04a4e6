import type { SavedExpectation } from '@faregate/core'
import { isJson, jsonOf, resolved, type Json } from '../openapi/json.ts'
import { operationsOf, type Operation } from '../openapi/operations.ts'
import { exampleOf } from '../openapi/sample.ts'
import { boundsOf, membersOf } from './bounds.ts'
import { isJsonMedia } from './media.ts'
import type { Contract } from './contract.ts'
import { readerOf, schemaOf, type ParameterReader } from './parameters.ts'
import { written } from './written.ts'

/** One call that a document says something of: how it is made, and whether it is right. */
export interface ContractCase {
  /** As the document writes it: `GET /forecast/{city}`. */
  operation: string
  what: string
  valid: boolean
  method: string
  path: string
  query: string
  headers: Record<string, string>
  /** Absent: there is none. */
  body?: string
  /** Of a saved call: what must be answered, whatever the document says. */
  expect?: SavedExpectation
}

export interface ContractPlan {
  cases: ContractCase[]
  /** What is not tried, and why. */
  skipped: { operation: string; what: string; why: string }[]
}

const MOST_OF_OPERATION = 40
const MOST_CASES = 500
const MOST_EXAMPLES = 5
const LONGEST_BODY = 100_000

/** What the parts of a call are, before it is written. */
interface Parts {
  values: Map<ParameterReader, unknown>
  /** Absent: there is none. */
  body?: { type: string; value: unknown }
}

/**
 * Calls that try what a document says: the examples of each operation, values at the edges of its schemas, and just beyond them. Each
 * is what it is said to be by the document itself.
 */
export function contractCases(document: Json, contract: Contract): ContractPlan {
  const plan: ContractPlan = { cases: [], skipped: [] }
  for (const operation of operationsOf(document)) {
    const name = `${operation.method} ${operation.path}`
    if (plan.cases.length >= MOST_CASES) plan.skipped.push({ operation: name, what: 'all', why: `only ${MOST_CASES} calls are made` })
    else addCases(document, contract, operation, name, plan)
  }
  return plan
}

function addCases(document: Json, contract: Contract, operation: Operation, name: string, plan: ContractPlan): void {
  const made = new OperationCases(document, operation)
  const right = made.case(name, 'as the document describes it', true, made.parts)
  const flaw = flawOf(contract, right)
  if (flaw !== undefined) {
    plan.skipped.push({ operation: name, what: 'all', why: `no example fits its own schema: ${flaw}; write an \`example\`` })
    return
  }
  const others = made.variations().map(({ what, valid, parts }) => made.case(name, what, valid, parts))
  const sound = others.filter((one) => (flawOf(contract, one) === undefined) === one.valid && (one.body?.length ?? 0) <= LONGEST_BODY)
  plan.cases.push(...[right, ...sound].slice(0, Math.min(MOST_OF_OPERATION, MOST_CASES - plan.cases.length)))
}

/** What the document has against a call; undefined: nothing. */
function flawOf(contract: Contract, { method, path, query, headers, body }: ContractCase): string | undefined {
  const operation = contract.operation(method, path)
  if (operation === undefined) return 'its path is none that is served'
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const [first = bytes && operation.requestBody(headers, bytes)] = operation.requestHead({ query, headers, hasBody: bytes !== undefined })
  return first && `${first.where} ${first.at} ${first.message}`
}

interface Variation {
  what: string
  valid: boolean
  parts: Parts
}

class OperationCases {
  readonly #document: Json
  readonly #operation: Operation
  readonly #parameters: { reader: ParameterReader; schema: unknown; required: boolean }[]
  readonly #media: { type: string; media: Json; required: boolean } | undefined
  /** Of the call as the document describes it. */
  readonly parts: Parts

  constructor(document: Json, operation: Operation) {
    this.#document = document
    this.#operation = operation
    const known = operation.parameters.flatMap((parameter) => {
      const reader = readerOf(document, parameter)
      return reader === undefined ? [] : [{ parameter, reader, schema: schemaOf(parameter) }]
    })
    this.#parameters = known.map(({ parameter, reader, schema }) => ({
      reader,
      schema,
      required: reader.in === 'path' || parameter['required'] === true,
    }))
    this.#media = mediaOf(document, operation)
    const values = known
      .filter(({ parameter, reader }) => reader.in === 'path' || parameter['required'] === true || hasExample(parameter))
      .map(({ parameter, reader, schema }): [ParameterReader, unknown] => [reader, exampleOf(document, { ...parameter, schema })])
    const body = this.#media && { type: this.#media.type, value: this.#sampleBody(this.#media) }
    this.parts = { values: new Map(values), ...(body === undefined ? {} : { body }) }
  }

  case(operation: string, what: string, valid: boolean, { values, body }: Parts): ContractCase {
    const { path, query, headers } = written(this.#operation.path, values)
    const text = body === undefined ? undefined : JSON.stringify(body.value)
    const type = body === undefined ? {} : { 'content-type': body.type }
    const call = { operation, what, valid, method: this.#operation.method, path, query, headers: { ...headers, ...type } }
    return text === undefined ? call : { ...call, body: text }
  }

  variations(): Variation[] {
    return [...this.#namedExamples(), ...this.#parameters.flatMap((parameter) => this.#ofParameter(parameter)), ...this.#ofBody()]
  }

  #sampleBody({ media }: { media: Json }): unknown {
    const value = exampleOf(this.#document, media)
    const given = media['example'] !== undefined || media['examples'] !== undefined
    if (given || !isJson(value)) return value
    const { properties } = membersOf(this.#document, media['schema'])
    return Object.fromEntries(Object.entries(value).filter(([name]) => resolved(this.#document, properties[name])['readOnly'] !== true))
  }

  #namedExamples(): Variation[] {
    if (this.#media === undefined) return []
    const { media, type } = this.#media
    const names = Object.keys(jsonOf(media['examples'])).slice(1, MOST_EXAMPLES)
    return names.map((name) => {
      const parts = { ...this.parts, body: { type, value: exampleOf(this.#document, media, name) } }
      return { what: `the example ${name}`, valid: true, parts }
    })
  }

  #ofParameter({ reader, schema, required }: { reader: ParameterReader; schema: unknown; required: boolean }): Variation[] {
    const { values } = this.parts
    const name = `the ${reader.in} parameter ${reader.name}`
    const without = new Map([...values].filter(([one]) => one !== reader))
    const missing =
      required && reader.in !== 'path' ? [{ what: `${name} is missing`, valid: false, parts: { ...this.parts, values: without } }] : []
    if (reader.shape !== 'one') return missing
    const bounds = boundsOf(this.#document, schema, true).map(({ what, value, valid }) => ({
      what: `${name} ${what}`,
      valid,
      parts: { ...this.parts, values: new Map([...values, [reader, value]]) },
    }))
    return [...bounds, ...missing]
  }

  #ofBody(): Variation[] {
    const { body } = this.parts
    if (this.#media === undefined || body === undefined) return []
    const { body: _body, ...bodiless } = this.parts
    const missing = this.#media.required ? [{ what: 'the body is missing', valid: false, parts: bodiless }] : []
    const { value } = body
    if (!isJson(value)) return missing
    const { properties, required } = membersOf(this.#document, this.#media.media['schema'])
    const withBody = (changed: Json): Parts => ({ ...this.parts, body: { type: body.type, value: changed } })
    const edges = Object.entries(properties).flatMap(([name, schema]) =>
      boundsOf(this.#document, schema, false).map((bound) => ({
        what: `the member ${name} ${bound.what}`,
        valid: bound.valid,
        parts: withBody({ ...value, [name]: bound.value }),
      })),
    )
    const left = required.map((name) => ({
      what: `the member ${name} is missing`,
      valid: false,
      parts: withBody(Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))),
    }))
    return [...missing, ...edges, ...left]
  }
}

function hasExample({ example, examples }: Json): boolean {
  return example !== undefined || examples !== undefined
}

/** The JSON that an operation takes, if it takes some. */
function mediaOf(document: Json, { value }: Operation): { type: string; media: Json; required: boolean } | undefined {
  const body = resolved(document, value['requestBody'])
  const [type, media] = Object.entries(jsonOf(body['content'])).find(([name]) => isJsonMedia(name) && !name.includes('*')) ?? []
  return type === undefined ? undefined : { type, media: resolved(document, media), required: body['required'] === true }
}
