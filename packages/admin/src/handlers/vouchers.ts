import { parseAmount } from '@faregate/core'
import { freshId, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentVoucher, stateOfVoucher } from '../present/voucher.ts'
import { found, invalid, refuse } from '../refusal.ts'
import type { VoucherRow } from '../voucher-rows.ts'

type Names = 'listVouchers' | 'createVoucher' | 'getVoucher' | 'withdrawVoucher'

export const vouchers: Handlers<Names> = {
  async listVouchers({ deps, query }) {
    const rows = await deps.store.read.vouchers.list(pagingOf(query))
    return pageOf(
      rows,
      query.limit,
      ({ id }) => id,
      (row) => presentVoucher(row, deps.clock.now()),
    )
  },

  async createVoucher(call) {
    const { deps, body } = call
    const now = deps.clock.now()
    const expiresAt = Date.parse(body.expiresAt)
    if (expiresAt <= now) invalid('/expiresAt', 'this moment has passed')
    const code = deps.mint('voucher')
    const row: VoucherRow = {
      id: freshId(call, 'vo'),
      hash: deps.hashSecret(code),
      lastFour: code.slice(-4),
      amount: parseAmount(body.amount) ?? 0n,
      expiresAt,
      createdAt: now,
      end: null,
    }
    return change(call, async (trx) => {
      await trx.insertVoucher(row)
      const shown = presentVoucher(row, now)
      return {
        event: { action: 'voucher.create', subject: row.id, organization: null, after: shown },
        answer: { ...shown, code },
        repeated: shown,
      }
    })
  },

  async getVoucher({ deps, params: { id } }) {
    return presentVoucher(found(await deps.store.read.vouchers.get(id), 'voucher', id), deps.clock.now())
  },

  async withdrawVoucher(call) {
    const {
      deps,
      params: { id },
    } = call
    await change(call, async (trx) => {
      const now = deps.clock.now()
      const before = found(await trx.vouchers.get(id), 'voucher', id)
      if (!(await trx.withdrawVoucher(id, now))) refuseVoucher(found(await trx.vouchers.get(id), 'voucher', id), now)
      const event = { action: 'voucher.withdraw', subject: id, organization: null, before: presentVoucher(before, now) }
      return { event, answer: undefined }
    })
    return undefined
  },
}

/** Ends the call for a voucher that has ended: it says how, but not for whom it was redeemed. */
export function refuseVoucher(row: Pick<VoucherRow, 'end' | 'expiresAt'>, now: number): never {
  const state = stateOfVoucher(row, now)
  const words = { open: 'is being used', redeemed: 'was redeemed before', expired: 'has expired', withdrawn: 'was withdrawn' }
  return refuse({ code: 'voucher_unusable', detail: `This voucher ${words[state]}; nothing was credited.`, state })
}
