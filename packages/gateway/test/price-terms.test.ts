import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PriceTerms } from '@faregate/core'
import type { Entitlement, Offer } from '../src/plans/port.ts'
import { completion } from './support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

const BODY = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi there' }] }
const ORGANIZATION = { id: 'org_acme', name: 'Acme', zone: 'UTC', suspended: null, cap: null, userCap: null }

interface Terms extends WorldOptions {
  terms?: PriceTerms
  offer?: Pick<Offer, 'rule' | 'beyond'>
}

/** A gateway where an organization, and its plan, have terms; a million of input costs 1, of output 2. */
async function worldOf({ terms, offer, ...options }: Terms): Promise<World> {
  const found: Entitlement =
    offer === undefined
      ? { kind: 'balance' }
      : { kind: 'offers', offers: [{ subscription: 'sub_1', plan: 'pro', quotas: [], limits: [], ...offer }], sales: [] }
  const key = { organization: { ...ORGANIZATION, ...(terms === undefined ? {} : { terms }) } }
  const world = await openWorld({ plans: { entitlement: () => found, quotas: async () => [], limits: async () => [] }, key, ...options })
  world.upstream.behave((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(completion('hi', { prompt_tokens: 2, completion_tokens: 10 }))
  })
  return world
}

async function explained(world: World, body: object = BODY) {
  const answer = await world.post({ ...body, path: '/v1/chat/completions' }, { path: '/v1/explain' })
  return (await answer.json()) as { hold: string; priceVersion: string; price: Record<string, string>; verdict: unknown }
}

const factor = (priceFactor: string): PriceTerms => ({ priceFactor, prices: [] })

describe('what a model costs an organization', () => {
  const rows: [what: string, terms: Terms, cost: string, version: RegExp][] = [
    ['by its own price', {}, '0.000022', /^test:1$/],
    ['by the factor of the organization', { terms: factor('0.5') }, '0.000011', /^test:1\*org:0\.5$/],
    [
      'by the factor of its plan, on that',
      { terms: factor('0.5'), offer: { rule: { factor: '0.5' } } },
      '0.0000055',
      /^test:1\*org:0\.5\*plan:0\.5$/,
    ],
    [
      'by its plan alone, where that has a price',
      { terms: factor('0.5'), offer: { rule: { price: { input: '1', output: '1' } } } },
      '0.000012',
      /^plan:\w{12}$/,
    ],
    [
      'by its override, not the factor',
      { terms: { priceFactor: '9', prices: [{ models: 'm', price: { input: '0', output: '3' } }] } },
      '0.00003',
      /^org:\w{12}$/,
    ],
    ['included, whatever discount there is', { terms: factor('0.5'), offer: { rule: { factor: '0' } } }, '0.00', /\*plan:0$/],
    [
      'beyond a quota, by the factor for that',
      { terms: factor('0.5'), offer: { rule: { factor: '3' }, beyond: true } },
      '0.000033',
      /\*overage:3$/,
    ],
  ]
  for (const [what, terms, cost, version] of rows) {
    it(`${what}: explained, held, charged and recorded alike`, async (t) => {
      const world = await worldOf({ ...terms, providerPrice: { input: '1', output: '1' } })
      t.after(() => world.close())
      let held = 0n
      world.upstream.behave((response) => {
        held = world.wallet().held
        response.writeHead(200, { 'content-type': 'application/json' }).end(completion('hi', { prompt_tokens: 2, completion_tokens: 10 }))
      })
      const { hold, priceVersion } = await explained(world)
      const recorded = world.recorded()
      const answer = await world.post(BODY)
      assert.equal(answer.headers.get('faregate-cost'), cost)
      assert.equal(BigInt(Math.round(Number(hold) * 1e9)), held)
      const record = await recorded
      assert.match(record.priceVersion ?? '', version)
      assert.equal(priceVersion, record.priceVersion)
      assert.deepEqual([record.cost, record.providerCost], [BigInt(Math.round(Number(cost) * 1e9)), 12_000n])
    })
  }

  it('nothing, by declaration: it is served without a balance', async (t) => {
    const world = await worldOf({
      terms: { priceFactor: '1', prices: [{ models: '*', price: { input: '0', output: '0' } }] },
      grant: '0.000000001',
    })
    t.after(() => world.close())
    assert.equal((await world.post(BODY)).status, 200)
    assert.equal(world.wallet().posted, 0n)
  })

  it('M15: an override that leaves out what the request can cause has no price for it', async (t) => {
    const world = await worldOf({ terms: { priceFactor: '1', prices: [{ models: '*', price: { input: '1' } }] } })
    t.after(() => world.close())
    const { code, status } = await problemOf(await world.post(BODY))
    assert.deepEqual([code, status], ['price_missing', 500])
  })

  it('is told with the price per million before it is sent', async (t) => {
    const world = await worldOf({ terms: factor('0.25') })
    t.after(() => world.close())
    assert.deepEqual((await explained(world)).price, { input: '0.25', output: '0.50' })
  })

  it('in a stream, slice by slice', async (t) => {
    const world = await worldOf({ terms: factor('0.5') })
    t.after(() => world.close())
    const whole = await explained(world, { ...BODY, stream: true })
    const other = await worldOf({})
    t.after(() => other.close())
    assert.equal(Number((await explained(other, { ...BODY, stream: true })).hold), Number(whole.hold) * 2)
  })
})
