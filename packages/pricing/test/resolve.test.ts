import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolvePrice, type Catalogue, type PriceSources } from '@faregate/pricing'

const catalogue: Catalogue = {
  version: '2026-01-01',
  find: (priceKey, model) =>
    priceKey === 'openai' && model === 'known'
      ? { version: 'catalogue:2026-01-01', rates: { input: { base: 3n, tiers: [] }, cacheRead: { base: 1n, tiers: [] } } }
      : undefined,
  facts: () => ({}),
}

function inputRate(sources: Partial<PriceSources>): bigint | undefined {
  const resolved = resolvePrice({ catalogue, upstreamModel: 'known', priceKey: 'openai', ...sources }, 0)
  return resolved.ok ? resolved.table.rates.input?.base : undefined
}

test("M15: the model entry wins over the operator's price, and that over the catalogue", () => {
  const model = { input: '1' }
  const operator = { input: '2' }
  assert.equal(inputRate({ model, operator }), 1_000_000_000n)
  assert.equal(inputRate({ operator }), 2_000_000_000n)
  assert.equal(inputRate({}), 3n)
})

test('M15: the first source is taken whole, its gaps are not filled from the next', () => {
  const resolved = resolvePrice({ model: { input: '1' }, catalogue, upstreamModel: 'known', priceKey: 'openai' }, 0)
  assert.ok(resolved.ok)
  assert.equal(resolved.table.rates.cacheRead, undefined)
})

test('a vendor or model that nobody priced is unknown', () => {
  for (const sources of [{ upstreamModel: 'other' }, { priceKey: undefined }]) {
    assert.deepEqual(resolvePrice({ catalogue, upstreamModel: 'known', priceKey: 'openai', ...sources }, 0), {
      ok: false,
      reason: 'unknown',
    })
  }
})

test('a written price that cannot be read is said to be invalid, not unknown', () => {
  const resolved = resolvePrice({ operator: { input: 'cheap' }, catalogue, upstreamModel: 'known' }, 0)
  assert.ok(!resolved.ok && resolved.reason === 'invalid')
  assert.equal(resolved.source, 'operator')
  assert.equal(resolved.member, 'input')
})

test('M11: a written price for a vendor that writes its cache unasked says so, too', () => {
  const model = { input: '1', cacheWrite: '2' }
  const automatic = (priceKey?: string): boolean | undefined => {
    const resolved = resolvePrice({ model, catalogue, upstreamModel: 'x', priceKey }, 0)
    return resolved.ok ? resolved.table.automaticCacheWrite : undefined
  }
  assert.equal(automatic('openai'), true)
  assert.equal(automatic('anthropic'), undefined)
  assert.equal(automatic(), undefined)
})
