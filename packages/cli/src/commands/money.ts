import { randomUUID } from 'node:crypto'
import { Failure, type Command } from '../command.ts'
import { findOrganization, labelOf, organizationOrOnly } from '../lookup.ts'
import { fields, shortTime, table } from '../output.ts'
import { amountOf, instantOf, PART_OPTIONS, partOf } from '../parse.ts'

const grant: Command = {
  name: 'grant',
  summary: 'Put credit on the balance of an organization',
  args: ['<organization>', '<amount>'],
  options: [
    { flags: '--reason <text>', summary: 'why, for the ledger' },
    { flags: '--priority <number>', summary: 'lower is spent first' },
    { flags: '--expires <when>', summary: 'a date, a time, or a span: 2027-01-31, 30d' },
  ],
  async run(call) {
    const [reference = '', amount = ''] = call.args
    const priority = call.options.text('priority')
    const expires = call.options.text('expires')
    const body = {
      amount: amountOf(amount),
      reason: call.options.text('reason') ?? 'granted on the command line',
      ...(priority === undefined ? {} : { priority: Number(priority) }),
      ...(expires === undefined ? {} : { expiresAt: instantOf(expires, Date.now()) }),
    }
    const client = await call.client()
    const organization = await findOrganization(client, reference)
    const { id } = organization
    const created = await client.createGrant({ params: { id }, body, idempotencyKey: randomUUID() })
    const balance = await client.getBalance({ params: { id } })
    call.output.result(
      created,
      `${created.id}: ${labelOf(organization)} got ${created.amount}; available are ${balance.available} ${balance.currency}.`,
    )
  },
}

const grantList: Command = {
  name: 'grant list',
  summary: 'List the grants of an organization',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const { data } = await client.listGrants({ params: { id }, query: { limit: 500 } })
    const rows = data.map((item) => [
      item.id,
      item.amount,
      item.remaining,
      item.held,
      item.reason,
      shortTime(item.expiresAt),
      shortTime(item.createdAt),
    ])
    call.output.result(data, table(['id', 'amount', 'remaining', 'held', 'reason', 'expires', 'created'], rows))
  },
}

const grantReverse: Command = {
  name: 'grant reverse',
  summary: 'Take back what is unspent and unheld of a grant',
  args: ['<id>'],
  options: PART_OPTIONS,
  async run(call) {
    const [id = ''] = call.args
    const body = partOf(call, 'reversed on the command line')
    const client = await call.client()
    const reversal = await client.reverseGrant({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result(reversal, `${reversal.id}: ${reversal.amount} of ${reversal.grant} taken back.`)
  },
}

const balance: Command = {
  name: 'balance',
  summary: 'Show the balance of an organization',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const { id, name } = await organizationOrOnly(client, call.args[0])
    const now = await client.getBalance({ params: { id } })
    const text = fields([
      ['organization', name === undefined ? id : `${name} (${id})`],
      ['granted', now.granted],
      ['expired', now.expired],
      ['posted', now.posted],
      ['held', now.held],
      ['available', `${now.available} ${now.currency}`],
      ['credit limit', now.mode === 'arrears' ? now.creditLimit : undefined],
      ['spendable', now.mode === 'arrears' ? `${now.spendable} ${now.currency}` : undefined],
    ])
    call.output.result(now, text)
  },
}

const refund: Command = {
  name: 'refund',
  summary: 'Give back what a request was charged, or a part of it',
  args: ['<request>'],
  options: [
    { flags: '--amount <amount>', summary: 'how much (all that is left of the charge)' },
    { flags: '--reason <text>', summary: 'why, for the ledger' },
  ],
  async run(call) {
    const [id = ''] = call.args
    const body = partOf(call, 'refunded on the command line')
    const client = await call.client()
    const refunded = await client.refundRequest({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result(refunded, `${refunded.id}: ${refunded.amount} of ${refunded.request} given back.`)
  },
}

const verify: Command = {
  name: 'verify',
  summary: 'Recompute every invariant of the ledger from its entries',
  async run(call) {
    const client = await call.client()
    const report = await client.verifyLedger({})
    const counted = Object.entries(report.checked).map(([kind, count]) => `${count} ${kind}`)
    const rows = report.violations.map((found) => [found.invariant, found.subject, found.detail])
    const text = `The ledger is right: ${counted.join(', ')} recomputed.`
    call.output.result(report, report.ok ? text : table(['invariant', 'subject', 'detail'], rows))
    if (!report.ok)
      throw new Failure(
        `The ledger is not right: ${rows.length} violations.`,
        'Keep a backup of this state (faregate backup) before anything else.',
      )
  },
}

export const moneyCommands = [grant, grantList, grantReverse, balance, refund, verify]
