import { z } from 'zod'
import { amount, byId, id, instant, money, nothing, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'

export const voucher = z
  .object({
    id: z.string(),
    lastFour: z.string().describe('Of the code.'),
    amount: money,
    state: z.enum(['open', 'redeemed', 'expired', 'withdrawn']),
    expiresAt: time.describe('The code is worthless from then on; credit that it has become stays.'),
    createdAt: time,
    redeemedAt: time.nullable(),
    organization: z.string().nullable().describe('For whom it was redeemed.'),
    grant: z.string().nullable().describe('The grant that it became.'),
  })
  .meta({ title: 'Voucher' })

const created = voucher.extend({ code: z.string().optional().describe('The code: shown once, absent when the answer is repeated.') })

const redemption = z
  .object({ voucher: z.string(), organization: z.string(), grant: z.string(), amount: money })
  .meta({ title: 'Redemption' })

const tag = 'Money'

export const voucherRoutes = {
  listVouchers: {
    method: 'GET',
    path: '/api/vouchers',
    tag,
    summary: 'List vouchers',
    permission: 'vouchers:read',
    query: z.strictObject(paging),
    status: 200,
    response: page(voucher),
  },
  createVoucher: {
    method: 'POST',
    path: '/api/vouchers',
    tag,
    summary: 'Make a voucher; its code is shown once',
    permission: 'vouchers:write',
    body: z.strictObject({ amount, expiresAt: instant }),
    status: 201,
    response: created,
    idempotent: true,
  },
  getVoucher: {
    method: 'GET',
    path: '/api/vouchers/{id}',
    tag,
    summary: 'See a voucher, and for whom it was redeemed',
    permission: 'vouchers:read',
    params: byId,
    status: 200,
    response: voucher,
  },
  withdrawVoucher: {
    method: 'DELETE',
    path: '/api/vouchers/{id}',
    tag,
    summary: 'Withdraw a voucher that was not redeemed',
    permission: 'vouchers:write',
    params: byId,
    status: 204,
    response: nothing,
  },
  redeemVoucher: {
    method: 'POST',
    path: '/api/organizations/{id}/vouchers/redeem',
    tag,
    summary: 'Put the amount of a voucher on the balance of an organization',
    permission: 'vouchers:redeem',
    params: byId,
    body: z.strictObject({ code: id.describe('`fgv_…`') }),
    status: 201,
    response: redemption,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
