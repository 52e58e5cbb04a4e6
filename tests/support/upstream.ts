import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One call that the gateway made, with the means to answer it. */
export interface Exchange {
  at: number
  method: string
  url: string
  headers: IncomingMessage['headers']
  rawHeaders: string[]
  /** The request body, byte for byte. */
  bytes: Buffer
  body: Record<string, unknown>
  model: string
  request: IncomingMessage
  response: ServerResponse
  socket: Socket
  /** When the connection that carried it was given up by the gateway, or the answer was finished: `performance.now()`. */
  closed: Promise<number>
  /** True once the gateway gave up before the answer was finished. */
  abandoned: boolean
}

/** Answers one call. */
export type Behaviour = (exchange: Exchange) => unknown

/**
 * An OpenAI-compatible upstream on a socket of its own. What it does is chosen by the upstream's model name;
 * every call is kept.
 */
export class Upstream {
  readonly calls: Exchange[] = []
  readonly sockets = new Set<Socket>()
  /** Runs before the answer to every call; for looking at the gateway while it waits. */
  onCall: ((exchange: Exchange) => unknown) | undefined
  readonly #behaviours = new Map<string, Behaviour>()
  readonly #server: Server

  constructor() {
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void this.#serve(request, response))
    this.#server.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.sockets.delete(socket))
    })
  }

  /** Base URL as a configuration names it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  /** Chooses what a model does; several behaviours are used one after the other, the last one for ever. */
  on(model: string, ...behaviours: Behaviour[]): this {
    let next = 0
    this.#behaviours.set(model, (exchange) => behaviours[Math.min(next++, behaviours.length - 1)]?.(exchange))
    return this
  }

  /** Calls for one model. */
  callsOf(model: string): Exchange[] {
    return this.calls.filter((call) => call.model === model)
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.sockets) socket.destroy()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(piece as Buffer)
    } catch {
      return
    }
    const exchange = describe(request, response, Buffer.concat(pieces))
    this.calls.push(exchange)
    await this.onCall?.(exchange)
    const behaviour = this.#behaviours.get(exchange.model) ?? this.#behaviours.get('*')
    if (behaviour === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          error: { message: `no such model ${exchange.model}`, type: 'invalid_request_error', code: 'model_not_found', param: null },
        }),
      )
      return
    }
    await behaviour(exchange)
  }
}

export function startUpstream(): Promise<Upstream> {
  return new Upstream().listen()
}

function describe(request: IncomingMessage, response: ServerResponse, bytes: Buffer): Exchange {
  const body = parse(bytes)
  const { socket } = request
  socket.setNoDelay(true)
  response.on('error', () => undefined)
  const exchange: Exchange = {
    at: performance.now(),
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    bytes,
    body,
    model: typeof body['model'] === 'string' ? body['model'] : '',
    request,
    response,
    socket,
    abandoned: false,
    closed: new Promise((resolve) => {
      response.on('close', () => {
        exchange.abandoned = !response.writableFinished
        resolve(performance.now())
      })
    }),
  }
  return exchange
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}
