import { chunk, openStream, sendJson, usageChunk } from './behaviours.ts'
import type { Behaviour, Exchange } from './upstream.ts'
import { pause } from './wait.ts'

/** What an upstream does wrong, in parts from which `tests/faults/catalogue` is made. */

/** What an error of OpenAI looks like. */
export function openaiError(message: string, type: string, code: string | null): Record<string, unknown> {
  return { error: { message, type, param: null, code } }
}

/** Answers a status with a body and headers. */
export function status(code: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (exchange) => sendJson(exchange, code, body, headers)
}

/** Accepts and never answers. */
export const silentBeforeHead: Behaviour = () => undefined

/** Closes the connection with a reset, before any answer. */
export const resetBeforeHead: Behaviour = (exchange) => exchange.socket.resetAndDestroy()

/** Writes bytes to the socket past the HTTP server, then ends as told. */
export function raw(bytes: string | Buffer | ((exchange: Exchange) => string | Buffer), ending: Ending = 'close'): Behaviour {
  return async (exchange) => {
    const content = typeof bytes === 'function' ? bytes(exchange) : bytes
    await new Promise((resolve) => exchange.socket.write(content, resolve))
    await finishRaw(exchange, ending)
  }
}

/**
 * How an answer ends: `end` as HTTP wants it, `close` by closing the connection before the framing is complete,
 * `reset` by a reset, `open` not at all.
 */
export type Ending = 'end' | 'close' | 'reset' | 'open'

async function finishRaw({ socket }: Exchange, ending: Ending): Promise<void> {
  if (ending === 'open') return
  if (ending !== 'reset') return void socket.end()
  await pause(RESET_AFTER_MS)
  socket.resetAndDestroy()
}

/** A reset must not overtake what was sent before it. */
const RESET_AFTER_MS = 30

/** The events of an answer that streams, each as its bytes. */
export interface Script {
  role: string
  word: string
  finish: string
  done: string
  usage: (of: unknown) => string
  words: (count: number) => string[]
}

export function scriptOf(model: string): Script {
  const word = chunk(model, { content: ' the' })
  return {
    role: chunk(model, { role: 'assistant', content: '', refusal: null }),
    word,
    finish: chunk(model, {}, 'stop'),
    done: 'data: [DONE]\n\n',
    usage: (of) => usageChunk(model, of),
    words: (count) => Array.from({ length: count }, () => word),
  }
}

/** Streams parts, each in a packet of its own, and ends as told. */
export function events(parts: (say: Script) => string[], ending: Ending = 'end', head: Record<string, string> = {}): Behaviour {
  return async (exchange) => {
    const all = parts(scriptOf(exchange.model)).map((part) => Buffer.from(part))
    await writeParts(exchange, { 'content-type': 'text/event-stream', ...head }, all)
    if (ending === 'end') exchange.response.end()
    else await finishRaw(exchange, ending)
  }
}

/** Sends an answer of raw bytes piece by piece, each in a packet of its own. */
export function pieces(head: Record<string, string>, parts: Buffer[]): Behaviour {
  return async (exchange) => {
    await writeParts(exchange, head, parts)
    exchange.response.end()
  }
}

async function writeParts({ response }: Exchange, head: Record<string, string>, parts: Buffer[]): Promise<void> {
  response.writeHead(200, head)
  response.flushHeaders()
  for (const part of parts) {
    await new Promise<void>((resolve) => response.write(part, () => resolve()))
    await new Promise(setImmediate)
  }
}

/** Streams some words, then nothing, connection open. */
export function silentAfter(count: number): Behaviour {
  return (exchange) => {
    openStream(exchange)
    for (let i = 0; i < count; i++) exchange.response.write(chunk(exchange.model, { content: ' the' }))
  }
}

/** Streams some words, then closes as if all were well but without finish reason or terminator. */
export function cutAfter(count: number): Behaviour {
  return (exchange) => {
    silentAfter(count)(exchange)
    exchange.response.end()
  }
}

/** Streams words for ever, as fast as they are taken. */
export const endless: Behaviour = async (exchange) => {
  openStream(exchange)
  const word = chunk(exchange.model, { content: ' the' })
  while (!exchange.response.destroyed && !exchange.socket.destroyed) {
    if (exchange.response.write(word)) await new Promise(setImmediate)
    else await Promise.race([new Promise((resolve) => exchange.response.once('drain', resolve)), exchange.closed])
  }
}
