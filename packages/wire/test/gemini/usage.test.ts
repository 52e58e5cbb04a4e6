import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Buckets } from '@faregate/core'
import { INPUT_BUCKETS, OUTPUT_BUCKETS, UsageScanner, sumOf } from '../../src/index.ts'
import { GEMINI_USAGE, readUsage, tellsCounts, usageOf } from '../../src/gemini/usage.ts'

const USAGE: [what: string, usage: object, buckets: Buckets][] = [
  [
    'U2: thoughts count beside candidates',
    { promptTokenCount: 9, candidatesTokenCount: 29, thoughtsTokenCount: 258, totalTokenCount: 296 },
    { input: 9, output: 29, reasoning: 258 },
  ],
  [
    'U1: the prompt includes what is cached',
    { promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 5, totalTokenCount: 105 },
    { input: 40, cacheRead: 60, output: 5 },
  ],
  [
    'U1: what tools put in is input beside the prompt',
    { promptTokenCount: 10, toolUsePromptTokenCount: 30, candidatesTokenCount: 5, thoughtsTokenCount: 2, totalTokenCount: 47 },
    { input: 40, output: 5, reasoning: 2 },
  ],
  [
    'hosts that leave tools out of the total',
    { promptTokenCount: 10, toolUsePromptTokenCount: 30, candidatesTokenCount: 5, totalTokenCount: 15 },
    { input: 40, output: 5 },
  ],
  [
    'U2: hosts that count thoughts among candidates',
    { promptTokenCount: 10, candidatesTokenCount: 30, thoughtsTokenCount: 20, totalTokenCount: 40 },
    { input: 10, output: 10, reasoning: 20 },
  ],
  [
    'hosts that tell thoughts in the total only',
    { promptTokenCount: 10, candidatesTokenCount: 30, totalTokenCount: 60 },
    { input: 10, output: 30, reasoning: 20 },
  ],
  ['no output: the vendor leaves zeros out', { promptTokenCount: 11, totalTokenCount: 11 }, { input: 11, output: 0 }],
  ['thoughts alone', { promptTokenCount: 11, thoughtsTokenCount: 5, totalTokenCount: 16 }, { input: 11, output: 0, reasoning: 5 }],
  ['without a total', { promptTokenCount: 3, candidatesTokenCount: 4 }, { input: 3, output: 4 }],
  ['embeddings: unknown is not zero', { promptTokenCount: 3 }, { input: 3 }],
  [
    'modalities are taken out of their totals',
    {
      promptTokenCount: 100,
      candidatesTokenCount: 50,
      totalTokenCount: 150,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 20 },
        { modality: 'AUDIO', tokenCount: 30 },
        { modality: 'IMAGE', tokenCount: 40 },
        { modality: 'VIDEO', tokenCount: 10 },
      ],
      candidatesTokensDetails: [
        { modality: 'AUDIO', tokenCount: 25 },
        { modality: 'IMAGE', tokenCount: 20 },
      ],
    },
    { input: 30, audioIn: 30, imageIn: 40, output: 5, audioOut: 25, imageOut: 20 },
  ],
  [
    'cached audio is cached, not audio',
    {
      promptTokenCount: 100,
      cachedContentTokenCount: 80,
      candidatesTokenCount: 1,
      totalTokenCount: 101,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 70 }],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 65 }],
    },
    { input: 15, cacheRead: 80, audioIn: 5, output: 1 },
  ],
  [
    'M22: parts that overlap are cut to what is left',
    {
      promptTokenCount: 10,
      cachedContentTokenCount: 8,
      candidatesTokenCount: 1,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 10 }],
    },
    { input: 0, cacheRead: 8, audioIn: 2, output: 1 },
  ],
]

for (const [what, usage, buckets] of USAGE) {
  test(`usage: ${what}`, () => assert.deepEqual(readUsage(usage), { ok: true, buckets }))
}

const UNBELIEVED: [usage: unknown, reason: string][] = [
  [undefined, 'missing'],
  [{ trafficType: 'ON_DEMAND' }, 'missing'],
  [{ promptTokenCount: 0, totalTokenCount: 0 }, 'missing'],
  [{ candidatesTokenCount: 5 }, 'missing'],
  [{ promptTokenCount: -1, totalTokenCount: 1 }, 'negative'],
  [{ promptTokenCount: 1.5, totalTokenCount: 2 }, 'fractional'],
  [{ promptTokenCount: '9', totalTokenCount: 9 }, 'contradictory'],
  [{ promptTokenCount: 9, cachedContentTokenCount: 10, totalTokenCount: 9 }, 'contradictory'],
  [{ promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 10 }, 'contradictory'],
  [{ promptTokenCount: 9, candidatesTokenCount: 5, thoughtsTokenCount: 7, totalTokenCount: 99 }, 'contradictory'],
  [{ promptTokenCount: 9, candidatesTokenCount: 5, candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 6 }] }, 'contradictory'],
  [{ promptTokenCount: 2 ** 60, totalTokenCount: 2 ** 60 }, 'contradictory'],
]

test('M22: usage that cannot be is not believed, and why is told', () => {
  for (const [usage, reason] of UNBELIEVED) {
    const reading = readUsage(usage)
    assert.equal(reading.ok ? 'believed' : reason, reading.ok ? reason : reading.reason, JSON.stringify(usage))
  }
})

test('U3: a chunk in the middle that tells no counts tells no usage', () => {
  assert.deepEqual([{ trafficType: 'ON_DEMAND' }, { promptTokenCount: 1 }, undefined, []].map(tellsCounts), [false, true, false, false])
})

const CHARGED: Buckets[] = [
  { input: 40, cacheRead: 60, output: 5, reasoning: 7 },
  { input: 30, audioIn: 30, imageIn: 40, output: 5, audioOut: 25, imageOut: 20 },
  { input: 1, cacheRead: 2, audioIn: 3, output: 0 },
]

test('U1, U2: a caller is told what is charged: the prompt with its cache, thoughts beside, the total of all', () => {
  for (const buckets of CHARGED) {
    const usage = usageOf(buckets) ?? {}
    assert.deepEqual(readUsage(usage), { ok: true, buckets })
    assert.equal(usage['totalTokenCount'], sumOf(buckets, [...INPUT_BUCKETS, ...OUTPUT_BUCKETS]))
  }
  assert.equal(usageOf({ input: 1, cacheWrite: 2, cacheWrite1h: 3 })?.['promptTokenCount'], 6)
  assert.equal(usageOf({}), undefined)
})

test('usage is found in an answer of any size as it passes', () => {
  const scanner = new UsageScanner(GEMINI_USAGE)
  const body = JSON.stringify({
    candidates: [{ usageMetadata: { promptTokenCount: 1 } }],
    usageMetadata: { promptTokenCount: 5, totalTokenCount: 7 },
  })
  for (const byte of Buffer.from(body)) scanner.push(Buffer.from([byte]))
  assert.deepEqual([scanner.whole, scanner.result()], [true, { ok: true, buckets: { input: 5, output: 0, reasoning: 2 } }])
})
