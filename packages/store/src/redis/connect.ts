import type { EventEmitter } from 'node:events'
import { RedisCounters } from './redis-counters.ts'

/** How long Redis is given to accept a connection, and the longest pause before it is tried again. Milliseconds. */
const CONNECT_MS = 2_000
const MOST_PAUSE_MS = 500
/** A start waits so long for the first connection, so that its first requests are counted where all others are. */
const FIRST_MS = 500

export interface RedisConnection {
  counters: RedisCounters
  close(): void
}

/**
 * Waits for the connection, or a moment; then connects in the background and again whenever the connection is lost. While
 * there is none every call is rejected at once.
 * `namespace` keeps installations apart that share a Redis. Throws for an address that is none.
 */
export async function connectRedis(url: string, namespace: string): Promise<RedisConnection> {
  const { createClient } = await import('redis')
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (tries) => Math.min(MOST_PAUSE_MS, 50 * (tries + 1)) },
  })
  // Who calls learns of it from the call.
  client.on('error', () => undefined)
  const known = decided(client)
  client.connect().catch(() => undefined)
  await known
  return { counters: new RedisCounters(client, namespace), close: () => client.destroy() }
}

/** Resolves once the connection is there or has failed, or after a moment. */
function decided(client: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_MS)
    for (const event of ['ready', 'error'])
      client.once(event, () => {
        clearTimeout(timer)
        resolve()
      })
  })
}
