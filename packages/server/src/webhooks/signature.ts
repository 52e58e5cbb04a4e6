import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/**
 * The headers of a delivery, as Standard Webhooks has them: receivers check HMAC-SHA-256 of `id.timestamp.body` with any of
 * its libraries. `at` in milliseconds; the secret as it was shown.
 */
export function signedHeaders(secret: string, id: string, at: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000))
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
