import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { MessageReader } from './message-reader.ts'

/** What is sent where. */
export interface Request {
  port: number
  path: string
  body: string
  headers: Record<string, string>
}

/** The bytes of one request. */
export function requestBytes({ port, path, body, headers }: Request): Buffer {
  const all = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

/** Looks at the body of an answer, piece by piece; `whole` says what is missing or wrong at its end. */
export interface BodyCheck {
  piece(bytes: Buffer): void
  whole(): string | undefined
}

/** Wants exactly these bytes. */
export function exactly(expected: Buffer): BodyCheck {
  let at = 0
  let wrong: string | undefined
  return {
    piece: (bytes) => {
      const end = at + bytes.length
      if (end > expected.length || bytes.compare(expected, at, end) !== 0) wrong ??= `not what the upstream sent, from byte ${at} on`
      at = end
    },
    whole: () => wrong ?? (at === expected.length ? undefined : `${at} bytes instead of ${expected.length}`),
  }
}

const ANY = '~'.charCodeAt(0)

/** Wants these bytes, where a `~` stands for any. */
export function like(expected: Buffer): BodyCheck {
  const spans = fixedSpans(expected)
  let at = 0
  let next = 0
  let wrong: string | undefined
  return {
    piece: (bytes) => {
      const end = at + bytes.length
      for (let span = spans[next]; span !== undefined && span.from < end; span = spans[++next]) {
        const [from, until] = [Math.max(span.from, at), Math.min(span.until, end)]
        if (bytes.compare(expected, from, until, from - at, until - at) !== 0) wrong ??= `not what it has to be, from byte ${from} on`
        if (span.until > end) break
      }
      at = end
    },
    whole: () => wrong ?? (at === expected.length ? undefined : `${at} bytes instead of ${expected.length}`),
  }
}

interface Span {
  from: number
  until: number
}

const spansOf = new WeakMap<Buffer, Span[]>()

/** Where bytes are told, once for each expectation. */
function fixedSpans(expected: Buffer): Span[] {
  const known = spansOf.get(expected)
  if (known !== undefined) return known
  const spans: Span[] = []
  for (let from = 0; from < expected.length;) {
    const free = expected.indexOf(ANY, from)
    const until = free < 0 ? expected.length : free
    if (until > from) spans.push({ from, until })
    for (from = until; expected[from] === ANY;) from++
  }
  spansOf.set(expected, spans)
  return spans
}

interface Exchange {
  check: BodyCheck
  wrong: string | undefined
  resolve: () => void
  reject: (error: Error) => void
}

/** One kept-alive connection on a raw socket; one exchange at a time. */
export class Connection {
  readonly #socket: Socket
  #exchange: Exchange | undefined

  constructor(port: number) {
    const reader = new MessageReader({
      head: (text) => {
        if (this.#exchange !== undefined && !text.startsWith('HTTP/1.1 200 ')) this.#exchange.wrong = text.slice(0, 200)
      },
      body: (bytes) => this.#exchange?.check.piece(bytes),
      end: () => this.#end(),
    })
    const buffer = Buffer.allocUnsafeSlow(65_536)
    const callback = (length: number): boolean => {
      reader.push(buffer.subarray(0, length))
      return true
    }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } })
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the connection was closed within an answer')))
  }

  /** Sends a request; resolves when the answer was a whole 200, and rejects with what was wrong. */
  exchange(request: Buffer, check: BodyCheck): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#exchange = { check, wrong: undefined, resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #end(): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    if (exchange === undefined) return
    const wrong = exchange.wrong ?? exchange.check.whole()
    if (wrong === undefined) exchange.resolve()
    else exchange.reject(new Error(wrong))
  }

  #fail(error: Error): void {
    this.#exchange?.reject(error)
    this.#exchange = undefined
  }
}
