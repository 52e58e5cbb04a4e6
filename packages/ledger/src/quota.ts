import type { Counts } from './types.ts'

/** Whether a unit is counted rather than paid: `quota:requests`, `quota:tokens`. */
export function isQuota(unit: string): boolean {
  return unit.startsWith('quota:')
}

/** The name of a cap or quota, over all its periods. */
export function baseOf(account: string): string {
  return account.slice(0, account.lastIndexOf('@'))
}

/** Counts as an entry keeps them: `quota:requests 1 quota:tokens 37`, in order of unit. */
export function countsText(counts: Counts): string {
  return Object.keys(counts)
    .toSorted()
    .map((unit) => `${unit} ${counts[unit]}`)
    .join(' ')
}

/** Reads what {@link countsText} wrote; nothing where there is none. */
export function countsOf(text: unknown): Record<string, bigint> {
  const counts: Record<string, bigint> = {}
  const words = typeof text === 'string' && text !== '' ? text.split(' ') : []
  for (let i = 0; i + 1 < words.length; i += 2) counts[words[i] ?? ''] = BigInt(words[i + 1] ?? 0)
  return counts
}
