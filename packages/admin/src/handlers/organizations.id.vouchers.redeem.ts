import { formatAmount, walletOf } from '@faregate/core'
import { visibleOrganization, type Call, type Handlers } from '../call.ts'
import { attachedAudit, keptAnswer, USUAL_PRIORITY } from '../operation.ts'
import { stateOfVoucher } from '../present/voucher.ts'
import { found, refuse } from '../refusal.ts'
import type { VoucherRow } from '../voucher-rows.ts'
import { refuseVoucher } from './vouchers.ts'

export const organizationsIdVouchersRedeem: Handlers<'redeemVoucher'> = {
  async redeemVoucher(call) {
    const { id: organization } = await visibleOrganization(call, call.params.id)
    const { deps, body } = call
    const { vouchers } = deps.store.read
    const row = await vouchers.byHash(deps.hashSecret(body.code))
    if (row === undefined) return refuse({ code: 'not_found', detail: 'There is no voucher with this code.' })
    const now = deps.clock.now()
    if (stateOfVoucher(row, now) !== 'open') return refuseVoucher(row, now)
    const redemption = { voucher: row.id, organization, grant: grantOf(row), amount: formatAmount(row.amount) }
    const outcome = await credit(call, row, redemption).catch((error: unknown) => ({ status: 'failed' as const, error }))
    if (outcome.status === 'ok') return redemption
    // Who comes second finds the grant in the ledger, or the end of the voucher in its place.
    const after = found(await vouchers.get(row.id), 'voucher', row.id)
    if (after.end !== null) return refuseVoucher(after, now)
    throw outcome.status === 'failed' ? outcome.error : new Error(`the ledger answered ${outcome.status} to a voucher`)
  },
}

/** The grant's id follows from the voucher's, so that the ledger itself credits it once. */
function grantOf({ id }: VoucherRow): string {
  return id.replace(/^vo_/, 'gr_')
}

/** One transaction: the grant, the end of the voucher, the audit, and the answer to the idempotency key. */
function credit(call: Call<'redeemVoucher'>, row: VoucherRow, redemption: { organization: string; grant: string }) {
  const { organization, grant: id } = redemption
  const event = { action: 'voucher.redeem', subject: row.id, organization, after: redemption }
  const ended = { voucher_id: row.id, kind: 'redeemed', organization_id: organization, grant_id: id, at: call.deps.clock.now() }
  return call.deps.ledger.submit(
    {
      type: 'grant',
      id,
      account: walletOf(organization),
      amount: row.amount,
      priority: USUAL_PRIORITY,
      expiresAt: null,
      reason: `voucher ${row.id}`,
    },
    { attach: [attachedAudit(call, event), { table: 'voucher_ends', values: ended }, ...keptAnswer(call, redemption)] },
  )
}
