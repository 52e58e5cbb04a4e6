import { createClient } from 'redis'

function newClient() {
  return createClient({ url: ADDRESS, socket: { connectTimeout: 2_000, reconnectStrategy: false } })
}

const ADDRESS = process.env['FAREGATE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'

/** Redis for tests: a client of its own, or why there is none. */
export async function openRedis(): Promise<{ client: ReturnType<typeof newClient> } | { missing: string }> {
  const client = newClient()
  client.on('error', () => undefined)
  try {
    await client.connect()
    return { client }
  } catch (error) {
    const missing = `NO REDIS at ${ADDRESS} (${String(error)}): set FAREGATE_TEST_REDIS_URL`
    console.error(missing)
    return { missing }
  }
}
