import { DIALECTS, type DialectName } from '../canonical/conversation.ts'

/**
 * Callers send signatures of reasoning back as they got them, but not whose they are. One that another vendor made travels
 * as `<dialect>:<signature>`, so that it goes back to that vendor and to no other (M6). Anthropic's own are base64: without
 * a colon.
 */
const MARK = new RegExp(`^(${DIALECTS.filter((name) => name !== 'anthropic').join('|')}):`)

/** As the caller gets it; '' where the reasoning is not signed. */
export function markedSignature(signature: string | undefined, origin: DialectName | undefined): string {
  if (signature === undefined) return ''
  return origin === undefined || origin === 'anthropic' ? signature : `${origin}:${signature}`
}

/** As the vendor made it, and which. */
export function unmarkedSignature(text: string): { signature: string; origin: DialectName } {
  const origin = DIALECTS.find((name) => name === MARK.exec(text)?.[1]) ?? 'anthropic'
  return { signature: origin === 'anthropic' ? text : text.slice(origin.length + 1), origin }
}
