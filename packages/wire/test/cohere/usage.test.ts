import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readUsage, usageOf } from '../../src/cohere/usage.ts'

const billed = (input: unknown, output: unknown): object => ({ input_tokens: input, output_tokens: output })

const READINGS: [name: string, usage: unknown, expected: object | string][] = [
  ['billed units, not tokens', { billed_units: billed(39, 27), tokens: billed(1683, 62), cached_tokens: 992 }, { input: 39, output: 27 }],
  ['billed units alone', { billed_units: billed(3, 4) }, { input: 3, output: 4 }],
  ['tokens where no units are told', { tokens: billed(3, 4) }, { input: 3, output: 4 }],
  ['a side that is not told is taken from tokens', { billed_units: { input_tokens: 3 }, tokens: billed(5, 4) }, { input: 3, output: 4 }],
  ['search units beside', { billed_units: { ...billed(3, 4), search_units: 1, classifications: 2 } }, { input: 3, output: 4, search: 1 }],
  ['search units that are none', { billed_units: { ...billed(3, 4), search_units: -1 } }, 'negative'],
  ['nothing', undefined, 'missing'],
  ['null', null, 'missing'],
  ['empty', {}, 'missing'],
  ['zero', { billed_units: billed(0, 0) }, 'missing'],
  ['one side only', { billed_units: { input_tokens: 4 } }, 'missing'],
  ['negative', { billed_units: billed(-1, 4) }, 'negative'],
  ['fractional', { billed_units: billed(1.5, 4) }, 'fractional'],
  ['a string', { billed_units: billed('3', 4) }, 'contradictory'],
  ['too large to count', { billed_units: billed(2 ** 60, 4) }, 'contradictory'],
  ['more billed than there are tokens', { billed_units: billed(10, 4), tokens: billed(9, 4) }, 'contradictory'],
]

for (const [name, usage, expected] of READINGS) {
  test(`U6, U7, M22: ${name}`, () => {
    const reading = readUsage(usage)
    assert.deepEqual(reading.ok ? reading.buckets : reading.reason, expected)
  })
}

test('U1, U2: usage for a caller is the sum of the buckets on each side', () => {
  assert.deepEqual(usageOf({ input: 5, cacheRead: 3, cacheWrite: 2, output: 4, reasoning: 6 }), {
    billed_units: { input_tokens: 10, output_tokens: 10 },
    tokens: { input_tokens: 10, output_tokens: 10 },
    cached_tokens: 3,
  })
  assert.deepEqual(usageOf({ input: 1, output: 1, search: 2 })['billed_units'], { input_tokens: 1, output_tokens: 1, search_units: 2 })
  assert.equal('cached_tokens' in usageOf({ input: 1, output: 1 }), false)
})
