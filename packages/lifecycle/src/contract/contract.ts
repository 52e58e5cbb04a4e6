import type { Violation, ViolationPlace } from '@faregate/core'
import { readPath } from '../path.ts'
import { RouteTable } from '../route-table.ts'
import type { CompiledAnswer, CompiledContract, CompiledMedia, CompiledOperation, Validators } from './compiled.ts'
import { essenceOf, isJsonMedia, mediaOf } from './media.ts'
import { fromQuery, fromText, rawQuery, type ParameterReader } from './parameters.ts'
import { judged, loadValidators, TooMuchWork, type Failure, type Validator } from './validators.ts'

type Headers = Record<string, string | string[] | undefined>

/** What a document says of calls, as they are compared with it while they run. */
export class Contract {
  readonly #table: RouteTable
  readonly #operations: Map<string, CompiledOperation>
  readonly #validators: Record<Validators, Record<string, Validator>>
  readonly #names: ReadonlySet<string>

  constructor({ operations, code, names }: CompiledContract) {
    this.#operations = new Map(operations.map((operation) => [`${operation.method} ${operation.path}`, operation]))
    this.#table = new RouteTable(operations.map(({ method, path }) => ({ method: method as 'GET', path })))
    this.#validators = {
      parameters: loadValidators(code.parameters),
      request: loadValidators(code.request),
      response: loadValidators(code.response),
    }
    this.#names = new Set(names)
  }

  /** The operation of a call, by the path below the prefix as it was sent; undefined: the document says nothing of it. */
  operation(method: string, rest: string): OperationContract | undefined {
    const read = readPath(rest, 'pass')
    const found = read.ok ? this.#table.find(method, read.segments) : undefined
    const operation = found?.kind === 'route' ? this.#operations.get(found.route.name) : undefined
    if (operation === undefined || !read.ok) return undefined
    return new OperationContract(operation, read.segments, this.#validators, this.#names)
  }
}

/** One call of an operation, compared part by part. At most one violation is told of each part. */
export class OperationContract {
  readonly #operation: CompiledOperation
  readonly #segments: readonly string[]
  readonly #validators: Record<Validators, Record<string, Validator>>
  readonly #names: ReadonlySet<string>

  constructor(
    operation: CompiledOperation,
    segments: readonly string[],
    validators: Record<Validators, Record<string, Validator>>,
    names: ReadonlySet<string>,
  ) {
    this.#operation = operation
    this.#segments = segments
    this.#validators = validators
    this.#names = names
  }

