import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Stop } from '../../src/canonical/answer.ts'
import type { Part } from '../../src/canonical/conversation.ts'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import { ollama, ollamaGenerate } from '../../src/ollama/dialect.ts'
import { readUsage, usageOf } from '../../src/ollama/usage.ts'
import { STREAMS, wholeOf } from './fixtures.ts'
import { bodyOf, frame, PROBLEM } from './support.ts'

const BUCKETS = { input: 3, output: 4 }

function saying(parts: readonly Part[], type: 'text' | 'reasoning'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('')
}

for (const fixture of STREAMS) {
  test(`U1, R2: a whole answer is read: ${fixture.name}`, () => {
    const body = bodyOf(wholeOf(fixture))
    const answer = ollama.decodeAnswer(body)
    const [choice] = answer?.choices ?? []
    assert.ok(answer && choice)
    assert.deepEqual([saying(choice.parts, 'text'), saying(choice.parts, 'reasoning')], [fixture.text, fixture.thinking])
    assert.deepEqual(
      choice.parts.flatMap((part) => (part.type === 'tool_call' ? [`${part.name} ${part.arguments}`] : [])),
      fixture.calls,
    )
    assert.equal(choice.stop.reason, fixture.stop)
    assert.deepEqual([answer.model, answer.created], ['qwen3', Date.parse('2026-10-26T17:21:21Z') / 1000])
    const usage = fixture.buckets === undefined ? 'missing' : fixture.buckets
    assert.deepEqual(answer.usage.ok ? answer.usage.buckets : answer.usage.reason, usage)
    const reading = ollama.readAnswer(body)
    assert.deepEqual([reading?.usage, reading?.hasOutput], [answer.usage, true])
  })

  test(`an answer says the same when it is encoded again, in either shape: ${fixture.name}`, () => {
    const answer = ollama.decodeAnswer(bodyOf(wholeOf(fixture)))
    assert.ok(answer)
    const buckets = answer.usage.ok ? answer.usage.buckets : BUCKETS
    const again = ollama.decodeAnswer(ollama.encodeAnswer(answer, frame(), buckets))
    assert.deepEqual(again?.choices, answer.choices)
    assert.deepEqual(again?.usage, { ok: true, buckets })
    const completion = ollama.decodeAnswer(ollamaGenerate.encodeAnswer(answer, frame(), buckets))
    assert.equal(saying(completion?.choices[0]?.parts ?? [], 'text'), fixture.text)
  })
}

const NO_ANSWERS: [name: string, body: Buffer][] = [
  ['HTML', Buffer.from('<html>')],
  ['cut JSON', Buffer.from('{"model":"m","message":{"role":"assis')],
  ['an error under status 200', bodyOf({ error: 'model failed' })],
  ['a line of a stream', bodyOf({ model: 'm', message: { role: 'assistant', content: 'a' }, done: false })],
  ['a list of models', bodyOf({ models: [] })],
]

for (const [name, body] of NO_ANSWERS) {
  test(`E3: ${name} is no answer`, () => {
    assert.equal(ollama.readAnswer(body), undefined)
    assert.equal(ollama.decodeAnswer(body), undefined)
  })
}

const USAGES: [name: string, answer: object, expected: object | string][] = [
  ['both counts', { prompt_eval_count: 5, eval_count: 6 }, { input: 5, output: 6 }],
  ['the cached part apart', { prompt_eval_count: 5, prompt_eval_cached_count: 4, eval_count: 6 }, { input: 1, cacheRead: 4, output: 6 }],
  ['nothing cached', { prompt_eval_count: 5, prompt_eval_cached_count: 0, eval_count: 6 }, { input: 5, cacheRead: 0, output: 6 }],
  ['no count of the prompt', { eval_count: 6 }, 'missing'],
  ['no count of the answer', { prompt_eval_count: 5 }, 'missing'],
  ['neither', {}, 'missing'],
  ['a model that was only loaded', { done_reason: 'load' }, { input: 0, output: 0 }],
  ['a model that was put away', { done_reason: 'unload' }, { input: 0, output: 0 }],
  ['negative', { prompt_eval_count: -5, eval_count: 6 }, 'negative'],
  ['fractional', { prompt_eval_count: 5, eval_count: 6.5 }, 'fractional'],
  ['no number', { prompt_eval_count: '5', eval_count: 6 }, 'contradictory'],
  ['more cached than there is', { prompt_eval_count: 5, prompt_eval_cached_count: 6, eval_count: 6 }, 'contradictory'],
]

