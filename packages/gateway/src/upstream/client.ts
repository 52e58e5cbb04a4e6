import type { Duplex, Readable } from 'node:stream'
import { type Dispatcher, errors, type Pool } from 'undici'
import type { UpstreamCall, UpstreamClient, UpstreamError, UpstreamRequest, UpstreamSink } from '../edge.ts'
import { UrlRefused, type Reachable } from '../media/guard.ts'
import { isPublicAddress } from '../media/public-address.ts'
import { decoderFor, type Decoder } from './decode.ts'
import { wasLostWhileKept } from './kept-connection.ts'
import { ConnectionPools } from './pools.ts'

export interface UpstreamLimits {
  connectMs: number
  firstByteMs: number
  silenceMs: number
}

/** An upstream client that keeps connections alive. `reachable`: what guarded calls may connect to. */
export function createUpstreamClient(limits: UpstreamLimits, reachable: Reachable = isPublicAddress): UpstreamClient {
  const pools = new ConnectionPools(limits, reachable)
  return {
    send: (request, sink) => {
      const own = { ...limits, ...ownLimits(request) }
      const { origin, guarded = false, connection } = request
      return dispatch(pools.of({ origin, connectMs: own.connectMs, guarded, connection }), request, sink, own)
    },
    close: () => pools.close(),
  }
}

function dispatch(pool: Pool, request: UpstreamRequest, sink: UpstreamSink, limits: UpstreamLimits): UpstreamCall {
  const { method = 'POST', origin, path, headers, body, asSent = false, upgrade } = request
  const exchange = new Exchange(sink, limits, asSent)
  const switched = upgrade === undefined ? {} : { upgrade }
  const options = { method, path, headers, body: body as Readable, ...switched, ...named(origin, headers) }
  pool.dispatch({ ...options, headersTimeout: limits.firstByteMs, bodyTimeout: limits.silenceMs }, exchange)
  return exchange
}

/** Whose certificate is wanted is a matter of the address, whatever host the call names. */
function named(origin: string, { host }: Record<string, string>): { servername?: string } {
  return host === undefined || !origin.startsWith('https:') ? {} : { servername: new URL(origin).hostname }
}

function ownLimits({ limits = {} }: UpstreamRequest): Partial<UpstreamLimits> {
  const { connectMs, firstByteMs, silenceMs } = limits
  return {
    ...(connectMs === undefined ? {} : { connectMs }),
    ...(firstByteMs === undefined ? {} : { firstByteMs }),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  }
}

/** One call: undici's handler on one side, what the gateway controls on the other. */
class Exchange implements Dispatcher.DispatchHandler, UpstreamCall {
  readonly #sink: UpstreamSink
  readonly #limits: UpstreamLimits
  readonly #asSent: boolean
  #controller: Dispatcher.DispatchController | undefined
  #decoder: Decoder | undefined
  #aborted = false

  constructor(sink: UpstreamSink, limits: UpstreamLimits, asSent: boolean) {
    this.#sink = sink
    this.#limits = limits
    this.#asSent = asSent
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted) controller.abort(new Error('aborted by the gateway'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#aborted) return
    this.#decoder = decoderFor(
      this.#asSent ? undefined : headers['content-encoding'],
      (chunk) => this.#emit(chunk),
      (error) => this.#garbled(error),
    )
    this.#sink.head(status, headers)
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    _status: number,
    headers: Record<string, string | string[] | undefined>,
    socket: Duplex,
  ): void {
    socket.on('error', () => undefined)
    if (this.#aborted || this.#sink.switched === undefined) socket.destroy()
    else this.#sink.switched(headers, socket)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#aborted) return
    if (this.#decoder === undefined) this.#sink.data(chunk)
    else this.#decoder.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#aborted) return
    if (this.#decoder === undefined) {
      this.#sink.end()
      return
    }
    this.#decoder.end(() => {
      if (!this.#aborted) this.#sink.end()
    })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#sink.error(readError(error, this.#limits))
  }

  #emit(chunk: Buffer): void {
    if (!this.#aborted) this.#sink.data(chunk)
  }

  /** What comes cannot be decoded: nothing that follows can. */
  #garbled(error: Error): void {
    if (this.#aborted) return
    this.abort()
    this.#sink.error({ reason: 'protocol', detail: `content-encoding: ${error.message}` })
  }

  pause(): void {
    this.#controller?.pause()
    this.#decoder?.pause()
  }

  resume(): void {
    this.#controller?.resume()
    this.#decoder?.resume()
  }

  abort(): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#decoder?.destroy()
    this.#controller?.abort(new Error('aborted by the gateway'))
  }
}

function readError(error: Error, limits: UpstreamLimits): UpstreamError {
  const detail = `${error.name}: ${error.message}`
  if (error instanceof errors.ConnectTimeoutError) return { reason: 'connect_timeout', limitMs: limits.connectMs, detail }
  if (error instanceof errors.HeadersTimeoutError) return { reason: 'first_byte_timeout', limitMs: limits.firstByteMs, detail }
  if (error instanceof errors.BodyTimeoutError) return { reason: 'silence', limitMs: limits.silenceMs, detail }
  if (error instanceof UrlRefused) return { reason: 'connect', detail }
  if (error instanceof errors.HTTPParserError) return { reason: 'protocol', detail }
  if (neverConnected(error)) return { reason: 'connect', detail }
  return { reason: 'reset', detail, ...(wasLostWhileKept(error) ? { kept: true } : {}) }
}

const CONNECTING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo'])

/** The same codes come from connections that are made, as `EHOSTUNREACH` does: a call that went there may have been done. */
function neverConnected(error: Error): boolean {
  // One for each address of a name.
  if (error instanceof AggregateError) return error.errors.every((each) => each instanceof Error && neverConnected(each))
  return 'syscall' in error && CONNECTING.has(error.syscall)
}
