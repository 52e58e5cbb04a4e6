import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { keyRoutes } from '../../packages/contract/src/keys.ts'
import { organizationRoutes } from '../../packages/contract/src/organizations.ts'
import { paymentRoutes } from '../../packages/contract/src/payments.ts'
import { planRoutes } from '../../packages/contract/src/plans.ts'
import { subscriptionRoutes } from '../../packages/contract/src/subscriptions.ts'
import { KEY_ROWS } from './fields/keys.ts'
import { DESCRIPTIVE } from './fields/descriptive.ts'
import { bodiesOf, leavesOf } from './fields/leaves.ts'
import { ORGANIZATION_ROWS } from './fields/organizations.ts'
import { PAYMENT_ROWS } from './fields/payments.ts'
import { PLAN_ROWS, take } from './fields/plans.ts'
import { SUBSCRIPTION_ROWS } from './fields/subscriptions.ts'
import { FieldWorld, fromNow, type Rows } from './fields/world.ts'

const ROWS: Record<string, Rows> = { ...ORGANIZATION_ROWS, ...KEY_ROWS, ...PLAN_ROWS, ...SUBSCRIPTION_ROWS, ...PAYMENT_ROWS }

/** Every call that makes or changes an organization, a key, a plan, a subscription or how it pays, with the limits that they carry. */
const CALLS = Object.keys({ ...organizationRoutes, ...keyRoutes, ...planRoutes, ...subscriptionRoutes, ...paymentRoutes })

describe('every field of organizations, keys, limits, plans, subscriptions and payments', { concurrency: 8 }, () => {
  let world: FieldWorld

  before(async () => {
    world = await FieldWorld.start()
  })
  after(() => world?.stop())

  test('has a row here, and no row is of anything else: a field without one fails', async () => {
    const bodies = bodiesOf(await world.api.expect(200, 'GET', '/api/openapi.json'))
    const fields = CALLS.flatMap((call) => leavesOf(bodies.get(call) ?? {}).map((leaf) => `${call}.${leaf}`))
    const rows = Object.entries(ROWS).flatMap(([call, of]) => Object.keys(of).map((leaf) => `${call}.${leaf}`))
    assert.deepEqual(rows.toSorted(), fields.toSorted())
    for (const name of DESCRIPTIVE) assert.ok(rows.includes(name), `${name} is a row`)
    assert.ok(fields.length > 100, `${fields.length} fields`)
  })

  for (const [call, rows] of Object.entries(ROWS)) {
    for (const [field, { a, b, see }] of Object.entries(rows)) {
      const changes = DESCRIPTIVE.has(`${call}.${field}`) ? 'another value is read where people look' : 'another value changes what happens'
      test(`${call}.${field}: ${changes}`, async () => {
        const [first, other, again] = [await see(world, a), await see(world, b), await see(world, a)]
        assert.notDeepEqual(first, other)
        assert.deepEqual(again, first, 'nothing but the value has changed it')
      })
    }
  }

  test('in its grace a subscription serves, and every answer says so', async () => {
    const plan = { exclusive: true, priceFactor: '0' }
    const { customer, model } = await take(world, { plan, subscription: { paidUntil: fromNow(-1) }, credit: '0.05' })
    const answer = await world.gateway.chat(customer.key, { model, max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] })
    assert.equal(answer.status, 200)
    assert.match(String(answer.headers['faregate-notice']), /^subscription_past_due;until="\d{4}-/)
  })
})
