import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PaymentRail } from '@faregate/billing/rails/port'
import { createStripeRail } from '@faregate/billing/rails/stripe'
import type { Behaviour } from '../support/stripe/objects.ts'
import { signature } from '../support/stripe/signature.ts'
import { StripeStandIn } from '../support/stripe/stand-in.ts'

const USD = { currency: 'USD' }
const RETURN = 'https://gateway.example/'

let stripe: StripeStandIn
let rail: PaymentRail
before(async () => {
  stripe = await new StripeStandIn().listen()
  rail = createStripeRail({ secretKey: stripe.secretKey, webhookSecret: stripe.webhookSecret, apiUrl: stripe.url })
})
after(() => stripe?.close())

let orders = 0

/** The payment of an order that was begun, and a method that is charged for it. */
async function begun(behaviour: Behaviour = 'pays') {
  const id = `pay_${++orders}`
  const customer = await rail.customer({ id: `org_${id}`, name: 'Acme' })
  const opened = await rail.setup({ id: `pm_${id}`, organization: `org_${id}`, customer, returnTo: RETURN, ...USD })
  assert.ok(opened.status === 'open')
  const method = stripe.account.save(stripe.sessionAt(opened.url), behaviour)
  const payment = await rail.begin({ id, organization: `org_${id}`, amount: 5_000_000_000n, title: 'Credit', customer, ...USD })
  assert.ok(payment.status === 'begun')
  const intent = stripe.account.intents.get(payment.payment)
  assert.ok(intent)
  const charge = (attempt = 0) => rail.charge({ payment: payment.payment, method: method.id, attempt })
  return { id, customer, payment: payment.payment, intent, charge }
}

/** Once, something happens at Stripe just before it does what it is asked to do. */
function meanwhile(call: 'confirm' | 'cancel', happens: () => void): void {
  const { account } = stripe
  const [confirm, cancel] = [account.confirm.bind(account), account.cancel.bind(account)]
  const first = (): void => {
    Object.assign(account, { confirm, cancel })
    happens()
  }
  if (call === 'confirm') account.confirm = (...sent) => (first(), confirm(...sent))
  else account.cancel = (id) => (first(), cancel(id))
}

test('a payment that is not in this account is void, whatever is asked of it', async () => {
  const { payment, charge } = await begun()
  stripe.account.intents.delete(payment)
  assert.deepEqual(await rail.standing(payment), { status: 'void' })
  assert.deepEqual(await charge(), { status: 'void' })
  assert.equal(await rail.withdraw(payment), 'void')
})

test('what Stripe does not do for a reason of the call is refused with that reason, and not asked for ever', async () => {
  const { payment, charge } = await begun('misfits')
  assert.deepEqual(await charge(), { status: 'declined', code: 'payment_method_currency_mismatch' })
  assert.equal((await rail.standing(payment)).status, 'open')
  const order = { id: 'pay_gone', organization: 'org_gone', amount: 5_000_000_000n, title: 'Credit', customer: 'cus_gone', ...USD }
  assert.deepEqual(await rail.begin(order), { status: 'declined', code: 'resource_missing' })
})

test('a key that is wrong says nothing of a payment', async () => {
  const { payment } = await begun()
  const wrong = createStripeRail({ secretKey: 'sk_test_wrong', webhookSecret: stripe.webhookSecret, apiUrl: stripe.url })
  for (const ask of [
    () => wrong.standing(payment),
    () => wrong.charge({ payment, method: 'pm', attempt: 0 }),
    () => wrong.withdraw(payment),
    () => wrong.refund({ id: 'tr_1', order: 'pay_1', amount: 1_000_000_000n, reference: payment, ...USD }),
  ])
    await assert.rejects(ask, { name: 'RailUnavailable' })
})

test('to ask how a payment stands charges nothing', async () => {
  const { payment, intent, charge } = await begun('declines')
  assert.deepEqual(await rail.standing(payment), { status: 'open', refusal: null })
  assert.equal((await charge()).status, 'declined')
  assert.deepEqual(await rail.standing(payment), { status: 'open', refusal: { status: 'declined', code: 'insufficient_funds' } })
  assert.equal(intent.status, 'requires_payment_method')
})

test('a debit that has failed is not under way any more, though its attempt is still answered so', async () => {
  const { intent, charge } = await begun('waits')
  assert.deepEqual(await charge(), { status: 'pending' })
  stripe.account.fail(intent)
  assert.deepEqual(await charge(), { status: 'declined', code: 'insufficient_funds' })
  assert.deepEqual(await charge(1), { status: 'pending' }, 'another attempt is another debit')
})

test('a refusal that is repeated says nothing of a payment that has succeeded since', async () => {
  const { intent, charge } = await begun('declines')
  assert.equal((await charge()).status, 'declined')
  stripe.account.succeed(intent)
  assert.deepEqual(await charge(), { status: 'paid' })
})

test('a payment that somebody else has made meanwhile is paid, whether it was to be charged or to be ended', async () => {
  const charging = await begun()
  meanwhile('confirm', () => stripe.account.succeed(charging.intent))
  assert.deepEqual(await charging.charge(), { status: 'paid' })
  const ending = await begun()
  meanwhile('cancel', () => stripe.account.succeed(ending.intent))
  assert.equal(await rail.withdraw(ending.payment), 'paid')
})

test('a payment that was ended is not charged any more', async () => {
  const { payment, charge } = await begun()
  meanwhile('confirm', () => stripe.account.cancel(payment))
  assert.deepEqual(await charge(), { status: 'void' })
})

test('a refund of what this account does not know is refused for good', async () => {
  const refund = (reference: string) => rail.refund({ id: `tr_${reference}`, order: 'pay_1', amount: 1_000_000_000n, reference, ...USD })
  for (const reference of ['cs_test_ofAnotherAccount', 'pi_ofAnotherAccount']) {
    const outcome = await refund(reference)
    assert.ok(outcome.status === 'refused' && outcome.reason.includes('resource_missing'), JSON.stringify(outcome))
  }
})

test('a customer that is gone is replaced by another one, though Stripe remembers the call that made it', async () => {
  const payer = { id: 'org_gone', name: 'Acme' }
  const first = await rail.customer(payer)
  const setup = { id: 'pm_gone', organization: payer.id, returnTo: RETURN, ...USD }
  stripe.account.customers.delete(first)
  assert.deepEqual(await rail.setup({ ...setup, customer: first }), { status: 'unknown_customer' })
  const second = await rail.customer({ ...payer, replaces: first })
  assert.notEqual(second, first)
  assert.equal((await rail.setup({ ...setup, customer: second })).status, 'open')
})

test('what Stripe says in an error leaves by no error of ours; a signature that is wrong is still not believed', async () => {
  const { intent } = await begun()
  const body = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'refund.created',
    data: { object: { id: 're_1', amount: 100, currency: 'usd', payment_intent: intent.id, status: 'succeeded' } },
  })
  const seconds = Math.floor(Date.now() / 1_000)
  const read = (secret: string) => rail.read(Buffer.from(body), signature(secret, seconds, body), seconds * 1_000)
  stripe.faults.push('failed', 'failed', 'failed')
  const error = await read(stripe.webhookSecret).catch((caught: unknown) => caught)
  assert.ok(error instanceof Error && error.name === 'RailUnavailable', String(error))
  assert.doesNotMatch(String(error), /unknown error occurred/)
  assert.equal((await read('whsec_somebodyElse')).status, 'forged')
})
