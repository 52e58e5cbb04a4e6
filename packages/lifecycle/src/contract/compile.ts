import { Ajv2020 } from 'ajv/dist/2020.js'
import { _, type KeywordCxt } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import formats from 'ajv-formats'
import { isJson, jsonOf, resolved, type Json } from '../openapi/json.ts'
import { operationsOf, routePathOf, type Operation } from '../openapi/operations.ts'
import { allDifferent } from './all-different.ts'
import type { CompiledAnswer, CompiledBody, CompiledContract, CompiledMedia, CompiledOperation, Validators } from './compiled.ts'
import { linearPattern } from './linear.ts'
import { isJsonMedia } from './media.ts'
import { readerOf, schemaOf, type ParameterReader } from './parameters.ts'
import { DOCUMENT_ID, SchemaWords, type Direction } from './schema-words.ts'

/**
 * Makes validators of all that a document in our words (OpenAPI 3.1 or later) says of its operations. Slow for large documents, and
 * what it makes is code: it belongs into a thread of its own.
 */
export function compileContract(document: Json): CompiledContract {
  const unchecked = new Set<string>()
  const makers: Makers = {
    parameters: new Maker(document, 'request', unchecked, true),
    request: new Maker(document, 'request', unchecked),
    response: new Maker(document, 'response', unchecked),
  }
  const operations = operationsOf(document).map((operation) => compiledOperation(document, operation, makers, unchecked))
  const code = { parameters: makers.parameters.code(), request: makers.request.code(), response: makers.response.code() }
  return { operations, code, names: [...propertyNames(document)], unchecked: [...unchecked] }
}

type Makers = Record<Validators, Maker>

/** Makes the validators of one direction. */
class Maker {
  readonly #ajv: Ajv2020
  readonly #words: SchemaWords
  readonly #unchecked: Set<string>
  readonly #made: Record<string, string> = {}

  constructor(document: Json, direction: Direction, unchecked: Set<string>, texts = false) {
    this.#words = new SchemaWords(document, direction, unchecked)
    this.#unchecked = unchecked
    this.#ajv = new Ajv2020({
      strict: false,
      logger: false,
      validateSchema: false,
      coerceTypes: texts ? 'array' : false,
      code: { source: true, regExp: linearPattern },
    })
    // In their simple forms: the exact ones try every way.
    formats.default(this.#ajv, { mode: 'fast' })
    this.#ajv.removeKeyword('uniqueItems')
    this.#ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', code: differing, error: DIFFERING })
    this.#ajv.addSchema(this.#words.of(document) as Json, DOCUMENT_ID)
  }

  /** The name of the validator of a schema; undefined: there is none, or it cannot be one. `what`: for whoever is told so. */
  of(schema: unknown, what: string): string | undefined {
    if (!isJson(schema) && typeof schema !== 'boolean') return undefined
    return this.#add(this.#words.of(schema), what)
  }

  /** The validator of parameters or headers by their names. */
  ofMembers(parameters: { name: string; schema: unknown; required: boolean }[], what: string): string | undefined {
    if (parameters.length === 0) return undefined
    const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, this.#words.of(schema ?? true)]))
    const required = parameters.filter((one) => one.required).map(({ name }) => name)
    return this.#add({ type: 'object', properties, required }, what)
  }

  #add(schema: unknown, what: string): string | undefined {
    const name = `v${Object.keys(this.#made).length}`
    const id = `contract://${name}`
    try {
      this.#ajv.addSchema(schema as Json, id)
      this.#ajv.getSchema(id)
      this.#made[name] = id
      return name
    } catch (error) {
      this.#ajv.removeSchema(id)
      this.#unchecked.add(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  code(): string {
    return standalone.default(this.#ajv, this.#made)
  }
}

const DIFFERING = { message: 'must NOT have items that are equal' }

