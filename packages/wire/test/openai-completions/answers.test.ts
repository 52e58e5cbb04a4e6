import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, ProblemLike, StreamEvent } from '../../src/index.ts'
import { openaiCompletions } from '../../src/openai-completions/dialect.ts'
import { chunksOf, eventOf, frame } from './support.ts'

const USAGE = {
  prompt_tokens: 3,
  completion_tokens: 4,
  total_tokens: 7,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
}
const LOGPROBS = [
  { token: ' a', logprob: -1, top: [{ token: ' b', logprob: -2 }] },
  { token: 'c', logprob: -3, top: [] },
]

test('a chat’s answer becomes a text: without reasoning, with its log probabilities in columns', () => {
  const answer: Answer = {
    id: 'chatcmpl-1',
    choices: [
      {
        parts: [
          { type: 'reasoning', text: 'so', at: '' },
          { type: 'text', text: ' ac', at: '' },
        ],
        stop: { reason: 'length' },
        logprobs: LOGPROBS,
      },
      { parts: [{ type: 'refusal', text: 'no', at: '' }], stop: { reason: 'stop' } },
    ],
    usage: { ok: true, buckets: {} },
  }
  const body: unknown = JSON.parse(openaiCompletions.encodeAnswer(answer, frame(), { input: 3, output: 4 }).toString())
  assert.deepEqual(body, {
    id: 'cmpl-7',
    object: 'text_completion',
    created: 5,
    model: 'asked',
    choices: [
      {
        text: ' ac',
        index: 0,
        logprobs: { tokens: [' a', 'c'], token_logprobs: [-1, -3], top_logprobs: [{ ' b': -2 }, {}], text_offset: [0, 2] },
        finish_reason: 'length',
      },
      { text: 'no', index: 1, logprobs: null, finish_reason: 'stop' },
    ],
    usage: USAGE,
  })
})

function written(events: StreamEvent[], includeUsage = false): unknown[] {
  const encoder = openaiCompletions.streamEncoder(frame({ includeUsage }))
  return chunksOf(Buffer.concat([...events.map((event) => encoder.encode([event])), encoder.end({ input: 3, output: 4 })]))
}

const HEAD = { id: 'cmpl-7', object: 'text_completion', created: 5, model: 'asked' }
const EVENTS: StreamEvent[] = [
  { type: 'start', id: 'chatcmpl-1' },
  { type: 'reasoning', choice: 0, text: 'so' },
  { type: 'text', choice: 0, text: ' a', logprobs: LOGPROBS.slice(0, 1) },
  { type: 'text', choice: 0, text: 'c', logprobs: LOGPROBS.slice(1) },
  { type: 'finish', choice: 0, stop: { reason: 'stop_sequence' } },
  { type: 'done' },
]

test('S2: a stream is text as it comes, one end, one [DONE]; offsets count on', () => {
  assert.deepEqual(written(EVENTS), [
    {
      ...HEAD,
      choices: [
        {
          text: ' a',
          index: 0,
          logprobs: { tokens: [' a'], token_logprobs: [-1], top_logprobs: [{ ' b': -2 }], text_offset: [0] },
          finish_reason: null,
        },
      ],
    },
    {
      ...HEAD,
      choices: [
        {
          text: 'c',
          index: 0,
          logprobs: { tokens: ['c'], token_logprobs: [-3], top_logprobs: [{}], text_offset: [2] },
          finish_reason: null,
        },
      ],
    },
    { ...HEAD, choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }] },
    '[DONE]',
  ])
})

test('U5: usage comes once, before [DONE], and only to who asked', () => {
  const chunks = written(EVENTS, true) as { choices: unknown[]; usage: unknown }[]
  assert.deepEqual(
    chunks.slice(0, -1).map(({ usage }) => usage),
    [null, null, null, USAGE],
  )
  assert.deepEqual(chunks.at(-2)?.choices, [])
  assert.equal(JSON.stringify(written(EVENTS)).includes('usage'), false)
})

test('an answer without text ends all the same', () => {
  assert.deepEqual(written([]), [{ ...HEAD, choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }] }, '[DONE]'])
})

test('S5: a refusal in mid-stream is a chunk with `error`, the error by itself, and no end', () => {
  const error = { type: 'billing_error', code: 'insufficient_quota', message: 'Out of credit.', param: null }
  const problem: ProblemLike = {
    status: 402,
    code: 'stream_funds_exhausted',
    detail: 'Out of credit.',
    title: 't',
    requestId: 'req_1',
    error,
  }
  const [chunk, alone, more] = chunksOf(openaiCompletions.errorEvent(problem, { id: 'cmpl-9', model: 'm' })) as Record<string, unknown>[]
  assert.equal(more, undefined)
  assert.deepEqual(chunk?.['error'], { ...problem, message: 'Out of credit.' })
  assert.deepEqual(alone, { error: chunk['error'] })
  const step = openaiCompletions.streamReader(1).read(eventOf(chunk))
  assert.deepEqual([step.kind, step.error?.message], ['error', 'Out of credit.'])
})
