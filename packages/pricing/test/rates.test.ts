import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRates, writtenTable } from '@faregate/pricing'

test('M1: a price is read exactly, as nano-units per million', () => {
  const cases: [string, bigint][] = [
    ['0.05', 50_000_000n],
    ['0.1', 100_000_000n],
    ['15', 15_000_000_000n],
    ['0.000000001', 1n],
    ['0', 0n],
    ['123456789.123456789', 123_456_789_123_456_789n],
  ]
  for (const [text, base] of cases) {
    assert.deepEqual(parseRates({ input: text }), { ok: true, rates: { input: { base, tiers: [] } } }, text)
  }
})

test('M1: a price for requests is per million of them, like every price', () => {
  assert.deepEqual(parseRates({ request: '5000' }), { ok: true, rates: { request: { base: 5_000_000_000_000n, tiers: [] } } })
})

test('M1: what is not an exact decimal is refused, and the member is named', () => {
  const cases: [string, RegExp][] = [
    ['0.0000000001', /more than 9 decimals/],
    ['-1', /not a price/],
    ['1e-6', /not a price/],
    ['1,5', /not a price/],
    ['', /not a price/],
    ['1234567890', /not a price/],
  ]
  for (const [text, message] of cases) {
    const parsed = parseRates({ input: '1', output: text })
    assert.ok(!parsed.ok, text)
    assert.equal(parsed.member, 'output')
    assert.match(parsed.message, message)
  }
})

test('M1: a JSON number is not a price', () => {
  const parsed = parseRates(JSON.parse('{"input": 0.15}') as Record<string, string>)
  assert.ok(!parsed.ok)
  assert.match(parsed.message, /as a string/)
})

test('a price for something that is not a bucket is refused, inherited names included', () => {
  for (const member of ['inputs', 'toString', '__proto__']) {
    const parsed = parseRates(Object.fromEntries([[member, '1']]))
    assert.ok(!parsed.ok, member)
    assert.equal(parsed.member, member)
  }
})

test('the version of a written table follows the prices and their source, not the order in which they are written', () => {
  const version = (source: 'model' | 'operator', raw: Record<string, string>): string => {
    const parsed = parseRates(raw)
    assert.ok(parsed.ok)
    return writtenTable(source, parsed.rates).version
  }
  const one = version('model', { input: '1', output: '2' })
  assert.match(one, /^model:[0-9a-f]{12}$/)
  assert.equal(version('model', { output: '2.0', input: '1' }), one)
  assert.notEqual(version('model', { input: '1', output: '2.000000001' }), one)
  assert.notEqual(version('model', { input: '1', output: '2', cacheRead: '0' }), one)
  assert.match(version('operator', { input: '1', output: '2' }), /^operator:/)
})
