import type { Conversation } from './conversation.ts'
import type { Unsupported } from './unsupported.ts'

/** The conversation without the members that this vendor refuses, by canonical name: each that was said is listed. */
export function withoutRefused(conversation: Conversation, refused: readonly string[], unsupported: Unsupported[]): Conversation {
  const entries = Object.entries(conversation).filter(([name, value]) => {
    if (!refused.includes(name) || value === undefined) return true
    unsupported.push({ at: `/${name}`, what: `\`${name}\``, why: 'this vendor refuses it' })
    return false
  })
  return Object.fromEntries(entries) as unknown as Conversation
}
