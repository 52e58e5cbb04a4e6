import type { Asked } from './shapes.ts'

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

function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member)) ?? ''
}
