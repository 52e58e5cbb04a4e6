/**
 * Reasoning of other vendors on its way through clients of this dialect. They send a reasoning item back as they got it,
 * with its `encrypted_content`; what another vendor signed or hid travels in there: the base64url of
 * `{"dialect", "signature" | "redacted"}`. What OpenAI encrypted itself stays as it is; it can be read only on behalf of
 * the organization that it was made for.
 */
import { DIALECTS, type DialectName, type ReasoningPart } from '../canonical/conversation.ts'
import { parseObject } from '../json/object.ts'

const OWN: DialectName = 'openai-responses'

/** How every seal begins: the base64url of `{"dialect":"`, whose twelve bytes are sixteen characters. */
export const SEAL_PREFIX = Buffer.from('{"dialect":"').toString('base64url')

/** What proves a piece of reasoning, and whose it is. */
export type Proof = Pick<ReasoningPart, 'signature' | 'redacted' | 'origin'>

/** The `encrypted_content` for a proof; undefined where there is none, or nobody would know whose it is. */
export function encryptedContent({ signature, redacted, origin }: Proof): string | undefined {
  if (origin === undefined || (signature === undefined && redacted === undefined)) return undefined
  if (origin === OWN) return signature ?? redacted
  const sealed = { dialect: origin, ...(signature === undefined ? { redacted } : { signature }) }
  return Buffer.from(JSON.stringify(sealed)).toString('base64url')
}

/** What {@link encryptedContent} made, taken apart; anything else is OpenAI's own. `shown`: text comes with it. */
export function proofOf(encrypted: string, shown: boolean): Proof {
  const sealed = encrypted.startsWith(SEAL_PREFIX) ? parseObject(Buffer.from(encrypted, 'base64url').toString('utf8')) : undefined
  const origin = DIALECTS.find((name) => name === sealed?.['dialect'])
  if (sealed === undefined || origin === undefined) return { ...ownProof(encrypted, shown), origin: OWN }
  const { signature, redacted } = sealed
  if (typeof signature === 'string') return { signature, origin }
  return typeof redacted === 'string' ? { redacted, origin } : { origin }
}

function ownProof(data: string, shown: boolean): Proof {
  return shown ? { signature: data } : { redacted: data }
}
