import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Buckets } from '@faregate/core'
import { charge, parseRates, type PriceTable } from '@faregate/pricing'

function table(raw: Record<string, string>): PriceTable {
  const parsed = parseRates(raw)
  assert.ok(parsed.ok)
  return { version: 'test', rates: parsed.rates }
}

function amount(buckets: Buckets, prices: PriceTable): bigint {
  const charged = charge(buckets, prices)
  assert.ok(charged.ok)
  return charged.amount
}

test('M1: a request is rounded once, up to the nano-unit', () => {
  const cheap = table({ input: '0.000000001', output: '0.000000001' })
  assert.equal(amount({ input: 1 }, cheap), 1n)
  assert.equal(amount({ input: 1, output: 1 }, cheap), 1n, 'not once per bucket')
  assert.equal(amount({ input: 1_000_000 }, cheap), 1n)
  assert.equal(amount({ input: 1_000_000, output: 1 }, cheap), 2n)
  assert.equal(amount({}, cheap), 0n)
})

test('M1: the documented example costs what it says', () => {
  // 1,200 × 0.05 + 300 × 0.40 per million
  assert.equal(amount({ input: 1_200, output: 300 }, table({ input: '0.05', output: '0.40' })), 180_000n)
})

test('M15: a bucket without a price is charged as its parent', () => {
  const parents = table({ input: '1', output: '10' })
  const cases: [Buckets, bigint][] = [
    [{ cacheRead: 1000 }, 1_000_000n],
    [{ cacheWrite: 1000 }, 1_000_000n],
    [{ cacheWrite1h: 1000 }, 1_000_000n],
    [{ audioIn: 1000 }, 1_000_000n],
    [{ imageIn: 1000 }, 1_000_000n],
    [{ reasoning: 1000 }, 10_000_000n],
    [{ audioOut: 1000 }, 10_000_000n],
  ]
  for (const [buckets, expected] of cases) assert.equal(amount(buckets, parents), expected, Object.keys(buckets)[0])
})

test('M15: a one-hour cache write without a price costs a cache write before it costs input', () => {
  assert.equal(amount({ cacheWrite1h: 1000 }, table({ input: '1', cacheWrite: '1.25' })), 1_250_000n)
})

test('M15: a price of its own wins, and zero is a price', () => {
  assert.equal(amount({ cacheRead: 1000 }, table({ input: '1', cacheRead: '0.1' })), 100_000n)
  assert.equal(amount({ cacheRead: 1000 }, table({ input: '1', cacheRead: '0' })), 0n)
})

test('M15: what was used and has no price at all is named, never free', () => {
  assert.deepEqual(charge({ input: 1 }, table({ output: '1' })), { ok: false, missing: 'input' })
  assert.deepEqual(charge({ input: 1, reasoning: 1 }, table({ input: '1' })), { ok: false, missing: 'reasoning' })
  assert.deepEqual(charge({ input: 1, output: 0 }, table({ input: '1' })), { ok: true, amount: 1000n })
})

test('M15: where a call can be billed in one unit or another, tokens without a price are not billed; else they are named', () => {
  const byImage = table({ image: '40000' })
  const used = { input: 20, imageIn: 5, output: 4160, image: 2 }
  assert.deepEqual(charge(used, byImage, ['image', 'output']), { ok: true, amount: 80_000_000n })
  assert.deepEqual(charge(used, byImage), { ok: false, missing: 'input' })
  assert.deepEqual(charge(used, table({ input: '1' }), ['image', 'output']), { ok: false, missing: 'output' })
  assert.deepEqual(charge(used, table({ image: '40000', input: '5', output: '40' }), ['image', 'output']), {
    ok: true,
    amount: 80_000_000n + 25n * 5_000n + 4_160n * 40_000n,
  })
})

test('a call is one request: the fee is charged once, whatever the bucket says', () => {
  const fee = table({ input: '0', request: '5000' })
  assert.equal(amount({ input: 10 }, fee), 5_000_000n)
  assert.equal(amount({ input: 10, request: 7 }, fee), 5_000_000n)
})

test('the tier is chosen by all input together and prices the whole request', () => {
  const tiered: PriceTable = {
    version: 'test',
    rates: {
      input: { base: 1_000_000_000n, tiers: [{ from: 200_001, rate: 2_000_000_000n }] },
      cacheRead: { base: 100_000_000n, tiers: [{ from: 200_001, rate: 200_000_000n }] },
      output: { base: 10_000_000_000n, tiers: [{ from: 200_001, rate: 15_000_000_000n }] },
    },
  }
  assert.equal(amount({ input: 100_000, cacheRead: 100_000, output: 10 }, tiered), 100_000_000n + 10_000_000n + 100_000n)
  assert.equal(amount({ input: 100_001, cacheRead: 100_000, output: 10 }, tiered), 200_002_000n + 20_000_000n + 150_000n)
})

test('counts that are no counts are refused loudly', () => {
  for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => charge({ input: count }, table({ input: '1' })), RangeError)
  }
})
