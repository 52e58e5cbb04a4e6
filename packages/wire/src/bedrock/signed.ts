import type { Part } from '../canonical/conversation.ts'

/**
 * Whether it is thought that Claude takes back (M6): signed or encrypted, here or by Anthropic's own API, for signatures hold
 * on every host of Claude's ("Extended thinking", Anthropic).
 */
export function goesBack(part: Part): boolean {
  if (part.type !== 'reasoning' || (part.signature ?? part.redacted) === undefined) return false
  return part.origin === 'bedrock' || part.origin === 'anthropic'
}
