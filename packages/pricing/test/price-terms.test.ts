import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { priceRule, type PriceOverride } from '@faregate/core'
import { amountOf, charge, holdMeasure, parseRates, tableUnder, writtenTable, type PriceTable } from '@faregate/pricing'

function table(price: Record<string, string>): PriceTable {
  const parsed = parseRates(price)
  assert.ok(parsed.ok)
  return writtenTable('model', parsed.rates)
}

const LIST = table({ input: '0.05', output: '0.40', cacheRead: '0.005' })
const factorOf = (prices: PriceOverride[], model: string) => priceRule({ priceFactor: '0.7', prices }, model).factor

describe('the rule that holds for a model', () => {
  it('is that of its name, then that of the pattern with the most letters, of equals the first, then the factor', () => {
    const prices = [
      { models: '*', factor: '1' },
      { models: 'gpt-*', factor: '2' },
      { models: '*-mini', factor: '3' },
      { models: '*mini-', factor: '4' },
      { models: 'gpt-5-mini', factor: '5' },
    ]
    assert.deepEqual(
      ['gpt-5-mini', 'gpt-4-mini', 'gpt-4', 'claude'].map((model) => factorOf(prices, model)),
      ['5', '3', '2', '1'],
    )
    assert.equal(factorOf([{ models: 'gpt-*', factor: '2' }], 'claude'), '0.7')
  })
})

describe('a price under a rule', () => {
  it('M1: a factor makes prices of nine decimals, each rounded up, and names itself in the version', () => {
    const scaled = tableUnder(LIST, { factor: '0.8' }, 'org')
    assert.deepEqual([scaled.rates.input?.base, scaled.rates.output?.base], [40_000_000n, 320_000_000n])
    assert.equal(scaled.version, `${LIST.version}*org:0.8`)
    const third = tableUnder(table({ input: '0.000000001', output: '1' }), { factor: '0.333333333' }, 'plan')
    assert.deepEqual([third.rates.input?.base, third.rates.output?.base], [1n, 333_333_333n])
    assert.equal(tableUnder(LIST, { factor: '1.000' }, 'plan'), LIST)
  })

  it('what is held for a request is what it is charged when it uses all of that, to the nano-unit', () => {
    for (const factor of ['0.8', '0.333333333', '1.7', '0']) {
      const scaled = tableUnder(tableUnder(LIST, { factor: '0.77' }, 'org'), { factor }, 'plan')
      const canCause = { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false }
      const held = holdMeasure({ inputTokens: 1_237, n: 1, canCause }, [scaled])
      assert.ok(held.ok)
      assert.deepEqual(charge({ input: 1_237, output: 991 }, scaled), { ok: true, amount: amountOf(held.measure, 991) })
    }
  })

  it('M15: another price is taken whole: what it leaves out falls back to its parent there, and without one is missing', () => {
    const own = tableUnder(LIST, { price: { input: '1', output: '2' } }, 'plan')
    assert.deepEqual(charge({ input: 1_000_000, cacheRead: 1_000_000 }, own), { ok: true, amount: 2_000_000_000n })
    assert.match(own.version, /^plan:[0-9a-f]{12}$/)
    assert.deepEqual(charge({ output: 1 }, tableUnder(LIST, { price: { input: '1' } }, 'org')), { ok: false, missing: 'output' })
    assert.deepEqual(charge({ input: 9 }, tableUnder(LIST, { price: { input: 'much' } }, 'org')), { ok: false, missing: 'input' })
  })

  it('keeps that the vendor writes its cache unasked; zero is free by declaration', () => {
    const unasked = tableUnder({ ...LIST, automaticCacheWrite: true }, { price: { input: '0', output: '0' } }, 'org')
    assert.equal(unasked.automaticCacheWrite, true)
    assert.deepEqual(charge({ input: 5, cacheWrite: 5, output: 5 }, unasked), { ok: true, amount: 0n })
  })
})
