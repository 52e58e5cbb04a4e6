import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiChat, readerOf, type StreamEvent } from '../../src/index.ts'
import { chunkOf, eventOf, streamed } from './support.ts'

const USAGE = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

/** Without the event that tells the ids. */
function said(...chunks: unknown[]): StreamEvent[] {
  return streamed(...chunks).filter(({ type }) => type !== 'start')
}

const entry = (members: Record<string, unknown>, name?: string, args?: unknown): unknown => ({
  tool_calls: [{ ...members, function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) } }],
})
const begin = (call: number, id: string, name = 'f'): StreamEvent => ({ type: 'tool_call', choice: 0, call, id, name })
const args = (call: number, text: string): StreamEvent => ({ type: 'tool_arguments', choice: 0, call, text })

test('the ids are told once, from the first chunk that has any', () => {
  const events = streamed(
    { id: '', choices: [], prompt_filter_results: [] },
    chunkOf({ role: 'assistant', content: '' }),
    chunkOf({ content: 'a' }),
  )
  assert.deepEqual(events, [
    { type: 'start', id: 'chatcmpl-1', model: 'v', created: 3 },
    { type: 'text', choice: 0, text: 'a' },
  ])
})

test('S2: [DONE] is the end; comments, cut chunks and unknown ones say nothing', () => {
  assert.deepEqual(streamed('[DONE]', ' [DONE]'), [{ type: 'done' }, { type: 'done' }])
  const decoder = openaiChat.streamDecoder()
  assert.deepEqual(decoder.decode({ raw: Buffer.from(': ping\n\n'), data: undefined, event: undefined }), [])
  for (const data of ['{"choices":[{"del', '[]', '"x"', '{}', 'null', '{"choices":[5,null,{}]}']) assert.deepEqual(said(data), [], data)
})

test('S3, S4: reasoning and text in one chunk are two pieces, reasoning first; empty pieces are none', () => {
  assert.deepEqual(said(chunkOf({ content: 'x', reasoning_content: 'so' }), chunkOf({ content: '', reasoning_content: null })), [
    { type: 'reasoning', choice: 0, text: 'so' },
    { type: 'text', choice: 0, text: 'x' },
  ])
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] }
  assert.deepEqual(said(chunkOf({ content: [thinking, { type: 'text', text: 'x' }] })), [
    { type: 'reasoning', choice: 0, text: 'so' },
    { type: 'text', choice: 0, text: 'x' },
  ])
})

test('M6: OpenRouter’s details: the text once, signatures and what is hidden', () => {
  const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 }
  const events = said(
    chunkOf({ content: '', reasoning: 'so', reasoning_details: [{ ...detail, text: 'so' }] }),
    chunkOf({ content: '', reasoning: null, reasoning_details: [{ ...detail, signature: 's' }] }),
    chunkOf({ content: '', reasoning_details: [{ type: 'reasoning.encrypted', data: 'd' }] }),
  )
  assert.deepEqual(events, [
    { type: 'reasoning', choice: 0, text: 'so' },
    { type: 'reasoning_signature', choice: 0, signature: 's', origin: 'openai-chat' },
    { type: 'redacted_reasoning', choice: 0, data: 'd', origin: 'openai-chat' },
  ])
})

const CALLS: [what: string, deltas: unknown[], events: StreamEvent[]][] = [
  [
    'parallel calls, told apart by index',
    [
      entry({ index: 0, id: 'a' }, 'f', ''),
      entry({ index: 1, id: 'b' }, 'f', ''),
      entry({ index: 0 }, undefined, '{}'),
      entry({ index: 1 }, undefined, '{"x"'),
    ],
    [begin(0, 'a'), begin(1, 'b'), args(0, '{}'), args(1, '{"x"')],
  ],
  [
    'an index that begins at 1',
    [entry({ index: 1, id: 'a' }, 'f', ''), entry({ index: 1 }, undefined, '{}')],
    [begin(0, 'a'), args(0, '{}')],
  ],
  [
    'whole calls without index',
    [entry({ id: 'a' }, 'f', '{"a":1}'), entry({ id: 'b' }, 'f', '{"b":1}')],
    [begin(0, 'a'), args(0, '{"a":1}'), begin(1, 'b'), args(1, '{"b":1}')],
  ],
  [
    'whole calls under the same index',
    [entry({ index: 0, id: 'a' }, 'f', '{"a":1}'), entry({ index: 0, id: 'b' }, 'f', '{"b":1}')],
    [begin(0, 'a'), args(0, '{"a":1}'), begin(1, 'b'), args(1, '{"b":1}')],
  ],
  [
    'pieces that repeat id and name, or have an empty name',
    [entry({ index: 0, id: 'a' }, 'f', '{'), entry({ index: 0, id: 'a' }, 'f', '"x":1'), entry({ index: 0, id: '' }, '', '}')],
    [begin(0, 'a'), args(0, '{'), args(0, '"x":1'), args(0, '}')],
  ],
  ['arguments as an object', [entry({ index: 0, id: 'a' }, 'f', { z: 1, a: 2 })], [begin(0, 'a'), args(0, '{"z":1,"a":2}')]],
  ['pieces of a call that never began', [entry({ index: 3 }, undefined, '{}')], []],
]

