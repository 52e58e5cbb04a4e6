import { parseAmount } from '@faregate/core'
import { spanOf } from '@faregate/ledger/period'
import { visibleOrganization, type Call, type Context, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import type { AutoTopUpRow, AutoTopUpTerms } from '../payment-rows.ts'
import { CLAIM_MS, windUp } from '../payments/auto-top-up.ts'
import { renewed } from '../payments/methods.ts'
import { connectedRail, reached } from '../payments/rail.ts'
import type { AdminTransaction } from '../ports.ts'
import { presentAutoTopUp } from '../present/payments.ts'
import { found, invalid, refuse } from '../refusal.ts'
import type { OrganizationRow } from '../rows.ts'

export const organizationsIdAutoTopUp: Handlers<'getAutoTopUp' | 'setAutoTopUp' | 'deleteAutoTopUp'> = {
  async getAutoTopUp(call) {
    const organization = await visibleOrganization(call, call.params.id)
    const row = await call.deps.store.read.autoTopUps.get(organization.id)
    return shown(call, organization, found(row?.enabled === true ? row : undefined, 'automatic top-up of', organization.id))
  },

  async setAutoTopUp(call) {
    const organization = await visibleOrganization(call, call.params.id)
    const terms = termsOf(call)
    await checkPayable(call, organization)
    // Keys know whether it has failed, and this is another try.
    const row = await changeConfiguration(call, async (trx) => {
      const before = await trx.autoTopUps.get(organization.id)
      const after = put(before, organization.id, terms, call.deps.clock.now())
      if (before === undefined) await trx.insertAutoTopUp(after)
      else if (!(await trx.updateAutoTopUp(after))) refuse({ code: 'conflict', detail: 'It was changed meanwhile: send it again.' })
      const event = { action: 'auto_top_up.set', subject: organization.id, organization: organization.id, after: call.body }
      return { event: before?.enabled === true ? { ...event, before: presentAutoTopUp(before, 0n) } : event, answer: after }
    })
    return shown(call, organization, row)
  },

  /** Answered once nothing can be charged any more but what is under way already. */
  async deleteAutoTopUp(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    const { deps } = call
    await changeConfiguration(call, async (trx) => {
      const before = await switchOff(trx, id, deps.clock.now())
      const event = { action: 'auto_top_up.remove', subject: id, organization: id, before: presentAutoTopUp(before, 0n) }
      return { event, answer: undefined }
    })
    const { rail } = deps
    if (rail !== undefined) await reached(() => windUp(deps, rail, id))
    return undefined
  },
}

/** Nothing is ordered from now on; an order that has not ended stays known until it has. Answers the row as it was. */
async function switchOff(trx: AdminTransaction, id: string, now: number): Promise<AutoTopUpRow> {
  for (;;) {
    const row = await trx.autoTopUps.get(id)
    const isThere = row !== undefined && (row.enabled || row.order !== null)
    const before = found(isThere ? row : undefined, 'automatic top-up of', id)
    // Others leave it alone while it is withdrawn here.
    if (await trx.updateAutoTopUp({ ...renewed(before, now), enabled: false, nextAt: now + CLAIM_MS })) return before
  }
}

function termsOf({ body, deps }: Call<'setAutoTopUp'>): AutoTopUpTerms {
  const [below = 0n, amount = 0n, ceiling = 0n] = [body.below, body.amount, body.monthlyCeiling].map(parseAmount)
  const problem = connectedRail(deps).unpayable(amount, deps.currency)
  if (problem !== undefined) invalid('/amount', problem)
  if (ceiling < amount) invalid('/monthlyCeiling', 'is less than /amount: nothing would ever be paid')
  return { below, amount, ceiling }
}

/** There is somebody to be charged, and something that a charge is good for. */
async function checkPayable({ deps }: Context, { id, billing }: OrganizationRow): Promise<void> {
  if (billing.mode === 'arrears')
    refuse({ code: 'conflict', detail: 'The organization pays on invoice, afterwards; there is nothing to top up.' })
  const methods = await deps.store.read.paymentMethods.ofOrganization(id)
  if (!methods.some(({ verified }) => verified))
    refuse({ code: 'conflict', detail: 'There is no payment method that could be charged: save one first, or verify the one there is.' })
}

function put(before: AutoTopUpRow | undefined, organization: string, terms: AutoTopUpTerms, now: number): AutoTopUpRow {
  if (before !== undefined) return renewed({ ...before, ...terms, enabled: true }, now)
  const standing = { state: 'ready' as const, code: null, failedAt: null }
  return { organization, ...terms, enabled: true, revision: 1, order: null, attempts: 0, failures: 0, nextAt: now, ...standing }
}

async function shown({ deps }: Context, { id, zone }: OrganizationRow, row: AutoTopUpRow) {
  const { from } = spanOf('month', zone, deps.clock.now())
  return presentAutoTopUp(row, await deps.store.read.topUps.automaticSince(id, from))
}
