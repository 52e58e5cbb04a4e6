import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatStreamReader, errorEvent, SseSplitter } from '../src/index.ts'
import type { StreamStep } from '../src/index.ts'

function steps(n: number, ...chunks: unknown[]): StreamStep[] {
  const reader = new ChatStreamReader(n)
  return chunks.map((chunk) => {
    const data = typeof chunk === 'string' ? chunk : JSON.stringify(chunk)
    return reader.read({ raw: Buffer.from(`data: ${data}\n\n`), data, event: undefined })
  })
}

function one(chunk: unknown): StreamStep {
  const [step] = steps(1, chunk)
  assert.ok(step)
  return step
}

const chunkOf = (delta: unknown, finish: string | null = null, index = 0): unknown => ({
  id: 'c',
  model: 'm',
  choices: [{ index, delta, finish_reason: finish }],
})
const USAGE = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

test('text is what the model made, whatever member carries it, and each piece once', () => {
  assert.equal(one(chunkOf({ role: 'assistant', content: 'a' })).text, 'a')
  assert.equal(one(chunkOf({ content: null, refusal: 'no' })).text, 'no')
  assert.equal(one(chunkOf({ reasoning_content: 'r', content: 'c' })).text, 'cr')
  assert.equal(one(chunkOf({ reasoning: 'r', reasoning_content: 'r', reasoning_details: [{ text: 'r' }] })).text, 'r')
  assert.equal(
    one(
      chunkOf({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 't' }] },
          { type: 'text', text: 'x' },
        ],
      }),
    ).text,
    'tx',
  )
  assert.equal(one(chunkOf({ function_call: { name: 'f', arguments: '{' } })).text, 'f{')
  assert.equal(one(chunkOf({ audio: { data: 'AAAA', transcript: 'hey' } })).text, 'hey')
  assert.equal(one(chunkOf({ content: '"\\\n\u00e9' })).text, '"\\\n\u00e9')
})

test('T1, T2: names and argument fragments of parallel tool calls count, and arguments sent as an object', () => {
  const calls = [
    { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
    { index: 1, function: { arguments: '{"x"' } },
  ]
  assert.equal(one(chunkOf({ tool_calls: calls })).text, 'f{"x"')
  assert.equal(one(chunkOf({ tool_calls: [{ index: 0, function: { name: 'f', arguments: { x: 1 } } }] })).text, 'f{"x":1}')
  assert.equal(one(chunkOf({ tool_calls: [{ index: 0, custom: { name: 'g', input: 'i' } }] })).text, 'gi')
})

test('a stream of n choices is finished when each has its finish reason', () => {
  const finished = steps(2, chunkOf({ content: 'a' }), chunkOf({}, 'stop', 1), chunkOf({}, 'stop', 1), chunkOf({}, 'length', 0)).map(
    (step) => step.finished,
  )
  assert.deepEqual(finished, [false, false, false, true])
})

test('U5: a chunk that only carries usage is told from one that also carries text', () => {
  const only = one({ choices: [], usage: USAGE })
  assert.deepEqual([only.kind, only.usageOnly, only.usage], ['usage', true, { ok: true, buckets: { input: 3, output: 4 } }])
  const withFinish = one({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE })
  assert.deepEqual([withFinish.kind, withFinish.usageOnly, withFinish.finished, withFinish.usage?.ok], ['delta', false, true, true])
})

test('U6: usage null or absent is no reading; zero is a reading that is missing; in every chunk it is read each time', () => {
  assert.equal('usage' in one({ choices: [], usage: null }), false)
  assert.equal(one({ choices: [], prompt_filter_results: [] }).kind, 'other')
  assert.deepEqual(one({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }).usage?.ok, false)
  const cumulative = [1, 2, 3].map((count) => ({
    choices: [{ index: 0, delta: { content: 'a' } }],
    usage: { prompt_tokens: 3, completion_tokens: count },
  }))
  assert.deepEqual(
    steps(1, ...cumulative).map(({ usage }) => usage?.ok === true && usage.buckets.output),
    [1, 2, 3],
  )
})

test('an error in a 200 stream is seen, whatever its shape', () => {
  const shapes: [unknown, string][] = [
    [{ error: { message: 'overloaded', code: 502 } }, 'overloaded'],
    [{ error: 'plain' }, 'plain'],
    [
      {
        id: 'g',
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
        error: { code: 'server_error', message: 'gone' },
      },
      'gone',
    ],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { message: 'inner' } }] }, 'inner'],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }, 'the upstream ended the answer with finish_reason "error"'],
  ]
  for (const [chunk, message] of shapes) {
    const step = one(chunk)
    assert.deepEqual([step.kind, step.error?.message], ['error', message])
  }
  const named = new ChatStreamReader(1).read({ raw: Buffer.alloc(0), data: '{"detail":"bad"}', event: 'error' })
  assert.deepEqual([named.kind, named.error?.message], ['error', 'bad'])
})

