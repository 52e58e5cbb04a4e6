import { formatAmount, parseDecimal, type Denial, type Fix, type Nano } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { GatewayDeps, UnpaidInvoice } from './deps.ts'
import { mayMend } from './mend.ts'
import { payFix } from './pay-fix.ts'
import { row } from './trace/row.ts'

type InvoiceDeps = Pick<GatewayDeps, 'invoices' | 'settings'>

/**
 * What stands against a request of an organization in arrears: a cap or quota first, as ever; then an invoice that is overdue,
 * whatever is left of the credit. A refusal by the balance says which invoice to pay. Rejects where the database does not answer.
 */
export async function inArrears(deps: InvoiceDeps, key: KeyEntry, refusal: Denial | undefined): Promise<Denial | undefined> {
  if (key.organization.creditLimit === undefined) return refusal
  const overdue = await deps.invoices.overdue(key.organization.id)
  const [oldest] = overdue
  const ofBalance = refusal === undefined || refusal.code === 'insufficient_balance' || refusal.code === 'balance_reserved'
  if (!ofBalance) return oldest === undefined ? refusal : alsoOverdue(refusal)
  if (oldest !== undefined) return overdueDenial(deps, key, oldest, overdue, refusal)
  if (refusal?.code !== 'insufficient_balance') return refusal
  const [open] = await deps.invoices.unpaid(key.organization.id)
  return open === undefined ? refusal : naming(deps, key, refusal, open)
}

function alsoOverdue(refusal: Denial): Denial {
  const { also = [] } = refusal
  return also.includes('insufficient_balance') ? refusal : { ...refusal, also: [...also, 'insufficient_balance'] }
}

/** What is asked for is what all that is overdue comes to, and what this request needs: paying it lets the same request through. */
function overdueDenial(
  { settings }: InvoiceDeps,
  key: KeyEntry,
  oldest: UnpaidInvoice,
  overdue: UnpaidInvoice[],
  refusal: Denial | undefined,
): Denial {
  const owed = sumOf(overdue)
  const toPay = larger(owed, neededBy(refusal))
  const { id, name } = key.organization
  const amount = formatAmount(toPay)
  const more = overdue.length > 1 ? ` and ${overdue.length - 1} more` : ''
  return {
    code: 'insufficient_balance',
    detail: `${name}'s invoice ${oldest.name}${more} is overdue since ${timeText(oldest)}: ${formatAmount(owed)} ${settings.currency} are to be paid.`,
    scope: { level: 'org', id, key: `…${key.lastFour}`, balance: 'wallet' },
    limit: {
      kind: 'credit',
      unit: settings.currency,
      required: amount,
      available: '0.00',
      held: '0.00',
      shortfall: amount,
      creditLimit: formatAmount(key.organization.creditLimit ?? 0n),
    },
    fixes: [payInvoice(settings, key, oldest, toPay)],
    evidence: [
      row(
        'invoice',
        { code: 'insufficient_balance' },
        { overdue: overdue.length, oldest: oldest.name, dueAt: timeText(oldest), required: formatAmount(owed) },
      ),
      ...(refusal?.evidence ?? []),
    ],
  }
}

/** The first fix pays the invoice, and as much as this request needs. */
function naming({ settings }: InvoiceDeps, key: KeyEntry, refusal: Denial, open: UnpaidInvoice): Denial {
  const [pay, ...others] = refusal.fixes ?? []
  if (pay?.kind !== 'pay') return refusal
  return { ...refusal, fixes: [payInvoice(settings, key, open, larger(open.amount, neededBy(refusal))), ...others] }
}

function neededBy(refusal: Denial | undefined): Nano {
  return parseDecimal(refusal?.limit?.shortfall ?? '') ?? 0n
}

function larger(a: Nano, b: Nano): Nano {
  return a > b ? a : b
}

function payInvoice(settings: GatewayDeps['settings'], key: KeyEntry, invoice: UnpaidInvoice, amount: Nano): Fix {
  const fix = payFix(settings, key.organization.id, amount)
  const canYou = fix.canYou === true || mayMend(key, 'money:write')
  return { ...fix, canYou, invoice: { number: invoice.name, amount: formatAmount(invoice.amount), dueAt: timeText(invoice) } }
}

function sumOf(invoices: UnpaidInvoice[]): Nano {
  return invoices.reduce((sum, { amount }) => sum + amount, 0n)
}

function timeText({ dueAt }: UnpaidInvoice): string {
  return new Date(dueAt).toISOString()
}
