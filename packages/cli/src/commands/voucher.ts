import { randomUUID } from 'node:crypto'
import type { Command } from '../command.ts'
import { everyItem, labelOf, organizationOrOnly } from '../lookup.ts'
import { shortTime, table } from '../output.ts'
import { amountOf, instantOf } from '../parse.ts'

/** How long a code is good, where nothing else is said. */
const USUAL_SPAN = '30d'

const create: Command = {
  name: 'voucher create',
  summary: 'Make a voucher of an amount; its code is shown once',
  args: ['<amount>'],
  options: [{ flags: '--expires <when>', summary: `a date, a time, or a span: 2027-01-31, 12w (${USUAL_SPAN})` }],
  async run(call) {
    const amount = amountOf(call.args[0] ?? '')
    const expiresAt = instantOf(call.options.text('expires') ?? USUAL_SPAN, Date.now())
    const client = await call.client()
    const created = await client.createVoucher({ body: { amount, expiresAt }, idempotencyKey: randomUUID() })
    call.output.result(
      created,
      `${created.code ?? created.id}\n${created.id} is worth ${created.amount} until ${shortTime(created.expiresAt)}. ` +
        'The code is shown this once; redeem it: faregate voucher redeem CODE',
    )
  },
}

const list: Command = {
  name: 'voucher list',
  summary: 'List vouchers, and for whom each was redeemed',
  async run(call) {
    const client = await call.client()
    const all = await everyItem((query) => client.listVouchers({ query: { limit: 500, ...query } }))
    const rows = all.map((one) => [one.id, `…${one.lastFour}`, one.amount, one.state, one.organization, shortTime(one.expiresAt)])
    call.output.result(all, table(['id', 'code', 'amount', 'state', 'organization', 'expires'], rows))
  },
}

const redeem: Command = {
  name: 'voucher redeem',
  summary: 'Put the amount of a voucher on the balance of an organization',
  args: ['<code>', '[organization]'],
  async run(call) {
    const [code = '', reference] = call.args
    const client = await call.client()
    const organization = await organizationOrOnly(client, reference)
    const redeemed = await client.redeemVoucher({ params: { id: organization.id }, body: { code }, idempotencyKey: randomUUID() })
    call.output.result(redeemed, `${redeemed.grant}: ${labelOf(organization)} got ${redeemed.amount}.`)
  },
}

const withdraw: Command = {
  name: 'voucher withdraw',
  summary: 'Withdraw a voucher that was not redeemed',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.withdrawVoucher({ params: { id } })
    call.output.result({ id, withdrawn: true }, `${id} is withdrawn.`)
  },
}

export const voucherCommands = [create, list, redeem, withdraw]
