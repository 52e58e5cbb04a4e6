import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Millis } from '@faregate/core'

const PREFIX = 'fgt_'

/** For how long an access token is good. */
export const ACCESS_TOKEN_SECONDS = 900

/** For which key an access token was given, and when. */
export interface AccessToken {
  key: string
  issuedAt: Millis
}

/** A token for a key, which every process with the same secret knows: it is kept nowhere. */
export function issueAccessToken(secret: Buffer, { key, issuedAt }: AccessToken): string {
  const body = PREFIX + Buffer.from(`${key} ${issuedAt}`).toString('base64url')
  return `${body}.${macOf(secret, body).toString('base64url')}`
}

/** Whether a text looks like an access token; whether it is one is {@link readAccessToken}'s question. */
export function isAccessToken(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** What a token says; undefined: it was not given with this secret. */
export function readAccessToken(secret: Buffer, text: string): AccessToken | undefined {
  const [body = '', mac = ''] = text.split('.')
  const [expected, sent] = [macOf(secret, body), Buffer.from(mac, 'base64url')]
  if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return undefined
  const [key = '', issuedAt = ''] = Buffer.from(body.slice(PREFIX.length), 'base64url').toString().split(' ')
  return { key, issuedAt: Number(issuedAt) }
}

function macOf(secret: Buffer, body: string): Buffer {
  return createHmac('sha256', secret).update(body).digest()
}
