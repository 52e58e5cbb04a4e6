import { chunk, completion, openStream, sendJson, usage } from './behaviours.ts'
import type { Behaviour } from './upstream.ts'
import { pause } from './wait.ts'

/** What an error of OpenAI looks like. */
export function openaiError(message: string, type: string, code: string | null): Record<string, unknown> {
  return { error: { message, type, param: null, code } }
}

/** Closes the connection with a reset, before any answer. */
export const resetBeforeHead: Behaviour = (exchange) => exchange.socket.resetAndDestroy()

/** Answers a status with a body and headers. */
export function status(code: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (exchange) => sendJson(exchange, code, body, headers)
}

export const closedBeforeHead: Behaviour = (exchange) => exchange.socket.end()

/** Promises a body of 1,000 bytes and resets. */
export const resetAfterHead: Behaviour = async (exchange) => {
  exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  exchange.response.write('{"id":"chatcmpl-test",')
  await pause(20)
  exchange.socket.resetAndDestroy()
}

/** Valid HTTP, half a JSON document. */
export const truncatedJson: Behaviour = (exchange) => {
  const whole = JSON.stringify(completion(exchange.model, usage(10, 5)))
  sendJson(exchange, 200, whole.slice(0, Math.floor(whole.length / 2)))
}

export const html: Behaviour = (exchange) => {
  exchange.response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<!doctype html><html><body>Welcome to the hotel network</body></html>')
}

/** An error object where an answer belongs. */
export const errorIn200: Behaviour = (exchange) => sendJson(exchange, 200, openaiError('the engine is overloaded', 'server_error', null))

/** Accepts and never answers. */
export const silentBeforeHead: Behaviour = () => undefined

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

/** Streams some words, then resets. */
export function resetAfter(count: number): Behaviour {
  return async (exchange) => {
    silentAfter(count)(exchange)
    await pause(50)
    exchange.socket.resetAndDestroy()
  }
}

/** Streams some words, then an error object. */
export function errorAfter(count: number): Behaviour {
  return (exchange) => {
    silentAfter(count)(exchange)
    exchange.response.end(`data: ${JSON.stringify(openaiError('internal engine failure at 10.1.2.3', 'server_error', null))}\n\n`)
  }
}

/** Sends an answer of raw bytes piece by piece, each in a packet of its own. */
export function pieces(head: Record<string, string>, parts: Buffer[]): Behaviour {
  return async (exchange) => {
    exchange.response.writeHead(200, head)
    exchange.response.flushHeaders()
    for (const part of parts) {
      await new Promise<void>((resolve) => exchange.response.write(part, () => resolve()))
      await new Promise(setImmediate)
    }
    exchange.response.end()
  }
}
