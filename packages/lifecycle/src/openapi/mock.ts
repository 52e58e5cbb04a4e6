import { Recent } from '@faregate/core'
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

/** So many bodies are kept, the same calls being made again and again; none that is longer. */
const MOST_KEPT = 64
const LONGEST_KEPT = 65_536

/** What ends a call: whatever is below 200 only announces that an answer comes. */
const FINAL_STATUS = /^[2-5]\d\d$/

/** Answers of these have no body (RFC 9110). */
const BODILESS = new Set([204, 205, 304])

/** Answers calls as a document says that an API does, from its examples, else from its schemas; the same call always alike. */
export class Mock {
  readonly #document: Json
  readonly #table: RouteTable
  readonly #operations: Map<string, Operation>
  readonly #bodies = new Recent<string>(MOST_KEPT)

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

  #answerOf(operation: Operation, { code, example }: Preference): MockAnswer | undefined {
    const responses = jsonOf(operation.value['responses'])
    const name = nameOf(responses, code)
    if (name === undefined) return undefined
    const said = code ?? name
    const status = FINAL_STATUS.test(said) ? Number(said) : 200
    const content = jsonOf(resolved(this.#document, responses[name])['content'])
    const type = Object.keys(content).find(isJsonType) ?? Object.keys(content)[0]
    if (type === undefined || BODILESS.has(status)) return { status }
    const media = jsonOf(content[type])
    const named = example !== undefined && Object.hasOwn(jsonOf(media['examples']), example) ? example : undefined
    const key = JSON.stringify([operation.method, operation.path, name, named])
    return { status, type, body: this.#bodies.get(key) ?? this.#bodyOf(key, type, media, named) }
  }

  #bodyOf(key: string, type: string, media: Json, example: string | undefined): string {
    const sample = exampleOf(this.#document, media, example)
    const body = isJsonType(type) || typeof sample !== 'string' ? JSON.stringify(sample ?? null) : sample
    if (body.length <= LONGEST_KEPT) this.#bodies.set(key, body)
    return body
  }
}

/** What the document calls its answer of a status, or of a success where none is asked for; undefined: it says of none. */
function nameOf(responses: Json, code: string | undefined): string | undefined {
  if (code !== undefined && !FINAL_STATUS.test(code)) return undefined
  const success = Object.keys(responses)
    .toSorted()
    .find((name) => name.startsWith('2'))
  const status = code ?? success ?? 'default'
  return [status, `${status[0] ?? ''}XX`, 'default'].find((name) => Object.hasOwn(responses, name))
}
