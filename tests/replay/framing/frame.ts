import type { Framing } from '../types.ts'
import { eventMessage } from './event-stream.ts'

/** Content types, as the vendors send them. */
export const CONTENT_TYPES: Record<Framing, string> = {
  sse: 'text/event-stream',
  'sse-done': 'text/event-stream; charset=utf-8',
  'sse-named': 'text/event-stream; charset=utf-8',
  'sse-named-done': 'text/event-stream',
  ndjson: 'application/x-ndjson',
  'json-array': 'application/json; charset=UTF-8',
  'event-stream': 'application/vnd.amazon.eventstream',
}

/**
 * The bytes of a stream, one buffer an event, from the JSON texts of its events: a recording's text is not written anew.
 * What ends the stream, such as `[DONE]`, is a buffer of its own.
 */
export function frameEvents(framing: Framing, events: string[]): Buffer[] {
  return FRAMERS[framing](events).map((text) => (typeof text === 'string' ? Buffer.from(text) : text))
}

const DONE = 'data: [DONE]\n\n'

const FRAMERS: Record<Framing, (events: string[]) => (string | Buffer)[]> = {
  // Gemini ends its lines with a carriage return, too.
  sse: (events) => events.map((event) => `data: ${event}\r\n\r\n`),
  'sse-done': (events) => [...events.map((event) => `data: ${event}\n\n`), DONE],
  'sse-named': (events) => events.map(named),
  'sse-named-done': (events) => [...events.map(named), DONE],
  ndjson: (events) => events.map((event) => `${event}\n`),
  'json-array': (events) => [...events.map((event, index) => `${index === 0 ? '[' : ',\r\n'}${event}`), '\n]\n'],
  'event-stream': (events) => events.map(binary),
}

/** The name of an event is its member `type`. */
function named(event: string): string {
  return `event: ${String((JSON.parse(event) as { type?: unknown }).type)}\ndata: ${event}\n\n`
}

function binary(event: string): Buffer {
  const [[type, body] = ['unknown', {}]] = Object.entries(JSON.parse(event) as Record<string, unknown>)
  return eventMessage(type, body)
}
