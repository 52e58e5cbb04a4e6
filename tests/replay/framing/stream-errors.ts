import { exceptionMessage } from './event-stream.ts'
import type { Framing, JsonObject, Route } from '../types.ts'

const MESSAGE = 'The server had an error while processing your request.'

/** An error inside a stream, as the vendor puts it there. */
export function streamError(route: Route, framing: Framing | undefined): Buffer {
  if (framing === 'event-stream') return exceptionMessage('modelStreamErrorException', MESSAGE)
  if (framing === 'ndjson') return Buffer.from(`${JSON.stringify({ error: MESSAGE })}\n`)
  if (route.dialect === 'anthropic') return named('error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
  if (route.dialect === 'openai-responses') {
    return named('error', { type: 'error', sequence_number: 99, code: 'server_error', message: MESSAGE, param: null })
  }
  if (route.dialect === 'gemini') {
    const error = JSON.stringify({
      error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
    })
    return Buffer.from(framing === 'sse' ? `data: ${error}\r\n\r\n` : `,\r\n${error}`)
  }
  if (route.dialect === 'cohere') return named('message-end', { type: 'message-end', delta: { finish_reason: 'ERROR', error: MESSAGE } })
  return Buffer.from(`data: ${JSON.stringify({ error: { message: MESSAGE, type: 'server_error', param: null, code: null } })}\n\n`)
}

function named(name: string, data: JsonObject): Buffer {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}
