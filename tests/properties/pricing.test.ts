import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  affordableSteps,
  amountOf,
  charge,
  holdMeasure,
  parseRates,
  type Bound,
  type PriceTable,
} from '../../packages/pricing/src/index.ts'
import { nanoOf } from '../../packages/pricing/src/nano-of.ts'

/** A model of its own: exact fractions, prices as decimal text, the rules of money written down once more. */
interface Fraction {
  over: bigint
  under: bigint
}

type Name = 'input' | 'cacheRead' | 'cacheWrite' | 'cacheWrite1h' | 'audioIn' | 'imageIn' | 'output' | 'reasoning' | 'audioOut'
type Counts = Partial<Record<Name, number>>
type Prices = Partial<Record<Name | 'request', string>>

const INPUTS: Name[] = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'audioIn', 'imageIn']
const OUTPUTS: Name[] = ['output', 'reasoning', 'audioOut']
const NAMES: (Name | 'request')[] = [...INPUTS, ...OUTPUTS, 'request']

function fraction(decimal: string): Fraction {
  const [whole = '', places = ''] = decimal.split('.')
  return { over: BigInt(whole + places), under: 10n ** BigInt(places.length) }
}

function add(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under }
}

/** The price of a bucket by M15, found by asking for each stand-in in turn. */
function priceOf(prices: Prices, name: Name): string | undefined {
  if (OUTPUTS.includes(name)) return prices[name] ?? prices.output
  if (name === 'cacheWrite1h') return prices.cacheWrite1h ?? prices.cacheWrite ?? prices.input
  return prices[name] ?? prices.input
}

/** The cost in whole nano-units, rounded up once; `undefined` where something that was used has no price. */
function modelCost(prices: Prices, counts: Counts): bigint | undefined {
  const fee = fraction(prices.request ?? '0')
  let sum = { over: fee.over, under: fee.under * 1_000_000n }
  for (const name of [...INPUTS, ...OUTPUTS]) {
    const count = counts[name] ?? 0
    if (count === 0) continue
    const price = priceOf(prices, name)
    if (price === undefined) return undefined
    const { over, under } = fraction(price)
    sum = add(sum, { over: over * BigInt(count), under: under * 1_000_000n })
  }
  const nano = sum.over * 1_000_000_000n
  return nano / sum.under + (nano % sum.under === 0n ? 0n : 1n)
}

const decimal = fc
  .tuple(fc.nat({ max: 999 }), fc.stringMatching(/^\d{0,9}$/))
  .map(([whole, places]) => (places === '' ? `${whole}` : `${whole}.${places}`))
const count = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 400_000 }))
/** How far a tier begins from the length that matters: at the border more often than elsewhere. */
const offset = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -400_000, max: 400_000 }))
const countsOf = (names: Name[]): fc.Arbitrary<Counts> =>
  fc.record(Object.fromEntries(names.map((name) => [name, count])), { requiredKeys: [] })
const prices = fc.record(Object.fromEntries(NAMES.map((name) => [name, decimal])), { requiredKeys: [] }) as fc.Arbitrary<Prices>
const fullPrices = fc.tuple(prices, decimal, decimal).map(([some, input, output]): Prices => ({ input, output, ...some }))

function table(raw: Prices): PriceTable {
  const parsed = parseRates(raw)
  assert.ok(parsed.ok)
  return { version: 'test', rates: parsed.rates }
}

/** Two price lists, the second from a length on. */
function tieredTable(short: Prices, long: Prices, from: number): PriceTable {
  const rates = table(short).rates
  for (const [name, rate] of Object.entries(table(long).rates)) {
    const bucket = name as keyof typeof rates
    if (rates[bucket] !== undefined) rates[bucket].tiers.push({ from, rate: rate.base })
  }
  return { version: 'test', rates }
}

test("M1, M15: a charge equals the model's exact fraction, rounded up once", () => {
  fc.assert(
    fc.property(prices, countsOf([...INPUTS, ...OUTPUTS]), (raw, counts) => {
      const charged = charge(counts, table(raw))
      const expected = modelCost(raw, counts)
      if (expected === undefined) {
        assert.ok(!charged.ok)
        assert.equal(priceOf(raw, charged.missing as Name), undefined)
        assert.ok((counts[charged.missing as Name] ?? 0) > 0)
      } else assert.deepEqual(charged, { ok: true, amount: expected })
    }),
  )
})

test('M1: a tier prices the whole request, by the length of all input', () => {
  fc.assert(
    fc.property(fullPrices, offset, countsOf([...INPUTS, ...OUTPUTS]), (short, apart, counts) => {
      const long: Prices = Object.fromEntries(
        Object.entries(short).map(([name, price]) => [name, price.startsWith('1') ? '0.5' : `1${price}`]),
      )
      const length = INPUTS.reduce((sum, name) => sum + (counts[name] ?? 0), 0)
      const from = Math.max(0, length + apart)
      const expected = modelCost(length >= from ? long : short, counts)
      assert.deepEqual(charge(counts, tieredTable(short, long, from)), { ok: true, amount: expected })
    }),
  )
})

