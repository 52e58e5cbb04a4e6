import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pause } from './wait.ts'

/** One call that a service got. */
export interface ServiceCall {
  method: string
  url: string
  headers: IncomingHttpHeaders
  /** How many bytes of its body came, and their SHA-256; while it is on its way, what came so far. */
  bytes: number
  hash: string
  /** True once the other side gave up before the answer was finished. */
  abandoned: boolean
}

/** Answers a call by what its path asks for: `/status/404`, `/bytes/1000`, `/cut`, … Anything else is echoed. */
export class Service {
  readonly calls: ServiceCall[] = []
  readonly sockets = new Set<Socket>()
  /** Paths that are answered with 500 while they are here. */
  readonly failing = new Set<string>()
  /** Whether a call is answered with 401. */
  refuses: ((headers: IncomingHttpHeaders) => boolean) | undefined
  /** While it is set, answers wait for it. */
  held: Promise<unknown> | undefined
  /** The second event of `/paced` waits for it. */
  second: Promise<unknown> | undefined
  /** Runs before the answer to every call; for looking at the gateway while it waits. */
  onCall: (() => unknown) | undefined
  readonly #server: Server

  constructor() {
    this.#server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => void this.#serve(request, response))
    this.#server.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.sockets.delete(socket))
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  callsOf(path: string): ServiceCall[] {
    return this.calls.filter(({ url }) => url.startsWith(path))
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.sockets) socket.destroy()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const call: ServiceCall = { method, url, headers, bytes: 0, hash: '', abandoned: false }
    this.calls.push(call)
    response.on('error', () => undefined)
    response.on('close', () => (call.abandoned = !response.writableFinished))
    if (url.startsWith('/early')) return void response.writeHead(413, { 'content-length': 5 }).end('large')
    const hash = createHash('sha256')
    try {
      for await (const piece of request) {
        call.bytes += (piece as Buffer).length
        hash.update(piece as Buffer)
      }
    } catch {
      return
    }
    call.hash = hash.digest('hex')
    await this.held
    await this.onCall?.()
    if (this.refuses?.(headers) === true) return void withStatus(response, 401, request)
    if (this.failing.has(url)) return void withStatus(response, 500, request)
    if (url === '/paced') return this.#pace(response)
    const [, what = '', size = ''] = url.replace(/\?.*$/, '').split('/')
    const answer = ANSWERS[what]
    if (answer === undefined) echo(call, response)
    else await answer(response, Number(size), request)
  }

  async #pace(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(FIRST_EVENT)
    await this.second
    response.end(SECOND_EVENT)
  }
}

const FIRST_EVENT = ': a comment\nretry: 2500\n\nid: 7\nevent: tick\ndata: first\n\n'
const SECOND_EVENT = ': another\n\ndata: second\n\n'

type Answer = (response: ServerResponse, size: number, request: IncomingMessage) => unknown

const PIECE = Buffer.alloc(64 * 1024, 'x')

const withStatus: Answer = (response, status) =>
  response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere', 'retry-after': '7' }).end(`{"status":${status}}`)

const ANSWERS: Record<string, Answer | undefined> = {
  status: withStatus,
  strict: withStatus,
  nothing: (response) => response.writeHead(204).end(),
  bytes: (response, size) => pour(response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size }), size),
  chunked: (response, size) => pour(response.writeHead(200, { 'content-type': 'application/octet-stream' }), size),
  reset: (_response, _size, request) => request.socket.resetAndDestroy(),
  silent: () => undefined,
  late: async (response, milliseconds) => {
    await pause(milliseconds)
    response.writeHead(200, { 'content-length': 4 }).end('late')
  },
  stuck: async (response, size) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size + 1000 })
    await pour(response, size, false)
  },
  cut: async (response, size, request) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size + 1000 })
    await pour(response, size, false)
    await pause(50)
    request.socket.destroy()
  },
  garbled: (_response, _size, request) => request.socket.end('HTTP/9 what\r\n\r\n'),
  headers: (response) =>
    response
      .writeHead(
        200,
        [
          ['content-type', 'application/json'],
          ['x-own', 'kept'],
          ['x-named', 'dropped'],
          ['connection', 'x-named'],
          ['set-cookie', 'session=1'],
          ['strict-transport-security', 'max-age=1'],
          ['faregate-cost', '99'],
          ['access-control-allow-origin', 'https://evil.example'],
          ['vary', 'accept'],
          ['etag', '"1"'],
        ].flat(),
      )
      .end('{}'),
  events: async (response, size) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let i = 0; i < size; i++) {
      response.write(`data: ${i}\n\n`)
      await pause(20)
    }
    response.end()
  },
  kept: (response) => response.writeHead(200, { 'cache-control': 'max-age=60', 'content-type': 'text/plain' }).end('kept'),
  /** What its query says, in JSON. */
  said: (response, _size, { url = '' }) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(decodeURIComponent(url.replace(/^[^?]*\?/, ''))),
  packed: (response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync('{"packed":true}')),
}

async function pour(response: ServerResponse, size: number, end = true): Promise<void> {
  for (let left = size; left > 0 && !response.destroyed; left -= PIECE.length) {
    if (!response.write(left >= PIECE.length ? PIECE : PIECE.subarray(0, left))) await drained(response)
  }
  if (end) response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

/** All events of `/paced`. */
export const PACED = FIRST_EVENT + SECOND_EVENT

/** Without what could be the API's secret: that is in `calls`. */
function echo({ method, url, headers: all, bytes, hash }: ServiceCall, response: ServerResponse): void {
  const { authorization: _secret, 'x-secret': _another, ...headers } = all
  const body = JSON.stringify({ method, url, headers, bytes, hash })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}

export function startService(port = 0): Promise<Service> {
  return new Service().listen(port)
}

/** A route as a configuration names it. */
export interface TestRoute {
  method: string
  path: string
  price?: string
  metered?: Record<string, unknown>
  free?: true
  chargeOn?: string[]
  off?: true
}

/** A configuration with one published API, `test` below `/test`, in front of a service, or of what `more` says. */
export function published(service: Service, routes: TestRoute[], more: Record<string, unknown> = {}): Record<string, unknown> {
  const { limits, models, providers, trustedProxies, ...api } = more
  const upstream = 'upstreams' in api ? {} : { upstream: { baseUrl: service.url } }
  return {
    apis: { test: { prefix: '/test', ...upstream, routes, ...api } },
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    ...(limits === undefined ? {} : { limits }),
    ...(models === undefined ? {} : { models }),
    ...(providers === undefined ? {} : { providers }),
  }
}