for (const [name, answer, expected] of USAGES) {
  test(`U6, M22: usage: ${name}`, () => {
    const reading = readUsage(answer)
    assert.deepEqual(reading.ok ? reading.buckets : reading.reason, expected)
  })
}

test('U1, U2: counts for a caller are the sums of the buckets; durations that nobody measured are not told', () => {
  assert.deepEqual(usageOf({ input: 5, cacheRead: 3, cacheWrite: 2, output: 4, reasoning: 6 }), {
    prompt_eval_count: 10,
    prompt_eval_cached_count: 3,
    eval_count: 10,
  })
})

const STOPS: [word: unknown, stop: Stop][] = [
  ['stop', { reason: 'stop' }],
  ['length', { reason: 'length' }],
  ['load', { reason: 'stop', raw: 'load' }],
  [undefined, { reason: 'stop' }],
  ['something new', { reason: 'stop', raw: 'something new' }],
]

for (const [word, stop] of STOPS) {
  test(`R1: done_reason ${String(word)}`, () => {
    const answer = { model: 'm', message: { role: 'assistant', content: 'a' }, done: true, done_reason: word }
    assert.deepEqual(ollama.decodeAnswer(bodyOf(answer))?.choices[0]?.stop, stop)
  })
}

function encode(parts: Part[], stop: Stop = { reason: 'stop' }): Record<string, unknown> {
  const answer: Answer = { id: 'chatcmpl-1', model: 'up', choices: [{ parts, stop }], usage: { ok: true, buckets: BUCKETS } }
  return JSON.parse(ollama.encodeAnswer(answer, frame(), BUCKETS).toString()) as Record<string, unknown>
}

test("a translated answer is under the caller's name of the model, whole, with what is charged for", () => {
  assert.deepEqual(encode([{ type: 'text', text: 'hello', at: '' }], { reason: 'length' }), {
    model: 'mine',
    created_at: '2023-11-14T22:13:20.000Z',
    message: { role: 'assistant', content: 'hello' },
    done: true,
    done_reason: 'length',
    prompt_eval_count: 3,
    eval_count: 4,
  })
})

test('T4, T2: ids carry the signature; numbers keep their digits; a call that was cut off is text', () => {
  const { message } = encode([
    { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"id":12345678901234567890}', signature: 'sig', at: '' },
    { type: 'tool_call', id: 'c2', name: 'g', arguments: '{"a":', at: '' },
    { type: 'tool_call', id: 'c3', name: 'h', arguments: '', at: '' },
  ]) as { message: { content: string; tool_calls: object[] } }
  assert.equal(message.content, '{"a":')
  assert.deepEqual(message.tool_calls.at(-1), { id: 'c3', function: { index: 1, name: 'h', arguments: {} } })
  const call: Part = { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"id":12345678901234567890}', signature: 'sig', at: '' }
  const answer: Answer = { choices: [{ parts: [call], stop: { reason: 'tool_calls' } }], usage: { ok: true, buckets: BUCKETS } }
  const text = ollama.encodeAnswer(answer, frame(), BUCKETS).toString()
  assert.ok(text.includes('{"id":12345678901234567890}') && text.includes(withSignature('c1', 'sig')), text)
})

test('log probabilities are carried with their alternatives', () => {
  const logprobs = [
    { token: 'a', logprob: -0.5, bytes: [97], top_logprobs: [{ token: 'b', logprob: -1 }] },
    { token: 'c', logprob: -2 },
  ]
  const answer = ollama.decodeAnswer(bodyOf({ model: 'm', message: { role: 'assistant', content: 'ac' }, done: true, logprobs }))
  assert.deepEqual(answer?.choices[0]?.logprobs, [
    { token: 'a', logprob: -0.5, bytes: [97], top: [{ token: 'b', logprob: -1 }] },
    { token: 'c', logprob: -2, top: [] },
  ])
  const again = JSON.parse(ollama.encodeAnswer(answer, frame(), BUCKETS).toString()) as { logprobs: object[] }
  assert.deepEqual(again.logprobs, logprobs)
})

test("E1: a refusal has its message where Ollama's clients read it, and the problem beside it", () => {
  assert.deepEqual(ollama.errorBody(PROBLEM), { ...PROBLEM, error: 'too little' })
})
