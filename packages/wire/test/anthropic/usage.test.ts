import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readUsage, writeUsage } from '../../src/anthropic/usage.ts'

function reason(usage: unknown): string {
  const reading = readUsage(usage)
  return reading.ok ? 'ok' : reading.reason
}

const READ: [guarantee: string, usage: unknown, buckets: unknown][] = [
  [
    'U1: input_tokens excludes what was read from and written to the cache',
    { input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 30, output_tokens: 4 },
    { input: 10, cacheRead: 20, cacheWrite: 30, output: 4 },
  ],
  [
    'U2: output_tokens includes thinking; where it is told apart it is taken out once',
    { input_tokens: 51, output_tokens: 1699, output_tokens_details: { thinking_tokens: 139 } },
    { input: 51, output: 1560, reasoning: 139 },
  ],
  [
    'U4: writes of five minutes and of an hour are told apart',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 4,
    },
    { input: 1, cacheWrite: 10, cacheWrite1h: 20, output: 4 },
  ],
  [
    'U4: the split alone is enough',
    { input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 }, output_tokens: 4 },
    { input: 1, cacheWrite: 10, cacheWrite1h: 20, output: 4 },
  ],
  [
    'U4: cache_creation null: the total is of five minutes, as the vendor takes for granted',
    { input_tokens: 1, cache_creation_input_tokens: 30, cache_creation: null, output_tokens: 4 },
    { input: 1, cacheWrite: 30, output: 4 },
  ],
  [
    'U4: what a stream wrote after the split was told belongs to the kind that was seen',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 20 },
      output_tokens: 4,
    },
    { input: 1, cacheWrite: 0, cacheWrite1h: 50, output: 4 },
  ],
  [
    'U4: or to the five minutes where both were seen',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 4,
    },
    { input: 1, cacheWrite: 30, cacheWrite1h: 20, output: 4 },
  ],
  [
    'null and absent are unknown, not zero',
    { input_tokens: 3, cache_read_input_tokens: null, cache_creation_input_tokens: null, output_tokens: 4, output_tokens_details: null },
    { input: 3, output: 4 },
  ],
  ['zero is zero', { input_tokens: 3, cache_read_input_tokens: 0, output_tokens: 4 }, { input: 3, cacheRead: 0, output: 4 }],
  [
    'what a compaction used is in no total and is billed; the iterations of the message are in it already',
    {
      input_tokens: 100,
      output_tokens: 10,
      iterations: [
        { type: 'compaction', input_tokens: 1_000, output_tokens: 50, cache_read_input_tokens: 7, cache_creation_input_tokens: 0 },
        { type: 'message', input_tokens: 100, output_tokens: 10 },
      ],
    },
    { input: 1_100, cacheRead: 7, cacheWrite: 0, output: 60 },
  ],
  [
    'what an advisor used is billed at the prices of another model: it is in no bucket, as it is in no total',
    {
      input_tokens: 4_727,
      output_tokens: 3_391,
      iterations: [{ type: 'advisor_message', model: 'other', input_tokens: 2_728, output_tokens: 3_880 }],
    },
    { input: 4_727, output: 3_391 },
  ],
  [
    'U7: searches of the web have a fee each: they are counted where they are told',
    { input_tokens: 1, output_tokens: 2, server_tool_use: { web_search_requests: 3, web_fetch_requests: 4 } },
    { input: 1, output: 2, search: 3 },
  ],
]

for (const [guarantee, usage, buckets] of READ) {
  test(guarantee, () => assert.deepEqual(readUsage(usage), { ok: true, buckets }))
}

test('M22: usage that is missing, negative, fractional or contradictory is told apart and not believed', () => {
  assert.equal(reason(undefined), 'missing')
  assert.equal(reason('many'), 'missing')
  assert.equal(reason({ output_tokens: 4 }), 'missing')
  assert.equal(reason({ input_tokens: 4, output_tokens: null }), 'missing')
  assert.equal(reason({ input_tokens: 0, output_tokens: 0 }), 'missing')
  assert.equal(reason({ input_tokens: -1, output_tokens: 4 }), 'negative')
  assert.equal(reason({ input_tokens: 1, output_tokens: 4.5 }), 'fractional')
  assert.equal(reason({ input_tokens: '1', output_tokens: 4 }), 'contradictory')
  assert.equal(reason({ input_tokens: 1e300, output_tokens: 4 }), 'contradictory')
  assert.equal(reason({ input_tokens: 1, output_tokens: 4, output_tokens_details: { thinking_tokens: 5 } }), 'contradictory')
  const split = { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 }
  assert.equal(reason({ input_tokens: 1, output_tokens: 4, cache_creation_input_tokens: 29, cache_creation: split }), 'contradictory')
  assert.equal(reason({ input_tokens: 1, output_tokens: 4, cache_creation: { ephemeral_5m_input_tokens: -1 } }), 'negative')
  assert.equal(reason({ input_tokens: 1, output_tokens: 4, iterations: [{ type: 'compaction', input_tokens: -3 }] }), 'negative')
})

test('U1, U2: usage is written from buckets with the totals of this dialect, and reads back to them', () => {
  const buckets = { input: 10, cacheRead: 20, cacheWrite: 30, cacheWrite1h: 40, output: 5, reasoning: 6 }
  const usage = writeUsage(buckets)
  assert.deepEqual(usage, {
    input_tokens: 10,
    cache_creation_input_tokens: 70,
    cache_read_input_tokens: 20,
    cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 40 },
    output_tokens: 11,
    output_tokens_details: { thinking_tokens: 6 },
  })
  assert.deepEqual(readUsage(usage), { ok: true, buckets })
})

test('U1: what is unknown is written as null where the vendor has null for it; audio and images are input', () => {
  assert.deepEqual(writeUsage({ input: 1, audioIn: 2, imageIn: 3, output: 4, audioOut: 5 }), {
    input_tokens: 6,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    cache_creation: null,
    output_tokens: 9,
  })
})