  /**
   * Of a request: its path, query, headers, and the type of its body. `supplied`: names of headers that the gateway adds itself,
   * which nobody needs to send.
   */
  requestHead(
    { query, headers, hasBody }: { query: string; headers: Headers; hasBody: boolean },
    supplied?: ReadonlySet<string>,
  ): Violation[] {
    const { readers, segmentsOf, query: ofQuery, header, body } = this.#operation
    const found: (Violation | undefined)[] = []
    if (segmentsOf !== undefined)
      found.push(
        this.#parameters(
          segmentsOf,
          'path',
          valuesOf(readers, 'path', (reader) => this.#segmentOf(reader)),
        ),
      )
    if (ofQuery !== undefined) {
      const raw = rawQuery(query)
      found.push(
        this.#parameters(
          ofQuery,
          'query',
          valuesOf(readers, 'query', (reader) => fromQuery(reader, raw)),
        ),
      )
    }
    if (header !== undefined) {
      const violation = this.#parameters(header, 'header', headerValues(readers, headers))
      const ours = violation?.rule === 'required' && supplied?.has(violation.at.slice(1)) === true
      found.push(ours ? undefined : violation)
    }
    if (body !== undefined && !hasBody && body.required) found.push(this.#violation('request', 'body', '', 'required', 'is required'))
    if (body !== undefined && hasBody) found.push(this.#type('request', body.content, headers))
    return found.filter((one) => one !== undefined)
  }

  /** Whether the body of a request with these headers is JSON that the document says something of. */
  readsRequest(headers: Headers): boolean {
    return jsonMedia(this.#operation.body?.content ?? [], headers) !== undefined
  }

  requestBody(headers: Headers, body: Buffer): Violation | undefined {
    return this.#body('request', jsonMedia(this.#operation.body?.content ?? [], headers)?.validator, body)
  }

  /** Of an answer: its status, headers, and the type of its body. */
  answerHead(status: number, headers: Headers, hasBody: boolean): Violation[] {
    const answer = this.#answerOf(status)
    if (answer === undefined) return [this.#violation('response', 'status', '', 'status', `${status} is none that the document names`)]
    const found: (Violation | undefined)[] = []
    if (answer.header !== undefined)
      found.push(this.#parameters(answer.header, 'header', headerValues(answer.readers, headers), 'response'))
    if (hasBody && answer.content.length > 0) found.push(this.#type('response', answer.content, headers))
    return found.filter((one) => one !== undefined)
  }

  readsAnswer(status: number, headers: Headers): boolean {
    return jsonMedia(this.#answerOf(status)?.content ?? [], headers) !== undefined
  }

  answerBody(status: number, headers: Headers, body: Buffer): Violation | undefined {
    return this.#body('response', jsonMedia(this.#answerOf(status)?.content ?? [], headers)?.validator, body)
  }

  #answerOf(status: number): CompiledAnswer | undefined {
    const { answers } = this.#operation
    return [String(status), `${Math.floor(status / 100)}XX`, `${Math.floor(status / 100)}xx`, 'default']
      .map((name) => (Object.hasOwn(answers, name) ? answers[name] : undefined))
      .find((answer) => answer !== undefined)
  }

  #segmentOf(reader: ParameterReader): unknown {
    const index = this.#operation.segments.indexOf(`{${reader.name}}`)
    const segment = index === -1 ? undefined : this.#segments[index]
    return segment === undefined ? undefined : fromText(reader, segment)
  }

  #parameters(name: string, where: ViolationPlace, values: Record<string, unknown>, direction: Violation['in'] = 'request') {
    return this.#judge(this.#validators.parameters[name], values, direction, where)
  }

  #type(direction: Violation['in'], content: readonly CompiledMedia[], headers: Headers): Violation | undefined {
    const type = essenceOf(textOf(headers['content-type']))
    if (mediaOf(content, type) !== undefined) return undefined
    return this.#violation(direction, 'type', '', 'type', `must be one of ${content.map((media) => media.type).join(', ')}`)
  }

  #body(direction: 'request' | 'response', validator: string | undefined, body: Buffer): Violation | undefined {
    if (validator === undefined) return undefined
    let value: unknown
    try {
      value = JSON.parse(body.toString('utf8'))
    } catch {
      return this.#violation(direction, 'body', '', 'json', 'is no JSON')
    }
    return this.#judge(this.#validators[direction][validator], value, direction, 'body')
  }

  #judge(validate: Validator | undefined, value: unknown, direction: Violation['in'], where: ViolationPlace): Violation | undefined {
    if (validate === undefined) return undefined
    try {
      if (judged(validate, value)) return undefined
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error
      return this.#violation(direction, where, '', 'effort', 'is too much to be compared')
    }
    const [failure] = validate.errors ?? []
    if (failure === undefined) return undefined
    return this.#violation(direction, where, pointerOf(failure), failure.keyword, failure.message ?? 'is not as the document says')
  }

  #violation(direction: Violation['in'], where: ViolationPlace, at: string, rule: string, message: string): Violation {
    return { in: direction, where, pointer: this.#masked(at), rule, at, message }
  }

  /** The pointer without what a caller could have chosen: numbers of items, and names that the document does not know. */
  #masked(pointer: string): string {
    return pointer
      .split('/')
      .map((part, index) => (index === 0 || this.#names.has(unescaped(part)) || this.#isParameter(unescaped(part)) ? part : '*'))
      .join('/')
  }

  #isParameter(name: string): boolean {
    const { readers, answers } = this.#operation
    return [readers, ...Object.values(answers).map((answer) => answer.readers)].some((all) => all.some((reader) => reader.name === name))
  }
}

/** Where the wrong thing is; of a member that is missing or too much, where that would be or is. */
function pointerOf({ instancePath, params }: Failure): string {
  const member = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['propertyName']
  return typeof member === 'string' ? `${instancePath}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}` : instancePath
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function valuesOf(readers: readonly ParameterReader[], place: ParameterReader['in'], read: (reader: ParameterReader) => unknown) {
  const values: Record<string, unknown> = {}
  for (const reader of readers) {
    const value = reader.in === place ? read(reader) : undefined
    if (value !== undefined) values[reader.name] = value
  }
  return values
}

function headerValues(readers: readonly ParameterReader[], headers: Headers) {
  return valuesOf(readers, 'header', (reader) => {
    const text = textOf(headers[reader.name])
    return text === undefined ? undefined : fromText(reader, text)
  })
}

/** The media type of these headers, if it is JSON and has a validator. */
function jsonMedia(content: readonly CompiledMedia[], headers: Headers): CompiledMedia | undefined {
  const type = essenceOf(textOf(headers['content-type']))
  const media = mediaOf(content, type)
  return media?.validator !== undefined && isJsonMedia(type) ? media : undefined
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
