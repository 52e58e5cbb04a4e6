import { hash } from 'node:crypto'

/** Stands for what callers call a user or a tag, in the name of an account: 128 bits. */
export function nameDigest(name: string): string {
  return hash('sha256', name, 'hex').slice(0, 32)
}
