import type { Denial } from '@faregate/core'
import type { AccountRef, Shortfall } from '@faregate/ledger'
import type { FundsContext, Refused } from '../funds.ts'
import { quotaSubject } from '../request-limit.ts'
import { presentSale } from './denials.ts'

const LONGEST_WAIT_MS = 60_000

/** What the leg of a shortfall counts, where it is a quota's: requests, or tokens. */
export function quotaUnit(legs: readonly AccountRef[], { leg }: Shortfall): string | undefined {
  const ref = legs[leg]
  return ref?.kind === 'cap' && ref.measure !== undefined ? ref.unit.slice('quota:'.length) : undefined
}

/** Whose quota it is: the plan, and the subscription to it. */
export function quotaOwner({ legs, plan }: FundsContext, { leg }: Shortfall): { plan?: string; subscription?: string } {
  const ref = legs[leg]
  const id = ref?.kind === 'cap' ? quotaSubject(ref.base)?.id : undefined
  const offer = plan?.offers.find(({ subscription }) => subscription === id)
  return offer === undefined ? {} : { plan: offer.plan, subscription: offer.subscription }
}

/** One sentence on a quota that lacks room. */
export function quotaText(context: FundsContext, shortfall: Shortfall, unit: string, reserved: boolean): string {
  const { required, available, held } = shortfall
  const need = `this request may take ${required}`
  if (reserved) return `${held} ${unit} are held by requests in flight, ${available} are free; ${need}.`
  const { plan = '' } = quotaOwner(context, shortfall)
  const left = available < 0n ? 0n : available
  return `${context.key.organization.name}'s plan "${plan}" has ${left} ${unit} left in this period; ${need}.`
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
