import assert from 'node:assert/strict'
import { test } from 'node:test'
import { affordableSteps, amountOf, holdMeasure, parseRates, type Bound, type Measure, type PriceTable } from '@faregate/pricing'

const NOTHING_MORE = { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false }

function table(raw: Record<string, string>): PriceTable {
  const parsed = parseRates(raw)
  assert.ok(parsed.ok)
  return { version: 'test', rates: parsed.rates }
}

function bound(inputTokens: number, more: Partial<Bound['canCause']> = {}, n = 1): Bound {
  return { inputTokens, n, canCause: { ...NOTHING_MORE, ...more } }
}

function measure(of: Bound, ...tables: PriceTable[]): Measure {
  const held = holdMeasure(of, tables)
  assert.ok(held.ok)
  return held.measure
}

test('M11: a hold is input bound × input rate + steps × output rate + the fee per request', () => {
  const held = measure(bound(1000), table({ input: '1', output: '10', request: '5000' }))
  assert.equal(amountOf(held, 0), 1_000_000n + 5_000_000n)
  assert.equal(amountOf(held, 200), 1_000_000n + 5_000_000n + 2_000_000n)
})

test('M11: each choice is held', () => {
  assert.equal(amountOf(measure(bound(0, {}, 3), table({ input: '1', output: '10' })), 100), 3_000_000n)
})

test('M11: only what the body can cause makes the hold dearer', () => {
  const dear = table({
    input: '1',
    cacheWrite: '2',
    cacheWrite1h: '3',
    audioIn: '40',
    imageIn: '5',
    output: '1',
    reasoning: '2',
    audioOut: '80',
  })
  const fixed = (more: Partial<Bound['canCause']>): bigint => amountOf(measure(bound(1000, more), dear), 0)
  const perThousand = (more: Partial<Bound['canCause']>): bigint => amountOf(measure(bound(0, more), dear), 1000)
  assert.equal(fixed({}), 1_000_000n)
  assert.equal(fixed({ cacheWrite: true }), 3_000_000n)
  assert.equal(fixed({ imageIn: true }), 5_000_000n)
  assert.equal(fixed({ audioIn: true }), 40_000_000n)
  assert.equal(perThousand({}), 1_000_000n)
  assert.equal(perThousand({ hiddenOutput: true }), 2_000_000n)
  assert.equal(perThousand({ audioOut: true }), 80_000_000n)
})

test('M11: a cache read that is dearer than input is held, for any request can hit the cache', () => {
  assert.equal(amountOf(measure(bound(1000), table({ input: '1', cacheRead: '2', output: '1' })), 0), 2_000_000n)
})

test('M11: a vendor that writes its cache unasked makes every request cause it', () => {
  const prices = table({ input: '1', cacheWrite: '1.25', output: '1' })
  assert.equal(amountOf(measure(bound(1000), prices), 0), 1_000_000n)
  assert.equal(amountOf(measure(bound(1000), { ...prices, automaticCacheWrite: true }), 0), 1_250_000n)
})

test('M11: the tier is the one that the input bound reaches, and a dearer base stays reachable', () => {
  const rate = (base: bigint, beyond: bigint): PriceTable => ({
    version: 'test',
    rates: { input: { base, tiers: [{ from: 1001, rate: beyond }] }, output: { base: 0n, tiers: [] } },
  })
  assert.equal(amountOf(measure(bound(1000), rate(1_000_000_000n, 2_000_000_000n)), 0), 1_000_000n)
  assert.equal(amountOf(measure(bound(1001), rate(1_000_000_000n, 2_000_000_000n)), 0), 2_002_000n)
  assert.equal(amountOf(measure(bound(1001), rate(2_000_000_000n, 1_000_000_000n)), 0), 2_002_000n)
})

test('M11: over several deployments the dearest is held, for input and for output', () => {
  const held = measure(bound(1000), table({ input: '1', output: '20' }), table({ input: '3', output: '10' }))
  assert.equal(amountOf(held, 0), 3_000_000n)
  assert.equal(amountOf(held, 100), 5_000_000n)
})

test('M15: what can be caused and has no price is named at admission', () => {
  assert.deepEqual(holdMeasure(bound(1), [table({ output: '1' })]), { ok: false, missing: 'input' })
  assert.deepEqual(holdMeasure(bound(1), [table({ input: '1' })]), { ok: false, missing: 'output' })
  assert.deepEqual(holdMeasure(bound(1), [table({ input: '1', output: '1' }), table({ input: '1' })]), { ok: false, missing: 'output' })
  assert.deepEqual(holdMeasure(bound(1), []), { ok: false, missing: 'input' })
})

test('M15: a call without output needs no output price', () => {
  assert.equal(amountOf(measure(bound(1000, {}, 0), table({ input: '1' })), 5), 1_000_000n)
})

test('M11: what is counted beforehand is held: images, characters, seconds, searches', () => {
  const units = { image: 2, character: 3, second: 5, search: 7 }
  const prices = table({ input: '0', image: '1000000', character: '100000', second: '10000', search: '1000' })
  assert.equal(amountOf(measure({ ...bound(0, {}, 0), units }, prices), 0), 2_000_000_000n + 300_000_000n + 50_000_000n + 7_000_000n)
})

test('M15: a call that can be billed in one unit or another needs a price for one of them, and is held by those there are', () => {
  const images = { ...bound(10, { imageIn: true, hiddenOutput: true }, 2), units: { image: 2 }, pricedBy: ['image', 'output'] as const }
  assert.equal(amountOf(measure(images, table({ image: '40000' })), 1000), 80_000_000n)
  assert.equal(amountOf(measure(images, table({ input: '5', output: '40' })), 1000), 10n * 5_000n + 2_000n * 40_000n)
  assert.deepEqual(holdMeasure(images, [table({ input: '5' })]), { ok: false, missing: 'image' })
  const speech = { ...bound(10, { audioOut: true }), units: { character: 10 }, pricedBy: ['character', 'output', 'audioOut'] as const }
  assert.equal(amountOf(measure(speech, table({ audioOut: '12' })), 100), 100n * 12_000n)
})

test('M12: the affordable steps are the most whose hold fits, and one more does not', () => {
  const held = measure(bound(1000), table({ input: '1', output: '7' }))
  for (const available of [1_000_000n, 1_006_999n, 1_007_000n, 5_000_001n, 123_456_789n]) {
    const steps = affordableSteps(held, available)
    assert.ok(amountOf(held, steps) <= available, `${available}`)
    assert.ok(amountOf(held, steps + 1) > available, `${available}`)
  }
})

test('M12: nothing is affordable below the input; everything is where output is free', () => {
  assert.equal(affordableSteps(measure(bound(1000), table({ input: '1', output: '7' })), 999_999n), 0)
  assert.equal(affordableSteps(measure(bound(1000), table({ input: '1', output: '0' })), 1_000_000n), Number.MAX_SAFE_INTEGER)
})
