import { randomUUID } from 'node:crypto'
import { UsageError, type Command } from '../command.ts'
import { everyItem, labelOf, organizationOrOnly } from '../lookup.ts'
import { fields, shortTime, table } from '../output.ts'
import { amountOf, PART_OPTIONS, partOf } from '../parse.ts'

const topUpCreate: Command = {
  name: 'top-up create',
  summary: 'Order credit for an organization, and say where it is paid',
  args: ['<organization>', '<amount>'],
  async run(call) {
    const [reference, amount = ''] = call.args
    const client = await call.client()
    const organization = await organizationOrOnly(client, reference)
    const body = { amount: amountOf(amount) }
    const opened = await client.createTopUp({ params: { id: organization.id }, body, idempotencyKey: randomUUID() })
    call.output.result(opened, `${opened.url}\n${opened.id}: ${opened.amount} for ${labelOf(organization)} are to be paid there.`)
  },
}

const topUpList: Command = {
  name: 'top-up list',
  summary: 'List the top-ups of an organization, and what became of them',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const all = await everyItem((query) => client.listTopUps({ params: { id }, query: { limit: 500, ...query } }))
    const rows = all.map((one) => [
      one.id,
      one.amount,
      one.refunded,
      one.state,
      one.automatic ? 'automatic' : 'by hand',
      one.grant,
      shortTime(one.paidAt),
      shortTime(one.createdAt),
    ])
    call.output.result(all, table(['id', 'amount', 'refunded', 'state', 'ordered', 'grant', 'paid', 'created'], rows))
  },
}

const topUpRefund: Command = {
  name: 'top-up refund',
  summary: 'Give a top-up back to whoever paid it, as far as it is neither spent nor held',
  args: ['<id>'],
  options: PART_OPTIONS,
  async run(call) {
    const [id = ''] = call.args
    const body = partOf(call, 'refunded on the command line')
    const client = await call.client()
    const refund = await client.createTopUpRefund({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result(refund, `${refund.id}: ${refund.amount} of ${refund.topUp}, ${refund.state}.`)
  },
}

const methodAdd: Command = {
  name: 'payment-method add',
  summary: 'Say where a payment method of an organization is saved',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const organization = await organizationOrOnly(client, call.args[0])
    const opened = await client.createPaymentMethod({ params: { id: organization.id }, body: {}, idempotencyKey: randomUUID() })
    call.output.result(opened, `${opened.url}\nA payment method of ${labelOf(organization)} is saved there.`)
  },
}

const methodList: Command = {
  name: 'payment-method list',
  summary: 'List the payment methods that an organization has saved',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const { data } = await client.listPaymentMethods({ params: { id } })
    const rows = data.map((one) => [
      one.id,
      one.kind,
      one.label,
      one.lastFour === null ? null : `…${one.lastFour}`,
      one.expires,
      one.verified ? 'yes' : 'no',
      one.default ? 'yes' : 'no',
    ])
    call.output.result(data, table(['id', 'kind', 'label', 'number', 'expires', 'verified', 'charged'], rows))
  },
}

const methodUse: Command = {
  name: 'payment-method use',
  summary: 'Have a payment method charged from now on',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    const method = await client.updatePaymentMethod({ params: { id }, body: { default: true } })
    call.output.result(method, `${method.id} is charged from now on.`)
  },
}

const methodRemove: Command = {
  name: 'payment-method remove',
  summary: 'Remove a payment method, here and at the payment rail',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.deletePaymentMethod({ params: { id } })
    call.output.result({ id, removed: true }, `${id} is removed.`)
  },
}

const autoSet: Command = {
  name: 'auto-top-up set',
  summary: 'Top an organization up from its payment method whenever its balance is low',
  args: ['[organization]'],
  options: [
    { flags: '--below <amount>', summary: 'when the balance is below this' },
    { flags: '--amount <amount>', summary: 'by so much' },
    { flags: '--ceiling <amount>', summary: 'no more than this in a month' },
  ],
  async run(call) {
    const [below, amount, monthlyCeiling] = ['below', 'amount', 'ceiling'].map((name) => {
      const text = call.options.text(name)
      if (text === undefined) throw new UsageError(`say --${name}: an automatic top-up has all three, --below, --amount and --ceiling`)
      return amountOf(text)
    })
    const client = await call.client()
    const organization = await organizationOrOnly(client, call.args[0])
    const body = { below: below ?? '', amount: amount ?? '', monthlyCeiling: monthlyCeiling ?? '' }
    const set = await client.setAutoTopUp({ params: { id: organization.id }, body })
    const words = `${labelOf(organization)} is topped up by ${set.amount} when its balance is below ${set.below}`
    call.output.result(set, `${words}, by ${set.monthlyCeiling} in a month at most.`)
  },
}

const autoShow: Command = {
  name: 'auto-top-up show',
  summary: 'Show when an organization is topped up automatically, and how that stands',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const now = await client.getAutoTopUp({ params: { id } })
    const text = fields([
      ['organization', id],
      ['below', now.below],
      ['amount', now.amount],
      ['monthly ceiling', now.monthlyCeiling],
      ['paid this month', now.paidThisMonth],
      ['state', now.state],
      ['reason', now.reason ?? undefined],
      ['failed', shortTime(now.failedAt) ?? undefined],
      ['not before', shortTime(now.nextAt)],
    ])
    call.output.result(now, text)
  },
}

const autoOff: Command = {
  name: 'auto-top-up off',
  summary: 'Top an organization up by hand only',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const organization = await organizationOrOnly(client, call.args[0])
    await client.deleteAutoTopUp({ params: { id: organization.id } })
    call.output.result({ organization: organization.id, off: true }, `${labelOf(organization)} is topped up by hand only.`)
  },
}

export const paymentCommands = [
  topUpCreate,
  topUpList,
  topUpRefund,
  methodAdd,
  methodList,
  methodUse,
  methodRemove,
  autoSet,
  autoShow,
  autoOff,
]