interface Case {
  bound: Bound
  table: PriceTable
  counts: Counts
  steps: number
}

/** A request, what its body can cause, and a consumption that keeps within both. */
const withinBound: fc.Arbitrary<Case> = fc
  .record({
    short: fullPrices,
    long: fullPrices,
    apart: offset,
    automatic: fc.boolean(),
    canCause: fc.record({
      cacheWrite: fc.boolean(),
      audioIn: fc.boolean(),
      audioOut: fc.boolean(),
      imageIn: fc.boolean(),
      hiddenOutput: fc.boolean(),
    }),
    n: fc.integer({ min: 1, max: 4 }),
    steps: count,
    counts: countsOf([...INPUTS, ...OUTPUTS]),
    slack: fc.nat({ max: 2 }),
  })
  .map(({ short, long, apart, automatic, canCause, n, steps, counts, slack }) => {
    const caused: Partial<Record<Name, boolean>> = {
      input: true,
      cacheRead: true,
      output: true,
      cacheWrite: canCause.cacheWrite || automatic,
      cacheWrite1h: canCause.cacheWrite,
      audioIn: canCause.audioIn,
      imageIn: canCause.imageIn,
      reasoning: canCause.hiddenOutput,
      audioOut: canCause.audioOut,
    }
    let room = n * steps
    const kept: Counts = {}
    for (const name of INPUTS) if (caused[name] === true) kept[name] = counts[name] ?? 0
    for (const name of OUTPUTS) {
      if (caused[name] !== true) continue
      kept[name] = Math.min(room, counts[name] ?? 0)
      room -= kept[name]
    }
    const inputTokens = INPUTS.reduce((sum, name) => sum + (kept[name] ?? 0), 0) + slack
    const priced = tieredTable(short, long, Math.max(0, inputTokens + apart))
    return {
      bound: { inputTokens, n, canCause },
      table: automatic ? { ...priced, automaticCacheWrite: true } : priced,
      counts: kept,
      steps,
    }
  })

test('M11: whatever stays within the bound costs at most the hold, tiers included', () => {
  fc.assert(
    fc.property(withinBound, ({ bound, table: priced, counts, steps }) => {
      const held = holdMeasure(bound, [priced])
      assert.ok(held.ok)
      const charged = charge(counts, priced)
      assert.ok(charged.ok)
      assert.ok(charged.amount <= amountOf(held.measure, steps), `${charged.amount} > ${amountOf(held.measure, steps)}`)
    }),
    { numRuns: 500 },
  )
})

test('M11: over several deployments, the hold covers whichever serves', () => {
  fc.assert(
    fc.property(withinBound, withinBound, (one, other) => {
      const held = holdMeasure(one.bound, [one.table, other.table])
      assert.ok(held.ok)
      for (const { table: priced } of [one, other]) {
        const alone = holdMeasure(one.bound, [priced])
        assert.ok(alone.ok)
        assert.ok(amountOf(alone.measure, one.steps) <= amountOf(held.measure, one.steps))
      }
    }),
  )
})

test('M11: a hold is no dearer than it must be: some consumption within the bound costs all of it', () => {
  fc.assert(
    fc.property(fullPrices, count, count, (raw, inputTokens, steps) => {
      const priced = table(raw)
      const nothingMore = { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false }
      const held = holdMeasure({ inputTokens, n: 1, canCause: nothingMore }, [priced])
      assert.ok(held.ok)
      const costs = (['input', 'cacheRead'] as const).map((name) => charge({ [name]: inputTokens, output: steps }, priced))
      const dearest = costs.reduce((most, cost) => (cost.ok && cost.amount > most ? cost.amount : most), 0n)
      assert.equal(amountOf(held.measure, steps), dearest)
    }),
  )
})

test('M12: the affordable steps are the most that fit', () => {
  fc.assert(
    fc.property(withinBound, fc.bigInt({ min: 0n, max: 10n ** 15n }), ({ bound, table: priced }, available) => {
      const held = holdMeasure(bound, [priced])
      assert.ok(held.ok)
      const steps = affordableSteps(held.measure, available)
      const fits = (of: number): boolean => amountOf(held.measure, of) <= available
      assert.ok(steps === 0 ? true : fits(steps))
      if (steps < Number.MAX_SAFE_INTEGER) assert.ok(!fits(steps + 1))
    }),
  )
})

test('M15: a bucket is missing at admission whenever it could be missing in the charge', () => {
  fc.assert(
    fc.property(prices, withinBound, (raw, { bound, counts }) => {
      const priced = table(raw)
      if (holdMeasure(bound, [priced]).ok) assert.ok(charge(counts, priced).ok)
    }),
  )
})

test('M1: a float of the catalogue becomes the integer that its decimal text says, rounded up', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true }), (value) => {
      const [digits = '', exponent = '0'] = value.toExponential().split('e')
      const { over, under } = fraction(digits)
      const scaled = { over: over * 10n ** BigInt(400 + Number(exponent)) * 1_000_000_000n, under: under * 10n ** 400n }
      assert.equal(nanoOf(value), scaled.over / scaled.under + (scaled.over % scaled.under === 0n ? 0n : 1n))
    }),
  )
})
