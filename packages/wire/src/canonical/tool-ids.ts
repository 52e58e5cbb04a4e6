/**
 * Ids of tool calls on their way through clients that drop every member they do not know (T4, T7). Gemini's thought
 * signature must come back with its call; an id always comes back, so the signature travels inside it:
 * `<id>__sig__<signature as base64url>_<check>`; the check tells it from an id that only looks alike. Vendors with narrower rules for ids get one that is derived from it, the same each time.
 */
import { createHash } from 'node:crypto'

/** In a body without it no id carries anything. */
export const SIGNED_ID = '__sig__'

const SIGNED = /^(.+)__sig__([a-zA-Z0-9_-]+)_([0-9a-f]{8})$/s

/** The id as the client gets it. */
export function withSignature(id: string, signature: string | undefined): string {
  if (signature === undefined) return id
  const text = Buffer.from(signature, 'utf8').toString('base64url')
  return `${id}${SIGNED_ID}${text}_${check(id, text)}`
}

/** What {@link withSignature} put together, taken apart. */
export function splitSignature(id: string): { id: string; signature?: string } {
  const [, bare, text, told] = SIGNED.exec(id) ?? []
  if (bare === undefined || text === undefined || told !== check(bare, text)) return { id }
  return { id: bare, signature: Buffer.from(text, 'base64url').toString('utf8') }
}

function check(id: string, text: string): string {
  return digest(`${id} ${text}`, 'hex').slice(0, 8)
}

/**
 * An id of letters, digits, `_` and `-`, at most `longest` characters: the very id where it is one, else one derived from
 * it by hash, equal for equal ids, so that calls and their results still match.
 */
export function plainId(id: string, longest: number): string {
  if (id.length <= longest && /^[a-zA-Z0-9_-]+$/.test(id)) return id
  return `call_${digest(id, 'base64url').slice(0, Math.min(24, longest - 5))}`
}

/** Exactly nine letters and digits, as Mistral wants them. */
export function nineCharacterId(id: string): string {
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : digest(id, 'hex').slice(0, 9)
}

function digest(text: string, encoding: 'hex' | 'base64url'): string {
  return createHash('sha256').update(text).digest(encoding)
}
