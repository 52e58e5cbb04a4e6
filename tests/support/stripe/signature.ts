import { createHmac } from 'node:crypto'

/** The header with which Stripe signs an event: the time in seconds, and HMAC-SHA-256 of time and body. */
export function signature(secret: string, at: number, body: string): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
}
