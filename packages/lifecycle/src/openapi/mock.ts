import { readPath } from '../path.ts'
import { RouteTable } from '../route-table.ts'
import { jsonOf, resolved, type Json } from './json.ts'
import { operationsOf, routePathOf, type Operation } from './operations.ts'
import { exampleOf, isJsonType } from './sample.ts'

/** What a mock of an API answers. */
export interface MockAnswer {
  status: number
  /** Absent: there is no body. */
  type?: string
  body?: string
}

/** What a caller prefers (RFC 7240): an answer of this status, an example of this name. */
export interface Preference {
  code?: string | undefined
  example?: string | undefined
}

/** Answers calls as a document says that an API does, from its examples, else from its schemas; the same call always alike. */
export class Mock {
  readonly #document: Json
  readonly #table: RouteTable
  readonly #operations: Map<string, Operation>

  constructor(document: string) {
    this.#document = jsonOf(JSON.parse(document))
    const operations = operationsOf(this.#document)
    this.#operations = new Map(operations.map((operation) => [`${operation.method} ${routePathOf(operation.path)}`, operation]))
    this.#table = new RouteTable(operations.map(({ method, path }) => ({ method, path: routePathOf(path) })))
  }

  /** Undefined: the document has no such operation, or no such answer of it. */
  answer(method: string, rest: string, preference: Preference = {}): MockAnswer | undefined {
    const read = readPath(rest, 'refuse')
    const found = read.ok ? this.#table.find(method, read.segments) : undefined
    const operation = found?.kind === 'route' ? this.#operations.get(found.route.name) : undefined
    return operation && this.#answerOf(operation, preference)
  }

  #answerOf({ value }: Operation, { code, example }: Preference): MockAnswer | undefined {
    const responses = jsonOf(value['responses'])
    const status =
      code ??
      Object.keys(responses)
        .toSorted()
        .find((name) => name.startsWith('2')) ??
      'default'
    const response = responses[status] ?? responses[`${status[0] ?? ''}XX`] ?? responses['default']
    if (response === undefined) return undefined
    const content = jsonOf(resolved(this.#document, response)['content'])
    const type = Object.keys(content).find(isJsonType) ?? Object.keys(content)[0]
    const number = /^[1-5]\d\d$/.test(status) ? Number(status) : 200
    if (type === undefined) return { status: number }
    const sample = exampleOf(this.#document, jsonOf(content[type]), example)
    return { status: number, type, body: isJsonType(type) || typeof sample !== 'string' ? JSON.stringify(sample ?? null) : sample }
  }
}
