/**
 * The load generator, a process of its own: `node load.ts '{"port":…,"key":…,"body":…,"connections":…,"seconds":…}'`.
 * Keeps every connection busy, compares every answer with what the upstream sent, byte for byte, and prints what
 * happened as JSON. Raw sockets, for the reason given in upstream.ts.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { ANSWER, STREAM } from './answers.ts'
import { MessageReader } from './message-reader.ts'

/** What to send, how often at once, for how long. */
export interface Load {
  port: number
  key: string
  body: string
  connections: number
  seconds: number
}

export interface Loaded {
  requests: number
  errors: number
  /** What was wrong first. */
  error?: string
  /** From the first request to the last answer. */
  elapsedMs: number
  /** Processor time of this process in that while. */
  cpuMs: number
  p50Ms: number
  p99Ms: number
}

/** The bytes of one request. */
export function requestBytes(port: number, key: string, body: string): Buffer {
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${key}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Sends one request after the other on one connection until told to stop; resolves when the last is answered. */
function lane(load: Load, request: Buffer, expected: Buffer, until: number, latencies: number[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    let sentAt = 0
    let at = 0
    let wrong: string | undefined
    const send = (): void => {
      at = 0
      sentAt = performance.now()
      socket.write(request)
    }
    const close = (error?: string): void => {
      socket.destroy()
      resolve(wrong ?? error)
    }
    const reader = new MessageReader({
      head: (text) => {
        if (!text.startsWith('HTTP/1.1 200 ')) wrong = text.slice(0, 200)
      },
      body: (piece) => {
        if (piece.compare(expected, at, at + piece.length) !== 0) wrong ??= `not what the upstream sent, at byte ${at}`
        at += piece.length
      },
      end: () => {
        if (at !== expected.length) wrong ??= `${at} bytes instead of ${expected.length}`
        if (wrong !== undefined) return close()
        const now = performance.now()
        latencies.push(now - sentAt)
        if (now < until) send()
        else close()
      },
    })
    const buffer = Buffer.allocUnsafeSlow(65_536)
    const read = (length: number): boolean => {
      reader.push(buffer.subarray(0, length))
      return true
    }
    const socket: Socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: read } }, send)
    socket.on('error', (error) => close(error.message))
    socket.on('close', () => close('the connection was closed within an answer'))
  })
}

async function run(load: Load): Promise<Loaded> {
  const latencies: number[] = []
  const request = requestBytes(load.port, load.key, load.body)
  const expected = load.body.includes('"stream":true') ? STREAM : ANSWER
  const cpu = process.cpuUsage()
  const start = performance.now()
  const until = start + load.seconds * 1_000
  const ends = await Promise.all(Array.from({ length: load.connections }, () => lane(load, request, expected, until, latencies)))
  const elapsedMs = performance.now() - start
  const used = process.cpuUsage(cpu)
  const wrong = ends.filter((end) => end !== undefined)
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return {
    requests: latencies.length,
    errors: wrong.length,
    ...(wrong[0] === undefined ? {} : { error: wrong[0] }),
    elapsedMs,
    cpuMs: (used.user + used.system) / 1_000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
}

if (import.meta.main) process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Load)))
