import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { leaksInAnswer, reportLeaks } from './secrets/recorder.ts'

/** One answer as it arrived, including how it ended. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  rawHeaders: string[]
  body: Buffer
  text: string
  /** False when the connection broke before the answer was whole. */
  complete: boolean
  /** Milliseconds from sending to the first byte of the body, and to the end. */
  firstByteMs: number
  totalMs: number
}

export interface Sent {
  method?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer | Record<string, unknown>
  signal?: AbortSignal
  /** Sees every piece of the body as it arrives; may abort through the signal. */
  onData?: (piece: Buffer, soFar: number) => void
  /** A connection of its own, closed afterwards. */
  fresh?: boolean
}

const agent = new Agent({ keepAlive: true, maxSockets: 2_000 })

/** Sends one request and collects the answer; rejects only when no head of an answer arrived. No answer may hold a secret. */
export function send(url: string, sent: Sent = {}): Promise<Answer> {
  const body = encode(sent.body)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: sent.method ?? (body === undefined ? 'GET' : 'POST'),
        agent: sent.fresh === true ? false : agent,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }), ...sent.headers },
        ...(sent.signal === undefined ? {} : { signal: sent.signal }),
      },
      (response) =>
        resolve(
          collect(response, startedAt, sent.onData).then((answer) => {
            reportLeaks(leaksInAnswer(url, answer.rawHeaders, answer.body))
            return answer
          }),
        ),
    )
    request.on('error', reject)
    request.end(body)
  })
}

function encode(body: Sent['body']): Buffer | undefined {
  if (body === undefined) return undefined
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function collect(response: IncomingMessage, startedAt: number, onData: Sent['onData']): Promise<Answer> {
  const pieces: Buffer[] = []
  let length = 0
  let firstByteMs = Number.NaN
  return new Promise((resolve) => {
    const finish = (): void => {
      const body = Buffer.concat(pieces)
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        rawHeaders: response.rawHeaders,
        body,
        text: body.toString('utf8'),
        complete: response.complete,
        firstByteMs,
        totalMs: performance.now() - startedAt,
      })
    }
    response.on('data', (piece: Buffer) => {
      if (length === 0) firstByteMs = performance.now() - startedAt
      pieces.push(piece)
      length += piece.length
      onData?.(piece, length)
    })
    response.on('error', () => undefined)
    response.on('close', finish)
  })
}

/** The body as JSON; fails with the text when it is not. */
export function json(answer: Answer): Record<string, unknown> {
  try {
    return JSON.parse(answer.text) as Record<string, unknown>
  } catch {
    throw new Error(`status ${answer.status}, not JSON: ${answer.text.slice(0, 500)}`)
  }
}

/** A header that is present once. */
export function header(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
