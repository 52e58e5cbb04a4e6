import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Prepared } from './prepared.ts'

const RESET_AFTER_MS = 20

export interface Pacing {
  /** Milliseconds before the head. */
  delay?: number
  /** Milliseconds before each piece. */
  pace?: number
  /** Bytes to a write. */
  split?: number
}

/** Sends an answer step by step; stops when the client is gone. */
export async function send(response: ServerResponse, answer: Prepared, pacing: Pacing, signal: AbortSignal): Promise<void> {
  if (pacing.delay !== undefined) await wait(pacing.delay, signal)
  if (signal.aborted) return
  if (answer.head) {
    const [only, then] = answer.steps
    const whole = Buffer.isBuffer(only) && then === 'end' && answer.steps.length === 2 && pacing.split === undefined
    response.writeHead(answer.status, { ...answer.headers, ...(whole ? { 'content-length': String(only.length) } : {}) })
    response.flushHeaders()
  }
  for (const step of answer.steps) {
    if (signal.aborted) return
    if (Buffer.isBuffer(step)) await write(response, step, pacing, signal)
    else if (step === 'end') response.end()
    else if (step === 'reset') await reset(response, answer.head)
    else if (step === 'close') await close(response)
  }
}

async function write(response: ServerResponse, bytes: Buffer, { pace, split }: Pacing, signal: AbortSignal): Promise<void> {
  if (pace !== undefined) await wait(pace, signal)
  const size = split ?? Math.max(1, bytes.length)
  for (let at = 0; at < bytes.length; at += size) {
    if (signal.aborted) return
    const room = response.write(bytes.subarray(at, at + size))
    // A turn of the loop between pieces, so that each leaves as a packet of its own.
    if (split !== undefined) await new Promise((resolve) => setImmediate(resolve))
    if (!room) await drained(response, signal)
  }
}

/** What was written has reached the client before the reset makes its kernel forget it. */
async function reset(response: ServerResponse, begun: boolean): Promise<void> {
  if (begun) await pause(RESET_AFTER_MS)
  response.socket?.resetAndDestroy()
}

/** The connection ends in the middle of the answer: what was written is sent, what ends a chunked body is not. */
async function close(response: ServerResponse): Promise<void> {
  const { socket } = response
  if (socket === null) return
  await new Promise((resolve) => setImmediate(resolve))
  socket.end()
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    response.once('drain', go)
    signal.addEventListener('abort', go)
  })
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
