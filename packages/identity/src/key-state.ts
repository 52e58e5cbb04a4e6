import type { Millis } from '@faregate/core'
import type { KeyEntry } from './key-entry.ts'

export type KeyState = 'active' | 'revoked' | 'expired' | 'disabled'

/** Whether a key may be used now. Revoked is for good, so it is said first. */
export function keyState(entry: KeyEntry, now: Millis): KeyState {
  if (entry.state === 'revoked') return 'revoked'
  if (entry.expiresAt !== null && entry.expiresAt <= now) return 'expired'
  return entry.state
}
