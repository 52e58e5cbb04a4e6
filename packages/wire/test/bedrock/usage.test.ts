import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readUsage } from '../../src/bedrock/usage.ts'

function counted(usage: unknown): unknown {
  const reading = readUsage(usage)
  return reading.ok ? reading.buckets : reading.reason
}

const CASES: [name: string, usage: unknown, expected: unknown][] = [
  ['U6: none is missing', undefined, 'missing'],
  ['U6: an empty one is missing', {}, 'missing'],
  ['U6: zeros are missing', { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, 'missing'],
  ['what is not told is unknown, not zero', { inputTokens: 10, outputTokens: 5, totalTokens: 15 }, { input: 10, output: 5 }],
  [
    'U1: input does not include the cache, the total does',
    { inputTokens: 13, outputTokens: 4, totalTokens: 7287, cacheReadInputTokens: 0, cacheWriteInputTokens: 7270 },
    { input: 13, cacheRead: 0, cacheWrite: 7270, output: 4 },
  ],
  [
    'U1: where the total shows that input includes the cache, it is taken out once',
    { inputTokens: 100, outputTokens: 5, totalTokens: 105, cacheReadInputTokens: 80 },
    { input: 20, cacheRead: 80, output: 5 },
  ],
  [
    'U1: without a total input is taken as documented',
    { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 3 },
    { input: 10, cacheRead: 3, output: 5 },
  ],
  [
    'U4: what is written for an hour is told apart',
    {
      inputTokens: 10,
      outputTokens: 2,
      totalTokens: 1512,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 1500,
      cacheDetails: [
        { ttl: '1h', inputTokens: 1000 },
        { ttl: '5m', inputTokens: 500 },
      ],
    },
    { input: 10, cacheRead: 0, cacheWrite: 500, cacheWrite1h: 1000, output: 2 },
  ],
  [
    'U4: details that list less than was written leave the rest for five minutes',
    { inputTokens: 1, outputTokens: 2, totalTokens: 13, cacheWriteInputTokens: 10, cacheDetails: [{ ttl: '1h', inputTokens: 4 }] },
    { input: 1, cacheWrite: 6, cacheWrite1h: 4, output: 2 },
  ],
  [
    'U4: details without a sum are the sum',
    { inputTokens: 12, outputTokens: 6, cacheDetails: [{ ttl: '5m', inputTokens: 4 }, { ttl: '1h', inputTokens: 3 }, 'odd'] },
    { input: 12, cacheWrite: 4, cacheWrite1h: 3, output: 6 },
  ],
  [
    'U4: no details at all',
    { inputTokens: 1, outputTokens: 2, cacheWriteInputTokens: 3, cacheDetails: null },
    { input: 1, cacheWrite: 3, output: 2 },
  ],
  [
    'M22: details that list more than was written',
    { inputTokens: 1, outputTokens: 2, cacheWriteInputTokens: 3, cacheDetails: [{ ttl: '1h', inputTokens: 4 }] },
    'contradictory',
  ],
  ['M22: a total that fits neither reading', { inputTokens: 10, outputTokens: 5, totalTokens: 99 }, 'contradictory'],
  [
    'M22: a cache larger than an input that would include it',
    { inputTokens: 5, outputTokens: 7, totalTokens: 12, cacheReadInputTokens: 100 },
    'contradictory',
  ],
  ['M22: negative', { inputTokens: -1, outputTokens: 5 }, 'negative'],
  [
    'M22: negative, deep inside',
    { inputTokens: 1, outputTokens: 5, cacheWriteInputTokens: 1, cacheDetails: [{ ttl: '5m', inputTokens: -1 }] },
    'negative',
  ],
  ['M22: fractional', { inputTokens: 1.5, outputTokens: 5 }, 'fractional'],
  ['M22: no number', { inputTokens: '10', outputTokens: 5 }, 'contradictory'],
  ['M22: beyond what can be counted', { inputTokens: 2 ** 60, outputTokens: 5 }, 'contradictory'],
  ['one side alone is missing', { inputTokens: 10 }, 'missing'],
]

for (const [name, usage, expected] of CASES) {
  test(name, () => assert.deepEqual(counted(usage), expected))
}
