import type { Millis, Random } from './clock.ts'

/** The prefix tells what an id names; see {@link newId}. */
export type IdPrefix =
  | 'org'
  | 'app'
  | 'key'
  | 'gr'
  | 'req'
  | 'dn'
  | 'mt'
  | 'au'
  | 'rf'
  | 'adj'
  | 'rev'
  | 'inc'
  | 'pc'
  | 'team'
  | 'mem'
  | 'role'
  | 'sub'
  | 'lr'
  | 'vo'
  | 'pay'
  | 'pm'
  | 'tr'
  | 'we'
  | 'evt'
  | 'cn'
  | 'ar'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * A new id: prefix, then a ULID (48 bits of time, 80 of randomness, Crockford base 32).
 * Ids made later sort later, which keeps database indexes append-only.
 */
export function newId(prefix: IdPrefix, now: Millis, random: Random): string {
  return `${prefix}_${encodeTime(now)}${encodeRandom(random.bytes(16))}`
}

function encodeTime(now: Millis): string {
  let rest = now
  let text = ''
  for (let i = 0; i < 10; i++) {
    text = CROCKFORD.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function encodeRandom(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += CROCKFORD.charAt(byte & 31)
  return text
}
