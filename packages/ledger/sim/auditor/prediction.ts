import type { Asked } from './shapes.ts'
import type { Resolution } from './world.ts'

/** What an outcome must be, but for its sequence number. */
export type Prediction = { status: string } & Record<string, unknown>

const MEMBERS: Record<Asked['type'], string[]> = {
  hold: ['legs', 'measure', 'steps', 'outlook', 'mark', 'counts', 'instance', 'memo'],
  settle: ['cost', 'counts', 'memo'],
  grant: ['account', 'amount', 'priority', 'expiresAt', 'reason'],
  charge: ['account', 'amount', 'reason'],
  reverse: ['grant', 'amount', 'reason'],
  refund: ['request', 'amount', 'reason'],
  adjust: ['cap'],
  wallet: ['unit'],
}

/** M5: an id that is taken is the same operation, or the first member that differs is named. */
export function difference(taken: Asked, again: Asked): Prediction | undefined {
  if (taken.type !== again.type) return { status: 'exists_with_different_type' }
  const [a, b] = [new Map(Object.entries(taken)), new Map(Object.entries(again))]
  const member = MEMBERS[taken.type].find((name) => text(a.get(name)) !== text(b.get(name)))
  return member === undefined ? undefined : { status: `exists_with_different_${member}` }
}

/** What who comes after the resolution of a request is told: by whom it was, and what it charged. */
export function resolvedBefore({ operation, posted, excess }: Resolution): Prediction {
  const { cost, counts, instance } = operation
  const status = cost === 0n && counts === undefined ? 'already_voided' : 'already_posted'
  return { status, instance, amount: posted + excess }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member)) ?? ''
}
