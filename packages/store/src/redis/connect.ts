import { RedisCounters } from './redis-counters.ts'

/** How long Redis is given to accept a connection, and the longest pause before it is tried again. Milliseconds. */
const CONNECT_MS = 2_000
const MOST_PAUSE_MS = 500

export interface RedisConnection {
  counters: RedisCounters
  close(): void
}

/**
 * Connects in the background and again whenever the connection is lost; until then every call is rejected at once.
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
  client.connect().catch(() => undefined)
  return { counters: new RedisCounters(client, namespace), close: () => client.destroy() }
}
