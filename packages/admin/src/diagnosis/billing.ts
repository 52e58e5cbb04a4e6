import { formatAmount, parseAmount } from '@faregate/core'
import type { Cap } from '../people-rows.ts'
import { toldIn, type Look } from './evidence.ts'

/** They say how much the request asked for. */
const OF_BALANCE = ['payment_action_required', 'auto_topup_failed', 'insufficient_balance', 'balance_reserved']

/** Whether the balance covers what the request asked for; where that is not known, whether there is any. */
export const balanceNow: Look = (evidence) => {
  const { balance, currency, denial } = evidence
  if (balance === undefined) return undefined
  const { granted, expired, posted, held, creditLimit } = balance
  const available = granted - expired - posted - held + creditLimit
  const required = OF_BALANCE.includes(denial?.code ?? '') ? requiredBy(toldIn(evidence)) : undefined
  const reserved = held > 0n ? `, and ${formatAmount(held)} more is reserved by requests that are still running` : ''
  const detail = `The organization has ${formatAmount(available)} ${currency} to spend now${creditLimit > 0n ? ', credit included' : ''}${reserved}.`
  if (required !== undefined && available >= required) return { result: 'ok', detail, mended: true }
  if (available > 0n) return { result: 'ok', detail }
  const fix = `Top up: \`faregate grant ${evidence.key?.organization ?? 'ORGANIZATION'} 5.00\`.`
  return { result: 'failed', detail, fix }
}

function requiredBy(told: ReturnType<typeof toldIn>): bigint | undefined {
  const required = told?.limit?.required
  return typeof required === 'string' ? parseAmount(required) : undefined
}

/** A cap limits the key, however much money there is. */
export const capNow: Look = ({ key, currency }) => {
  if (key?.cap === null || key?.cap === undefined) return undefined
  return { result: 'ok', detail: `The key "${key.name}" may spend ${capText(key.cap, currency)}, whatever the balance is.` }
}

/** So do those of the organization, of each end user, and of each tag. */
export const organizationCapsNow: Look = ({ organization, currency }) => {
  if (organization === undefined) return undefined
  const { cap, userCap, tagCap } = organization
  const said = Object.entries({ 'Its organization': cap, 'Each end user': userCap, 'Each tag': tagCap })
  const caps = said.flatMap(([who, one]) => (one === null ? [] : [`${who} may spend ${capText(one, currency)}.`]))
  return caps.length === 0 ? undefined : { result: 'ok', detail: caps.join(' ') }
}

function capText({ amount, period }: Cap, currency: string): string {
  return `${formatAmount(amount)} ${currency} ${period === 'total' ? 'altogether' : `a ${period}`}`
}
