import assert from 'node:assert/strict'
import { send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import type { Behaviour } from '../support/stripe/objects.ts'
import { eventually } from '../support/wait.ts'
import { BODY, codeOf, COARSE, fixesOf, type Case, type Paying, type World } from './world.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Whoever has the link of the first fix follows it, and sends the form that is there. @returns where that leads */
async function follow(refused: Answer, fields = ''): Promise<string> {
  const [fix] = fixesOf(refused)
  assert.equal(fix?.canYou, true)
  assert.equal((await send(String(fix['url']))).status, 200)
  const sent = await send(String(fix['url']), { method: 'POST', body: Buffer.from(fields), headers: FORM })
  assert.equal(sent.status, 303, sent.text)
  return String(sent.headers['location'])
}

/** Somebody does on the page of the rail what it asks for. */
export async function payAsTold({ stripe }: Paying, refused: Answer, fields?: string): Promise<void> {
  const page = await follow(refused, fields)
  const done = await send(page, { method: 'POST', body: Buffer.from('') })
  assert.ok(done.status < 400, `${stripe.url}: ${done.text}`)
}

/** Sends the request until it is answered otherwise: what was paid is credited off the request path. */
function until(call: () => Promise<Answer>, isIt: (answer: Answer) => boolean): Promise<Answer> {
  return eventually(async () => {
    const answer = await call()
    assert.ok(isIt(answer), answer.text.slice(0, 300))
    return answer
  })
}

/** A plan that is served to whoever has a payment method, and a customer who has taken it. */
async function carded(world: World, name: string) {
  const paying = await world.paying()
  const { gateway } = paying
  const model = `only-${name}`
  await gateway.api.expect(201, 'POST', '/api/models', { name: model, deployments: [{ provider: 'fake', model: 'plain' }], ...COARSE })
  const terms = { price: '0', period: 'free', models: [model], exclusive: true, paymentMethod: true }
  await gateway.api.expect(201, 'POST', '/api/plans', { name, ...terms })
  const customer = await gateway.customer('1.00')
  await gateway.api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: name })
  return { paying, customer, model, call: () => gateway.chat(customer.key, { ...BODY, model }) }
}

/** A customer whose automatic top-up is not let through. */
async function uncharged(world: World, behaviour: Behaviour, code: string) {
  const paying = await world.paying()
  const { gateway } = paying
  const customer = await gateway.customer('0.001')
  await saveMethod(paying, customer.organization, behaviour)
  const terms = { below: '1.00', amount: '5.00', monthlyCeiling: '50.00' }
  await gateway.api.expect(200, 'PUT', `/api/organizations/${customer.organization}/auto-top-up`, terms)
  const call = () => gateway.chat(customer.key, BODY)
  return { paying, customer, call, refused: await until(call, (answer) => codeOf(answer) === code) }
}

async function saveMethod(
  { gateway, stripe }: Paying,
  organization: string,
  behaviour: Behaviour,
  type: 'card' | 'us_bank_account' = 'card',
) {
  const { url } = await gateway.api.expect<{ url: string }>(201, 'POST', `/api/organizations/${organization}/payment-methods`, {})
  return stripe.save(stripe.sessionAt(url), behaviour, type)
}

const served = ({ status }: Answer): boolean => status === 200

/** Refusals that a payment method has to do with. */
export const PAYMENT_CASES: Record<string, Case> = {
  async payment_method_required(world) {
    const { paying, customer, model, call } = await carded(world, 'carded')
    const refused = await call()
    const mend = () => payAsTold(paying, refused).then(() => until(call, served))
    return { answer: refused, customer, call: { model }, gateway: paying.gateway, mend }
  },

  async payment_method_unverified(world) {
    const { paying, customer, model, call } = await carded(world, 'verified')
    await saveMethod(paying, customer.organization, 'pays', 'us_bank_account')
    const refused = await until(call, (answer) => codeOf(answer) === 'payment_method_unverified')
    const mend = () => payAsTold(paying, refused, 'do=verify').then(() => until(call, served))
    return { answer: refused, customer, call: { model }, gateway: paying.gateway, mend }
  },

  async payment_action_required(world) {
    const { paying, customer, call, refused } = await uncharged(world, 'asks', 'payment_action_required')
    const mend = () => payAsTold(paying, refused, 'amount=5.00').then(() => until(call, served))
    return { answer: refused, customer, gateway: paying.gateway, mend }
  },

  async auto_topup_failed(world) {
    const { paying, customer, call, refused } = await uncharged(world, 'declines', 'auto_topup_failed')
    const mend = () => payAsTold(paying, refused).then(() => until(call, served))
    return { answer: refused, customer, gateway: paying.gateway, mend }
  },
}