for (const [what, deltas, events] of CALLS) {
  test(`T1, T2: ${what}`, () => assert.deepEqual(said(...deltas.map((delta) => chunkOf(delta))), events))
}

test('T2: a call without arguments is called with an empty object, and its usage is told all the same', () => {
  const events = said(chunkOf(entry({ index: 0, id: 'a' }, 'f', '')), { ...chunkOf({}, 'tool_calls'), usage: USAGE })
  assert.deepEqual(events.slice(1), [
    args(0, '{}'),
    { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } },
    { type: 'usage', usage: { ok: true, buckets: { input: 3, output: 4 } } },
  ])
})

test('calls without ids get one each, the same whenever the stream is read', () => {
  const read = (): unknown[] => said(chunkOf(entry({ index: 0 }, 'f', '{}')), chunkOf(entry({ index: 1 }, 'g', '{}')))
  const ids = read().flatMap((event) => ((event as StreamEvent).type === 'tool_call' ? [(event as { id: string }).id] : []))
  assert.equal(new Set(ids).size, 2)
  assert.deepEqual(read(), read())
})

test('older models call one function; custom tools are called with text; signatures of Gemini’s endpoint are kept', () => {
  const older = said(
    chunkOf({ function_call: { name: 'f', arguments: '' } }),
    chunkOf({ function_call: { arguments: '{}' } }),
    chunkOf({}, 'function_call'),
  )
  assert.equal(older[0]?.type === 'tool_call' && older[0].name, 'f')
  assert.deepEqual(older.slice(1), [args(0, '{}'), { type: 'finish', choice: 0, stop: { reason: 'tool_calls', raw: 'function_call' } }])
  const custom = { tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'sh', input: 'ls' } }] }
  assert.deepEqual(said(chunkOf(custom), chunkOf({}, 'tool_calls')).slice(0, 2), [{ ...begin(0, 'c', 'sh'), custom: true }, args(0, 'ls')])
  const signed = said(chunkOf(entry({ index: 0, id: 'a', extra_content: { google: { thought_signature: 's' } } }, 'f', '{}')))
  assert.deepEqual(signed[0], { ...begin(0, 'a'), signature: 's' })
})

test('R2: stop beside calls means the calls; a second finish reason is none', () => {
  const events = said(chunkOf(entry({ id: 'a' }, 'f', '{}'), 'stop'), chunkOf({}, 'stop'))
  assert.deepEqual(events.slice(2), [{ type: 'finish', choice: 0, stop: { reason: 'tool_calls', raw: 'stop' } }])
})

test('U3, U6: usage is told whenever it comes: null is none, beside a finish reason, in every chunk', () => {
  const counts = (...usages: unknown[]): unknown[] =>
    said(...usages.map((usage) => ({ choices: [], usage }))).map(
      (event) => event.type === 'usage' && event.usage.ok && event.usage.buckets.output,
    )
  assert.deepEqual(counts(null, { ...USAGE, completion_tokens: 1, total_tokens: 4 }, USAGE), [1, 4])
  assert.equal(said({ choices: [], usage: { prompt_tokens: -1 } }).at(-1)?.type, 'usage')
})

