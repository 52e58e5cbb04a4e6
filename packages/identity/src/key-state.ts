import type { Millis } from '@faregate/core'
import type { KeyEntry } from './key-entry.ts'

export type KeyState = 'active' | 'revoked' | 'expired' | 'disabled'

/** Whether a key may be used now. Revoked is for good, so it is said first. */
export function keyState(entry: KeyEntry, now: Millis): KeyState {
  if (entry.state === 'revoked') return 'revoked'
  if (entry.expiresAt !== null && entry.expiresAt <= now) return 'expired'
  return entry.state
}

/** Patterns are compiled once for each entry, which lives as long as a configuration version. */
const compiled = new WeakMap<KeyEntry, RegExp>()

/** Whether the key's list of models (exact names, or with `*` for any characters) has this one; no list allows all. */
export function allowsModel(entry: KeyEntry, model: string): boolean {
  if (entry.models === null) return true
  let pattern = compiled.get(entry)
  if (pattern === undefined) {
    pattern = new RegExp(`^(?:${entry.models.map(toSource).join('|') || '(?!)'})$`, 's')
    compiled.set(entry, pattern)
  }
  return pattern.test(model)
}

function toSource(name: string): string {
  return name.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')
}
