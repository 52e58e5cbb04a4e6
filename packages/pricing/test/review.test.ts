import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  catalogueInForce,
  parseRates,
  reviewPrices,
  shareOf,
  type PriceOffer,
  type PriceSchedule,
  type PriceVerdict,
  type RememberedPrice,
  type ReviewInput,
} from '@faregate/pricing'

const NOW = Date.parse('2026-11-22T13:00:00Z')
const DAY = 86_400_000
const MODEL = { priceKey: 'openai', model: 'm' }

function price(input: string, release = 'old'): PriceSchedule {
  const parsed = parseRates({ input, output: '4' })
  assert.ok(parsed.ok)
  return [{ version: `catalogue:${release}`, rates: parsed.rates }]
}

const remembered = (more: Partial<RememberedPrice> = {}): RememberedPrice => ({
  ...MODEL,
  release: '2026-09-23',
  seen: '2026-09-23',
  schedule: price('1'),
  usedAt: NOW,
  ...more,
})

const offer = (input: string, state: PriceOffer['state'] = 'pending'): PriceOffer => ({
  ...MODEL,
  id: `pc_${input}`,
  release: '2026-11-01',
  schedule: price(input),
  state,
})

const catalogue = (input: string | undefined, version = '2026-11-20'): ReviewInput['catalogue'] => ({
  version,
  schedule: () => (input === undefined ? undefined : price(input, version)),
})

function review(more: Partial<ReviewInput>): PriceVerdict[] {
  return reviewPrices({
    configured: [MODEL],
    connected: new Set(['openai']),
    remembered: [remembered()],
    offers: [],
    catalogue: catalogue('1'),
    limit: shareOf(0.1),
    now: NOW,
    ...more,
  })
}

const words = (verdicts: PriceVerdict[]): string =>
  verdicts.map((verdict) => (verdict.type === 'withdraw' ? `withdraw ${verdict.offer.id}` : verdict.type)).join(', ')

const CASES: [title: string, input: Partial<ReviewInput>, verdicts: string][] = [
  ['the first time, the price of a configured model is remembered, once', { remembered: [], configured: [MODEL, MODEL] }, 'remember'],
  ['what the catalogue does not price is not remembered', { remembered: [], catalogue: catalogue(undefined) }, ''],
  ['the same price takes the name of the newer release', {}, 'confirm'],
  ['the same price of the same release is left alone', { catalogue: catalogue('1', '2026-09-23') }, ''],
  ['a small change is in force at once', { catalogue: catalogue('1.1') }, 'apply'],
  ['a larger one waits', { catalogue: catalogue('1.11') }, 'offer'],
  ['a large drop waits, too', { catalogue: catalogue('0.5') }, 'offer'],
  ['it is offered once', { catalogue: catalogue('2'), offers: [offer('2')] }, ''],
  ['what a newer release overtakes is withdrawn', { catalogue: catalogue('3'), offers: [offer('2')] }, 'withdraw pc_2, offer'],
  ['a release that goes back withdraws the offer', { offers: [offer('2')] }, 'withdraw pc_2, confirm'],
  ['one that comes near enough, as well', { catalogue: catalogue('1.05'), offers: [offer('2')] }, 'withdraw pc_2, apply'],
  ['what was rejected is not offered again', { catalogue: catalogue('2'), offers: [offer('2', 'rejected')] }, ''],
  ['nor put in force when the limit is raised', { catalogue: catalogue('2'), offers: [offer('2', 'rejected')], limit: shareOf(9) }, ''],
  ['another price than that is', { catalogue: catalogue('3'), offers: [offer('2', 'rejected')] }, 'offer'],
  [
    'with another price in force, a rejection is void',
    { catalogue: catalogue('1.05'), offers: [offer('2', 'rejected')] },
    'withdraw pc_2, apply',
  ],
  [
    'a limit that is raised lets through what waits',
    { catalogue: catalogue('2'), offers: [offer('2')], limit: shareOf(1) },
    'withdraw pc_2, apply',
  ],
  ['an older program changes nothing', { catalogue: catalogue('2', '2026-09-01'), offers: [offer('3')] }, ''],
  ['a price that the catalogue no longer has stays', { catalogue: catalogue(undefined) }, ''],
  [
    'a model that was called in the last 30 days is in use',
    { configured: [], catalogue: catalogue('2'), remembered: [remembered({ usedAt: NOW - 29 * DAY })] },
    'offer',
  ],
  [
    'one that was not is forgotten, with its offers',
    { configured: [], offers: [offer('2')], remembered: [remembered({ usedAt: NOW - 30 * DAY })] },
    'withdraw pc_2, forget',
  ],
  ['a configured one never is', { catalogue: catalogue('2'), remembered: [remembered({ usedAt: 0 })] }, 'offer'],
  ['without its vendor nothing is decided', { configured: [], connected: new Set(), catalogue: catalogue('2') }, ''],
]

for (const [title, input, expected] of CASES) {
  test(`review: ${title}`, () => assert.equal(words(review(input)), expected))
}

test('what an offer and a change say: from what, to what, by how much', () => {
  const [waits] = review({ catalogue: catalogue('2') })
  assert.ok(waits?.type === 'offer')
  assert.deepEqual([waits.share, waits.release, waits.before.release], [1_000_000_000n, '2026-11-20', '2026-09-23'])
  const [applied] = review({ catalogue: catalogue('1.1') })
  assert.ok(applied?.type === 'apply')
  assert.deepEqual([applied.price.release, applied.price.seen, applied.share], ['2026-11-20', '2026-11-20', 100_000_000n])
})

test('the remembered price goes before the catalogue, under the name of the release it is of; others cost what the catalogue says', () => {
  const published = {
    version: '2026-11-20',
    facts: () => ({}),
    find: () => ({ version: 'catalogue:2026-11-20', rates: {} }),
  }
  const inForce = catalogueInForce(published, [remembered()])
  assert.equal(inForce.find('openai', 'm', NOW)?.version, 'catalogue:old')
  assert.equal(inForce.find('openai', 'm', NOW)?.automaticCacheWrite, true)
  assert.equal(inForce.find('openai', 'other', NOW)?.version, 'catalogue:2026-11-20')
})
