import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { SocketService } from '../../support/socket-service.ts'
import type { Seen } from './field.ts'

/** Longer than the shorter of two times after which a silent connection is left, and far from the longer. */
const SILENT_MS = 3_000

/** A definition in front of a service of WebSockets. */
export function ofSockets({ url }: SocketService): Record<string, unknown> {
  return { upstream: { baseUrl: url }, routes: [{ method: 'GET', path: '/*', price: '0.01', webSocket: true }] }
}

/** Whether a WebSocket opens. */
export async function opens(url: string, protocols: string[]): Promise<boolean> {
  const ws = new WebSocket(url.replace('http', 'ws'), protocols)
  const opened = await once(ws, 'open').then(
    () => true,
    () => false,
  )
  ws.on('error', () => undefined).terminate()
  return opened
}

/** With which code a WebSocket ends on which nothing is said; undefined: it stays open. */
export async function endOfSilence({ origin, name, places: { rich } }: Seen): Promise<unknown> {
  const ws = new WebSocket(`${origin.replace('http', 'ws')}/${name}/echo`, { headers: { authorization: `Bearer ${rich.key}` } })
  const [code] = await once(ws, 'close', { signal: AbortSignal.timeout(SILENT_MS) }).catch(() => [])
  ws.on('error', () => undefined).terminate()
  return code
}