test('an error in a 200 stream is told, whatever its shape, after what came with it', () => {
  const shapes: [unknown, string][] = [
    [{ error: { message: 'overloaded' } }, 'overloaded'],
    [{ ...chunkOf({ content: '' }, 'error'), error: { message: 'gone' } }, 'gone'],
    [chunkOf({}, 'error', { error: { message: 'inner' } }), 'inner'],
    [chunkOf({}, 'error'), 'the upstream ended the answer with finish_reason "error"'],
  ]
  for (const [chunk, message] of shapes) {
    const last = said(chunk).at(-1)
    assert.equal(last?.type === 'error' && last.message, message)
    assert.equal(
      said(chunk).some(({ type }) => type === 'finish'),
      false,
    )
  }
  const named = openaiChat
    .streamDecoder()
    .decode(eventOf({ detail: 'bad' }, 'error'))
    .at(-1)
  assert.equal(named?.type === 'error' && named.message, 'bad')
  assert.deepEqual(
    said({ ...chunkOf({ content: 'a' }), error: 'x', usage: USAGE }).map(({ type }) => type),
    ['text', 'usage', 'error'],
  )
})

test('several choices are told apart; refusals, images, audio with its transcript', () => {
  assert.deepEqual(
    said({
      choices: [
        { index: 1, delta: { content: 'b' } },
        { index: 0, delta: { refusal: 'no' } },
      ],
    }),
    [
      { type: 'text', choice: 1, text: 'b' },
      { type: 'refusal', choice: 0, text: 'no' },
    ],
  )
  assert.deepEqual(
    said(chunkOf({ audio: { id: 'a', transcript: 'hey' } }), chunkOf({ audio: { data: 'AA' } }), chunkOf({ audio: { expires_at: 1 } })),
    [
      { type: 'text', choice: 0, text: 'hey' },
      { type: 'part', choice: 0, part: { type: 'audio', source: { kind: 'base64', mediaType: 'audio/pcm', data: 'AA' }, at: '' } },
    ],
  )
  const image = { type: 'image_url', image_url: { url: 'https://x/i.png' } }
  assert.deepEqual(said(chunkOf({ images: [image] })), [
    { type: 'part', choice: 0, part: { type: 'image', source: { kind: 'url', url: 'https://x/i.png' }, at: '' } },
  ])
})

test('citations are told once each, after the text has begun', () => {
  const chunk = (content: string, ...citations: string[]): unknown => ({ ...chunkOf({ content }), citations })
  assert.deepEqual(said(chunk('', 'https://x'), chunk('a', 'https://x'), chunk('b', 'https://x', 'https://y')), [
    { type: 'text', choice: 0, text: 'a' },
    { type: 'citation', choice: 0, citation: { url: 'https://x' } },
    { type: 'text', choice: 0, text: 'b' },
    { type: 'citation', choice: 0, citation: { url: 'https://y' } },
  ])
  const annotation = { type: 'url_citation', url_citation: { url: 'https://z', title: 'Z', start_index: 0, end_index: 1 } }
  assert.equal(said(chunkOf({ content: 'a' }), chunkOf({ annotations: [annotation] })).at(-1)?.type, 'citation')
})

test('log probabilities come with the text of their tokens; those of half a character wait for it', () => {
  const token = (text: string): unknown => ({ token: text, logprob: -1, bytes: [1], top_logprobs: [] })
  const [first] = said(
    chunkOf({ content: '' }, null, { logprobs: { content: [token('\\x1')] } }),
    chunkOf({ content: 'é' }, null, { logprobs: { content: [token('\\x2')] } }),
  )
  assert.deepEqual(first?.type === 'text' && first.logprobs?.map((logprob) => logprob.token), ['\\x1', '\\x2'])
})

test('the older completions stream says its text, too', () => {
  assert.deepEqual(
    said(
      { id: 'cmpl-1', choices: [{ index: 0, text: 'a', finish_reason: null }] },
      { choices: [{ index: 0, text: '', finish_reason: 'length' }] },
    ),
    [
      { type: 'text', choice: 0, text: 'a' },
      { type: 'finish', choice: 0, stop: { reason: 'length' } },
    ],
  )
})

test('S5: a stream is finished when every choice has its finish reason', () => {
  const reader = readerOf(openaiChat.streamDecoder(), 2)
  const chunks = [chunkOf({ content: 'a' }), chunkOf({}, 'stop'), { choices: [{ index: 1, delta: {}, finish_reason: 'length' }] }]
  assert.deepEqual(
    chunks.map((chunk) => reader.read(eventOf(chunk)).finished),
    [false, false, true],
  )
  assert.deepEqual(reader.ids, { id: 'chatcmpl-1', model: 'v', created: 3 })
})