function differing(cxt: KeywordCxt): void {
  if (cxt.schema !== true) return
  const different = cxt.gen.scopeValue('func', { ref: allDifferent, code: _`helpers.allDifferent` })
  cxt.fail(_`!${different}(${cxt.data})`)
}

function compiledOperation(document: Json, operation: Operation, makers: Makers, unchecked: Set<string>): CompiledOperation {
  const { method, path, value, parameters } = operation
  const name = `${method} ${path}`
  const read = parameters.flatMap((parameter): { reader: ParameterReader; schema: unknown; required: boolean }[] => {
    const reader = readerOf(document, parameter)
    if (reader === undefined) return noteSkipped(parameter, name, unchecked)
    return [{ reader, schema: schemaOf(parameter), required: reader.in === 'path' || parameter['required'] === true }]
  })
  const validatorOf = (place: ParameterReader['in']): string | undefined =>
    makers.parameters.ofMembers(
      read.filter(({ reader }) => reader.in === place).map(({ reader, ...rest }) => ({ name: reader.name, ...rest })),
      `the ${place} parameters of ${name}`,
    )
  return {
    method,
    path: routePathOf(path),
    segments: path === '/' ? [] : path.slice(1).replace(/\/+$/, '').split('/'),
    readers: read.map(({ reader }) => reader),
    segmentsOf: validatorOf('path'),
    query: validatorOf('query'),
    header: validatorOf('header'),
    body: compiledBody(document, value['requestBody'], makers.request, `the body of ${name}`),
    answers: Object.fromEntries(
      Object.entries(jsonOf(value['responses'])).map(([status, response]) => [
        status,
        compiledAnswer(document, resolved(document, response), makers, `the answer ${status} of ${name}`),
      ]),
    ),
  }
}

/** Cookies never reach an upstream; other styles are not read. */
function noteSkipped({ in: place, name, style }: Json, operation: string, unchecked: Set<string>): [] {
  if (typeof style === 'string' && (place === 'path' || place === 'query' || place === 'header'))
    unchecked.add(`the parameter ${String(name)} of ${operation}, in the style ${style}`)
  return []
}

function compiledBody(document: Json, value: unknown, maker: Maker, what: string): CompiledBody | undefined {
  if (value === undefined) return undefined
  const body = resolved(document, value)
  return { required: body['required'] === true, content: compiledContent(document, body, maker, what) }
}

function compiledAnswer(document: Json, response: Json, { parameters, response: bodies }: Makers, what: string): CompiledAnswer {
  const headers = Object.entries(jsonOf(response['headers'])).flatMap(([name, value]) => {
    const header = { ...resolved(document, value), in: 'header', name }
    const reader = readerOf(document, header)
    return reader === undefined ? [] : [{ reader, schema: schemaOf(header), required: jsonOf(header)['required'] === true }]
  })
  return {
    readers: headers.map(({ reader }) => reader),
    header: parameters.ofMembers(
      headers.map(({ reader, ...rest }) => ({ name: reader.name, ...rest })),
      `the headers of ${what}`,
    ),
    content: compiledContent(document, response, bodies, what),
  }
}

function compiledContent(document: Json, { content }: Json, maker: Maker, what: string): CompiledMedia[] {
  return Object.entries(jsonOf(content)).map(([type, media]) => ({
    type: (type.split(';')[0] ?? '').trim().toLowerCase(),
    validator: isJsonMedia(type) ? maker.of(resolved(document, media)['schema'], what) : undefined,
  }))
}

/** Names of properties anywhere in the document. */
function propertyNames(document: Json): Set<string> {
  const names = new Set<string>()
  const open: unknown[] = [document]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...(next as unknown[]).filter((one) => typeof one === 'object' && one !== null))
    else if (isJson(next)) {
      for (const name of Object.keys(jsonOf(next['properties']))) names.add(name)
      if (Array.isArray(next['required'])) for (const name of next['required']) if (typeof name === 'string') names.add(name)
      open.push(...Object.values(next).filter((one) => typeof one === 'object' && one !== null))
    }
  }
  return names
}
