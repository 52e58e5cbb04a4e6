import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absurd, readUsage } from '../src/index.ts'

function buckets(usage: unknown): unknown {
  const reading = readUsage(usage)
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.buckets
}

function reason(usage: unknown): string {
  const reading = readUsage(usage)
  return reading.ok ? 'ok' : reading.reason
}

test('U1: what came from the cache is taken out of prompt_tokens', () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 10,
    total_tokens: 110,
    prompt_tokens_details: { cached_tokens: 60, audio_tokens: 5 },
  }
  assert.deepEqual(buckets(usage), { input: 35, cacheRead: 60, audioIn: 5, output: 10 })
})

test('U2: reasoning, audio and images are taken out of completion_tokens', () => {
  const usage = {
    prompt_tokens: 1,
    completion_tokens: 100,
    total_tokens: 101,
    completion_tokens_details: { reasoning_tokens: 64, audio_tokens: 6, image_tokens: 10, accepted_prediction_tokens: 3 },
  }
  assert.deepEqual(buckets(usage), { input: 1, output: 20, reasoning: 64, audioOut: 6, imageOut: 10 })
})

test('details that are absent or null leave their bucket absent: unknown is not zero', () => {
  assert.deepEqual(buckets({ prompt_tokens: 3, completion_tokens: 4 }), { input: 3, output: 4 })
  assert.deepEqual(
    buckets({ prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: null, completion_tokens_details: { reasoning_tokens: null } }),
    { input: 3, output: 4 },
  )
  assert.deepEqual(buckets({ prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 0 } }), {
    input: 3,
    cacheRead: 0,
    output: 4,
  })
})

test('the dialects of DeepSeek, Moonshot and of cache writes are understood', () => {
  assert.deepEqual(buckets({ prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }), {
    input: 6,
    cacheRead: 4,
    output: 1,
  })
  assert.deepEqual(buckets({ prompt_tokens: 10, completion_tokens: 1, cached_tokens: 4 }), { input: 6, cacheRead: 4, output: 1 })
  assert.deepEqual(
    buckets({ prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 3 } }),
    { input: 5, cacheRead: 2, cacheWrite: 3, output: 1 },
  )
})

test('reasoning outside completion_tokens is believed where the total shows it', () => {
  const xai = { prompt_tokens: 12, completion_tokens: 2, total_tokens: 354, completion_tokens_details: { reasoning_tokens: 340 } }
  assert.deepEqual(buckets(xai), { input: 12, output: 2, reasoning: 340 })
  assert.deepEqual(buckets({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 20 }), { input: 5, output: 7, reasoning: 8 })
})

test('M22: negative, fractional and contradictory usage is told apart and not believed', () => {
  assert.equal(reason({ prompt_tokens: -1, completion_tokens: 1 }), 'negative')
  assert.equal(reason({ prompt_tokens: 1, completion_tokens: 1.5 }), 'fractional')
  assert.equal(reason({ prompt_tokens: 1, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: -5 } }), 'negative')
  assert.equal(reason({ prompt_tokens: '1', completion_tokens: 1 }), 'contradictory')
  assert.equal(reason({ prompt_tokens: 1e300, completion_tokens: 1 }), 'contradictory')
  assert.equal(reason({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 9 }), 'contradictory')
  assert.equal(reason({ prompt_tokens: 5, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 6 } }), 'contradictory')
  assert.equal(
    reason({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 10, completion_tokens_details: { reasoning_tokens: 6 } }),
    'contradictory',
  )
  assert.equal(
    reason({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 13, completion_tokens_details: { reasoning_tokens: 2 } }),
    'contradictory',
  )
  assert.equal(
    reason({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 14, prompt_tokens_details: { cached_tokens: 4 } }),
    'contradictory',
  )
})

test('M22: parts that overlap never make a bucket negative', () => {
  assert.deepEqual(buckets({ prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 8, audio_tokens: 6 } }), {
    input: 0,
    cacheRead: 8,
    audioIn: 2,
    output: 1,
  })
})

test('U6: absent, null, empty and all-zero usage is missing', () => {
  for (const usage of [
    undefined,
    null,
    'x',
    [],
    {},
    { prompt_tokens: 1 },
    { prompt_tokens: null, completion_tokens: null },
    { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  ]) {
    assert.equal(reason(usage), 'missing', JSON.stringify(usage))
  }
})

test('M22: more than four times the bound is absurd, on either side', () => {
  const bound = { input: 10, output: 5 }
  assert.equal(absurd({ input: 30, cacheRead: 10, output: 15, reasoning: 5 }, bound), false)
  assert.equal(absurd({ input: 30, cacheRead: 11 }, bound), true)
  assert.equal(absurd({ output: 15, audioOut: 6 }, bound), true)
})