test('S2: [DONE] is the end; comments, unreadable data and unknown chunks are passed by', () => {
  assert.equal(one('[DONE]').kind, 'done')
  assert.equal(one(' [DONE]').kind, 'done')
  assert.equal(new ChatStreamReader(1).read({ raw: Buffer.from(': ping\n\n'), data: undefined, event: undefined }).kind, 'other')
  for (const data of ['{"choices":[{"del', '[]', '"x"', '{}', 'null']) assert.equal(one(data).kind, 'other', data)
})

test('chunks that differ only in their content read the same as parsed ones', () => {
  const chunk = (content: string, tail = ''): string =>
    `{"id":"c","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]${tail}}`
  const texts = ['first', 'second', 'with "quotes"', 'back\\slash', 'line\nbreak', 'é😀', '', '"},"finish_reason":"stop"}]}', 'last']
  assert.deepEqual(
    steps(1, ...texts.map((text) => chunk(text))).map(({ text }) => text),
    texts,
  )
  const tampered = steps(
    1,
    chunk('a'),
    chunk('b'),
    '{"id":"c","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}],"y":[{"delta":{"content":"z"},"finish_reason":null}]}',
  )
  assert.deepEqual(
    tampered.map(({ text, finished }) => [text, finished]),
    [
      ['a', false],
      ['b', false],
      ['x', true],
    ],
  )
  const usage = steps(1, chunk('a'), chunk('b', ',"usage":{"prompt_tokens":1,"completion_tokens":2}'))
  assert.equal(usage[1]?.usage?.ok, true)
})

test('most chunks of a stream are read without parsing, also where the vendor pads them', (context) => {
  const parse = context.mock.method(JSON, 'parse')
  for (const padding of [undefined, ['xY1', 'z', 'longer', '']]) {
    const chunks = Array.from({ length: 50 }, (_, at) => {
      const pad = padding === undefined ? {} : { obfuscation: padding[at % padding.length] }
      return JSON.stringify({
        id: 'c',
        choices: [{ index: 0, delta: { content: ` word${at}` }, finish_reason: null }],
        usage: null,
        ...pad,
      })
    })
    const before = parse.mock.callCount()
    assert.equal(steps(1, ...chunks).at(-1)?.text, ' word49')
    assert.equal(parse.mock.callCount() - before, 2)
  }
})

test('an event that is named error is one, even if it looks like the chunks before it', () => {
  const reader = new ChatStreamReader(1)
  const data = JSON.stringify(chunkOf({ content: 'a' }))
  const kinds = [undefined, undefined, 'error'].map((event) => reader.read({ raw: Buffer.alloc(0), data, event }).kind)
  assert.deepEqual(kinds, ['delta', 'delta', 'error'])
})

test('the ids of the answer are remembered from its first chunk', () => {
  const reader = new ChatStreamReader(1)
  reader.read({ raw: Buffer.alloc(0), data: '{"id":"c1","created":5,"model":"m","choices":[]}', event: undefined })
  assert.deepEqual(reader.ids, { id: 'c1', created: 5, model: 'm' })
})

test('S5, S7: our error event is a chunk with `error` and finish reason error, which a reader sees as an error, and the error by itself after it', () => {
  const bytes = errorEvent(
    { code: 'stream_funds_exhausted', detail: 'Out of credit.', status: 402, requestId: 'req_1' },
    { id: 'c1', model: 'm' },
  )
  const events = new SseSplitter().push(bytes)
  assert.equal(events.length, 2)
  const data = events[0]?.data ?? ''
  const chunk = JSON.parse(data) as Record<string, unknown>
  assert.deepEqual(chunk['choices'], [{ index: 0, delta: {}, finish_reason: 'error' }])
  assert.deepEqual(chunk['error'], {
    code: 'stream_funds_exhausted',
    detail: 'Out of credit.',
    status: 402,
    requestId: 'req_1',
    message: 'Out of credit.',
  })
  assert.deepEqual([chunk['id'], chunk['object'], chunk['model']], ['c1', 'chat.completion.chunk', 'm'])
  assert.equal(one(data).error?.message, 'Out of credit.')
  assert.deepEqual(JSON.parse(events[1]?.data ?? ''), { error: chunk['error'] })
})
