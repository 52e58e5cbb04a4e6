import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call that a scripted service got. */
export interface ScriptedCall {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** What a scripted service answers; without a length unless one is said. */
export interface ScriptedAnswer {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Sent as it is, instead of `body` as JSON. */
  raw?: string | Buffer
}

/** A service that answers as it is told, over a real socket. */
export class ScriptedService {
  readonly calls: ScriptedCall[] = []
  answer: (call: ScriptedCall) => ScriptedAnswer = () => ({ body: CITY })
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('error', () => undefined)
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const call = { method, url, headers, body: Buffer.concat(pieces).toString() }
        this.calls.push(call)
        const { status = 200, headers: more = {}, body, raw } = this.answer(call)
        const bytes = Buffer.from(raw ?? JSON.stringify(body))
        const plain = raw === undefined ? { 'content-type': 'application/json' } : {}
        response.writeHead(status, { ...plain, ...more })
        for (let at = 0; at < bytes.length; at += 16_384) response.write(bytes.subarray(at, at + 16_384))
        response.end()
      })
    })
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** An answer as the document wants it. */
export const CITY = { id: 1, name: 'berlin' }

const JSON_OF = (schema: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } })

/** An API with a rule in every place where a call can break one. */
export const CITIES = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Cities', version: '1' },
  paths: {
    '/cities/{city}': {
      parameters: [{ name: 'city', in: 'path', required: true, schema: { type: 'string', pattern: '^[a-z]+$' } }],
      get: {
        operationId: 'city',
        parameters: [
          { name: 'days', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 7 } },
          { name: 'X-Unit', in: 'header', schema: { enum: ['c', 'f'] } },
        ],
        responses: {
          200: {
            description: 'It',
            headers: { 'X-Left': { schema: { type: 'integer', minimum: 0 } } },
            content: { ...JSON_OF('City'), 'text/event-stream': {}, 'text/plain': {} },
          },
          404: { description: 'None' },
        },
      },
      put: {
        operationId: 'setCity',
        requestBody: { required: true, content: JSON_OF('City') },
        responses: { 200: { description: 'It', content: JSON_OF('City') } },
      },
    },
  },
  components: {
    schemas: {
      City: {
        type: 'object',
        required: ['id', 'name'],
        properties: {
          id: { type: 'integer', readOnly: true },
          name: { type: 'string', minLength: 2, maxLength: 2_000_000 },
          notes: { type: 'object', additionalProperties: { type: 'integer' } },
          secret: { type: 'string', writeOnly: true },
        },
      },
    },
  },
})
