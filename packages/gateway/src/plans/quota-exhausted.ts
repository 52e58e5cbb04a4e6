import type { Denial } from '@faregate/core'
import type { AccountRef, Shortfall } from '@faregate/ledger'
import type { FundsContext, Refused } from '../funds.ts'
import { presentSale } from './denials.ts'

const LONGEST_WAIT_MS = 60_000

/** What the leg of a shortfall counts, where it is a quota's: requests, or tokens. */
export function quotaUnit(legs: readonly AccountRef[], { leg }: Shortfall): string | undefined {
  const ref = legs[leg]
  return ref?.kind === 'cap' && ref.measure !== undefined ? ref.unit.slice('quota:'.length) : undefined
}

/** One sentence on a quota that lacks room. */
export function quotaText({ key, plan }: FundsContext, { required, available, held }: Shortfall, unit: string, reserved: boolean): string {
  const need = `this request may take ${required}`
  if (reserved) return `${held} ${unit} are held by requests in flight, ${available} are free; ${need}.`
  const names = [...new Set(plan?.offers.map((offer) => `"${offer.plan}"`))].join(' and ')
  return `${key.organization.name}'s plan ${names} has ${available < 0n ? 0n : available} ${unit} left in this period; ${need}.`
}

/** More can be bought: 402. Otherwise only time helps, and a client waits for it only where that is short. */
export function quotaDenial(
  { plan }: FundsContext,
  { resetsAt }: Shortfall,
  { at }: Refused,
): Pick<Denial, 'status' | 'plans' | 'retryAfterSeconds' | 'retryable'> {
  const sales = plan?.sales ?? []
  const plans = sales.length === 0 ? {} : { plans: sales.map(presentSale) }
  if (sales.some(({ approval }) => !approval)) return plans
  const wait = resetsAt === null || at === 0 ? Number.POSITIVE_INFINITY : resetsAt - at
  if (wait > LONGEST_WAIT_MS) return { status: 429, ...plans }
  return { ...plans, status: 429, retryable: true, retryAfterSeconds: Math.max(1, Math.ceil(wait / 1_000)) }
}
