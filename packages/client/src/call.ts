import { isObject } from './problem.ts'
import type { Connection } from './options.ts'

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']

/** A request that can be sent as often as it takes. */
export interface Call {
  url: URL
  init: RequestInit
  signal: AbortSignal | undefined
  /** False: its body is a stream, which can be sent once. */
  repeatable: boolean
}

/** Reads what `fetch` is given. A relative address is one of the gateway; a key goes to the gateway alone. */
export async function callOf(connection: Connection, input: string | URL | Request, init: RequestInit = {}): Promise<Call> {
  const asked = input instanceof Request ? await initOf(input, init) : init
  const base = connection.url.replace(/\/+$/, '')
  const address = input instanceof Request ? input.url : String(input)
  const url = address.startsWith('/') ? new URL(base + address) : new URL(address)
  const headers = new Headers(asked.headers)
  const ours = url.origin === new URL(base).origin
  if (ours && connection.key !== undefined && !CREDENTIALS.some((name) => headers.has(name)))
    headers.set('authorization', `Bearer ${connection.key}`)
  return { url, init: { ...asked, headers }, signal: asked.signal ?? undefined, repeatable: isRepeatable(asked.body) }
}

/** What a `Request` holds; its body is read, because a request can be sent once. */
async function initOf(request: Request, over: RequestInit): Promise<RequestInit> {
  const { method, headers, signal, redirect, credentials, keepalive, integrity, referrerPolicy, mode } = request
  const held = request.body === null || over.body !== undefined ? {} : { body: await request.clone().arrayBuffer() }
  return { method, headers, signal, redirect, credentials, keepalive, integrity, referrerPolicy, mode, ...held, ...over }
}

function isRepeatable(body: RequestInit['body']): boolean {
  if (body === null || body === undefined || typeof body === 'string') return true
  return [URLSearchParams, FormData, Blob, ArrayBuffer].some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}

/** The body as a JSON object, a copy; `undefined` where it is none. */
export function jsonOf({ init: { body } }: Call): Record<string, unknown> | undefined {
  const text =
    typeof body === 'string' ? body : body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? new TextDecoder().decode(body) : ''
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The same call with another body. */
export function withJson(call: Call, body: Record<string, unknown>): Call {
  return { ...call, init: { ...call.init, body: JSON.stringify(body), headers: withoutLength(call.init.headers) } }
}

function withoutLength(headers: RequestInit['headers']): Headers {
  const kept = new Headers(headers)
  kept.delete('content-length')
  return kept
}
