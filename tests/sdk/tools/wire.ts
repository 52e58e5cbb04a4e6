import { send } from '../../support/http.ts'
import type { Answer } from '../../support/http.ts'
import { parseNdjson, parseSse } from '../../replay/reading/parsers.ts'

export type JsonObject = Record<string, unknown>

/** One request as a tool puts it on the wire. */
export interface WireRequest {
  method?: 'GET' | 'POST'
  /** With its query. */
  path: string
  headers: Record<string, string>
  body?: JsonObject
  /** Letters outside ASCII are written as escapes, as Python does it. */
  escaped?: true
}

export function ask(url: string, { method, path, headers, body, escaped }: WireRequest): Promise<Answer> {
  const text = JSON.stringify(body)
  return send(url + path, {
    headers,
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body: escaped === true ? asPython(text) : text }),
  })
}

function asPython(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The events of a stream of server-sent events, `[DONE]` left out; their names must be their types where they have any. */
export function eventsOf({ text, headers }: Answer): JsonObject[] {
  const { 'content-type': type = '' } = headers
  if (!type.startsWith('text/event-stream')) throw new Error(`no stream, but ${type}`)
  const found: JsonObject[] = []
  for (const { event, data } of parseSse(text)) {
    if (data === '[DONE]') continue
    const value = JSON.parse(data) as JsonObject
    if (event !== undefined && event !== value['type']) throw new Error(`event ${event} is of type ${String(value['type'])}`)
    found.push(value)
  }
  return found
}

export function linesOf({ text }: Answer): JsonObject[] {
  return parseNdjson(text) as JsonObject[]
}

/** What is given back of a body that lists messages, with more of them. */
export function withMore(request: WireRequest, member: string, ...more: JsonObject[]): WireRequest {
  return { ...request, body: { ...request.body, [member]: [...listOf(request.body?.[member]), ...more] } }
}

export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
}

export function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : []
}
