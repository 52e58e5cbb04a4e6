import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exceeds, largestChange, parseRates, shareOf, type PriceSchedule, type Rates } from '@faregate/pricing'

const NOW = Date.parse('2026-11-22T13:00:00Z')
const DAY = 86_400_000

function rates(price: Record<string, string>): Rates {
  const parsed = parseRates(price)
  assert.ok(parsed.ok)
  return parsed.rates
}

const always = (price: Record<string, string>): PriceSchedule => [{ version: 'v', rates: rates(price) }]
const from = (at: number, price: Record<string, string>) => ({ version: 'v', when: { from: at }, rates: rates(price) })

const BASE = { input: '1', output: '4', cacheRead: '0.1' }

/** A share in percent of what was; null: none. */
const CASES: [title: string, before: PriceSchedule, after: PriceSchedule, percent: number | null | undefined][] = [
  ['nothing', always(BASE), always(BASE), undefined],
  [
    'a price of its own that its parent has already',
    always({ input: '1', output: '4' }),
    always({ input: '1', output: '4', cacheRead: '1' }),
    undefined,
  ],
  ['one price, up', always(BASE), always({ ...BASE, input: '1.10' }), 10],
  ['one price, down', always(BASE), always({ ...BASE, output: '3' }), 25],
  ['the largest of several', always(BASE), always({ input: '1.05', output: '5', cacheRead: '0.09' }), 25],
  ['a cheaper cache, which the parent had priced', always({ input: '1', output: '4' }), always(BASE), 90],
  ['a cache price that goes away', always(BASE), always({ input: '1', output: '4' }), 900],
  ['a fee, where there was none', always(BASE), always({ ...BASE, request: '5' }), null],
  ['a price for what was free', always({ ...BASE, input: '0' }), always(BASE), null],
  ['free from now on', always(BASE), always({ ...BASE, cacheRead: '0' }), 100],
  ['output without a price any more', always({ input: '1', output: '4' }), always({ input: '1' }), null],
  ['no price at all any more', always(BASE), [{ version: 'v' }], null],
  ['announced for a day that comes', always(BASE), [...always(BASE), from(NOW + DAY, { ...BASE, input: '2' })], 100],
  ['of days that are over', [from(0, BASE)], [...always({ input: '9', output: '9' }), from(NOW - DAY, BASE)], undefined],
  [
    'at some hours alone',
    always(BASE),
    [...always(BASE), { version: 'v', when: { daily: { from: 0, to: 3600 } }, rates: rates({ ...BASE, input: '0.5' }) }],
    50,
  ],
]

for (const [title, before, after, percent] of CASES) {
  test(`the largest change: ${title}`, () => {
    const change = largestChange(before, after, NOW)
    const share = change === undefined ? undefined : change.share === null ? null : Number(change.share) / 1e7
    assert.equal(share, percent)
  })
}

test('a tier that becomes dearer is a change of its own, with the length from which it holds', () => {
  const tiered = (rate: bigint): PriceSchedule => [{ version: 'v', rates: { input: { base: 10n, tiers: [{ from: 200_001, rate }] } } }]
  assert.deepEqual(largestChange(tiered(20n), tiered(23n), NOW)?.rates, [
    { bucket: 'input', fromTokens: 200_001, before: 20n, after: 23n, share: 150_000_000n },
  ])
})

test('a change says when it is largest, and what differs then', () => {
  const change = largestChange(always(BASE), [...always({ ...BASE, input: '1.01' }), from(NOW + DAY, { ...BASE, input: '3' })], NOW)
  assert.equal(change?.at, NOW + DAY)
  assert.deepEqual(change?.rates, [
    { bucket: 'input', fromTokens: 0, before: 1_000_000_000n, after: 3_000_000_000n, share: 2_000_000_000n },
  ])
})

test('a limit is exceeded by what is more, to the last digit; no share at all exceeds any', () => {
  const share = (after: string) => largestChange(always({ input: '3' }), always({ input: after }), NOW)?.share ?? null
  assert.equal(exceeds(share('3.3'), shareOf(0.1)), false)
  assert.equal(exceeds(share('3.300000001'), shareOf(0.1)), true)
  assert.equal(exceeds(share('2.7'), shareOf(0.1)), false)
  assert.equal(exceeds(share('3.000000001'), shareOf(0)), true)
  assert.equal(exceeds(null, shareOf(1_000)), true)
})
