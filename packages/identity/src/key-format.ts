import { createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Random } from '@faregate/core'

/** What a secret opens; its prefix says so. */
export type SecretKind = 'key' | 'signing' | 'management' | 'operator' | 'voucher'

export const PREFIXES: Record<SecretKind, string> = { key: 'fg_', signing: 'fgs_', management: 'fgm_', operator: 'fgo_', voucher: 'fgv_' }

/** Whether a text begins as what opens something at a gateway does: with any of {@link PREFIXES}, or as an access token. */
export function isSecretOfOurs(text: string): boolean {
  return /^fg[a-z]?_/.test(text)
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6

/** A new API key: `fg_`, 32 random characters of base 62 (190 bits), 6 of checksum. */
export function generateKey(random: Random): string {
  return mint('key', randomCharacters(random))
}

/** A new management token, of the same shape as a key. */
export function generateManagementToken(random: Random): string {
  return mint('management', randomCharacters(random))
}

/** The code of a new voucher, of the same shape as a key. */
export function generateVoucherCode(random: Random): string {
  return mint('voucher', randomCharacters(random))
}

/** A secret of this kind with the given random part; the checksum tells a mistyped one without a look-up. */
export function mint(kind: SecretKind, characters: string): string {
  const body = PREFIXES[kind] + characters
  return body + checksum(body)
}

/** The random part from bytes, without bias: bytes that do not divide evenly are skipped. */
export function toBase62(bytes: Iterable<number>, length: number): string {
  let text = ''
  for (const byte of bytes) {
    if (text.length === length) break
    if (byte < 248) text += BASE62.charAt(byte % 62)
  }
  return text
}

function randomCharacters(random: Random): string {
  let text = ''
  while (text.length < RANDOM_CHARACTERS) text += toBase62(random.bytes(48), RANDOM_CHARACTERS - text.length)
  return text
}

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let i = 0; i < CHECKSUM_CHARACTERS; i++) {
    text = BASE62.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** Whether a text has the shape and checksum of a secret of this kind. */
export function isWellFormed(kind: SecretKind, text: string): boolean {
  const prefix = PREFIXES[kind]
  if (!text.startsWith(prefix) || text.length !== prefix.length + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS) return false
  return checksum(text.slice(0, -CHECKSUM_CHARACTERS)) === text.slice(-CHECKSUM_CHARACTERS)
}

/** How a secret is stored and found: HMAC-SHA-256 with the server's secret, hex. */
export function hashKey(secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

/** What a secret is recognised by in lists. */
export function lastFourOf(text: string): string {
  return text.slice(-4)
}
