import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openaiChat, splitSignature, withSignature, type StreamEvent } from '../../src/index.ts'
import { chunkOf, chunksOf, conversationOf, decoded, deltasOf, eventOf, frame, requestOf, streamed, written } from './support.ts'

const text = (value: string, choice = 0): StreamEvent => ({ type: 'text', choice, text: value })
const finish = (reason: 'stop' | 'tool_calls' = 'stop', choice = 0): StreamEvent => ({ type: 'finish', choice, stop: { reason } })
const call = (number: number, id: string): StreamEvent => ({ type: 'tool_call', choice: 0, call: number, id, name: 'f' })
const args = (number: number, value: string): StreamEvent => ({ type: 'tool_arguments', choice: 0, call: number, text: value })

const HEAD = { id: 'chatcmpl-7', object: 'chat.completion.chunk', created: 5, model: 'asked' }

test('S2, S7: role with the first delta, one finish chunk, one [DONE]; every chunk has choices', () => {
  assert.deepEqual(chunksOf(written([{ type: 'start', id: 'msg_1', model: 'v', created: 1 }, text('a'), text('b'), finish()])), [
    { ...HEAD, choices: [{ index: 0, delta: { role: 'assistant', content: 'a' }, logprobs: null, finish_reason: null }] },
    { ...HEAD, choices: [{ index: 0, delta: { content: 'b' }, logprobs: null, finish_reason: null }] },
    { ...HEAD, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] },
    '[DONE]',
  ])
})

test('S5, M16: until the end nothing says that the answer is complete', () => {
  const encoder = openaiChat.streamEncoder(frame({ includeUsage: true }))
  const sent = [text('a'), finish(), { type: 'usage', usage: { ok: true, buckets: {} } }, { type: 'done' }] satisfies StreamEvent[]
  const bytes = Buffer.concat(sent.map((event) => encoder.encode([event])))
  assert.equal(bytes.includes('"finish_reason":"stop"'), false)
  assert.equal(bytes.includes('[DONE]'), false)
  assert.deepEqual(encoder.ids, { id: 'chatcmpl-7', created: 5, model: 'asked' })
})

test('U5: usage comes once, with `choices: []`, before [DONE], and only to who asked; then every chunk before has null', () => {
  const asked = chunksOf(written([text('a'), finish()], { includeUsage: true })) as { choices: unknown[]; usage: unknown }[]
  assert.deepEqual(
    asked.slice(0, -1).map(({ usage }) => usage !== null),
    [false, false, true],
  )
  const [, , last, done] = asked
  assert.deepEqual([last?.choices, done], [[], '[DONE]'])
  assert.deepEqual(last?.usage, {
    prompt_tokens: 3,
    completion_tokens: 4,
    total_tokens: 7,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  })
  assert.equal(written([text('a'), finish()]).includes('usage'), false)
})

test('E8: an id of the upstream’s with the prefix of this dialect is kept', () => {
  const [first] = chunksOf(written([{ type: 'start', id: 'chatcmpl-9' }, text('a'), finish()])) as { id: string }[]
  assert.equal(first?.id, 'chatcmpl-9')
})

test('S8: each event is written as it comes; an answer without output still says who speaks and how it ended', () => {
  const encoder = openaiChat.streamEncoder(frame())
  assert.notEqual(encoder.encode([args(0, ''), call(0, 'a')]).length, 0)
  assert.equal(encoder.encode([text('')]).length, 0)
  assert.deepEqual(deltasOf(written([{ type: 'start' }])), [{ role: 'assistant', content: '' }])
})

test('T1: parallel calls: id and name once, arguments under their index', () => {
  assert.deepEqual(deltasOf(written([call(0, 'a'), call(1, 'b'), args(0, '{'), args(1, '{}'), args(0, '}'), finish('tool_calls')])), [
    { role: 'assistant', tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '}' } }] },
  ])
})

test('T2: a call without arguments gets an empty object; T4: a signature travels in the id; custom tools take text', () => {
  const signed: StreamEvent = { type: 'tool_call', choice: 0, call: 0, id: 'a', name: 'f', signature: 'sig' }
  const custom: StreamEvent = { type: 'tool_call', choice: 0, call: 1, id: 'c', name: 'sh', custom: true }
  assert.deepEqual(deltasOf(written([signed, custom, args(1, 'ls'), finish('tool_calls')])), [
    {
      role: 'assistant',
      tool_calls: [{ index: 0, id: withSignature('a', 'sig'), type: 'function', function: { name: 'f', arguments: '' } }],
    },
    { tool_calls: [{ index: 1, id: 'c', type: 'custom', custom: { name: 'sh', input: '' } }] },
    { tool_calls: [{ index: 1, custom: { input: 'ls' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
  ])
})

test('older callers get one function_call', () => {
  const conversation = conversationOf({ tools: [{ type: 'function', name: 'f', at: '/functions/0' }] })
  const bytes = written([call(0, 'a'), args(0, '{}'), call(1, 'b'), args(1, '{}'), finish('tool_calls')], { conversation })
  assert.deepEqual(deltasOf(bytes), [
    { role: 'assistant', function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{}' } },
  ])
  assert.equal(bytes.includes('"finish_reason":"function_call"'), true)
})

const THOUGHT: StreamEvent[] = [
  { type: 'reasoning', choice: 0, text: 'so' },
  { type: 'reasoning', choice: 0, text: ' on' },
  { type: 'reasoning_signature', choice: 0, signature: 's', origin: 'anthropic' },
  { type: 'redacted_reasoning', choice: 0, data: 'd', origin: 'anthropic' },
  text('x'),
  { type: 'reasoning', choice: 0, text: 'again' },
  finish(),
]

test('S4, M6: reasoning under the name that clients know, and in details that bring its signature', () => {
  assert.deepEqual(deltasOf(written(THOUGHT)), [
    { role: 'assistant', reasoning_content: 'so', reasoning_details: [{ type: 'reasoning.text', text: 'so', index: 0 }] },
    { reasoning_content: ' on', reasoning_details: [{ type: 'reasoning.text', text: ' on', index: 0 }] },
    { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 's', format: 'anthropic', length: 5, index: 0 }] },
    { reasoning_details: [{ type: 'reasoning.encrypted', data: 'd', format: 'anthropic', index: 1 }] },
    { content: 'x' },
    { reasoning_content: 'again', reasoning_details: [{ type: 'reasoning.text', text: 'again', index: 2 }] },
  ])
})

test('M6: a caller who asked not to see reasoning sees none', () => {
  const conversation = conversationOf({ reasoning: { show: false } })
  assert.deepEqual(deltasOf(written(THOUGHT, { conversation })), [{ role: 'assistant', content: 'x' }])
})

test('M6: a client that keeps unknown members sends signed reasoning back as it was', () => {
  type Delta = { reasoning_details?: unknown[]; content?: string }
  const deltas = deltasOf(written(THOUGHT)) as Delta[]
  const message = { role: 'assistant', content: 'x', reasoning_details: deltas.flatMap((delta) => delta.reasoning_details ?? []) }
  const [turn] = decoded(requestOf({ messages: [message] })).turns
  assert.deepEqual(
    turn?.parts.map(({ at: _, ...part }) => part),
    [
      { type: 'reasoning', text: 'so on', signature: 's', origin: 'anthropic' },
      { type: 'reasoning', text: '', redacted: 'd', origin: 'anthropic' },
      { type: 'reasoning', text: 'again' },
      { type: 'text', text: 'x' },
    ],
  )
})

test('M6: a client that keeps only the last piece of what it does not know sends no signature for less than was signed', () => {
  const partsOf = (members: Record<string, unknown>): unknown[] => {
    const message = { role: 'assistant', content: 'x', ...members }
    return decoded(requestOf({ messages: [message] })).turns[0]?.parts.map(({ at: _, ...part }) => part) ?? []
  }
  const last = deltasOf(written(THOUGHT.slice(0, 3)))
    .slice(1)
    .reduce((message, delta) => ({ ...message, ...delta }), {})
  assert.deepEqual(partsOf(last), [
    { type: 'reasoning', text: ' on' },
    { type: 'text', text: 'x' },
  ])
  assert.deepEqual(partsOf({ ...last, reasoning_content: 'so on' })[0], {
    type: 'reasoning',
    text: 'so on',
    signature: 's',
    origin: 'anthropic',
  })
})

test('citations are annotations with a place, all at once at the end; what has no address is none', () => {
  const cite = (citation: Extract<StreamEvent, { type: 'citation' }>['citation']): StreamEvent => ({
    type: 'citation',
    choice: 0,
    citation,
  })
  const deltas = deltasOf(
    written([
      text('It'),
      cite({ url: 'https://x', title: 'X', start: 1, end: 2 }),
      cite({ document: 0 }),
      text(' is.'),
      cite({ url: 'https://y' }),
      finish(),
    ]),
  )
  assert.deepEqual(deltas.slice(2), [
    {
      annotations: [
        { type: 'url_citation', url_citation: { start_index: 1, end_index: 2, url: 'https://x', title: 'X' }, index: 0 },
        { type: 'url_citation', url_citation: { start_index: 6, end_index: 6, url: 'https://y', title: 'https://y' }, index: 1 },
      ],
    },
  ])
})

test('log probabilities, refusals, images and audio are carried', () => {
  const logprobs = [{ token: 'a', logprob: -1, top: [{ token: 'b', logprob: -2 }] }]
  const [chunk] = chunksOf(written([{ type: 'text', choice: 0, text: 'a', logprobs }, finish()])) as { choices: { logprobs: unknown }[] }[]
  assert.deepEqual(chunk?.choices[0]?.logprobs, {
    content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [{ token: 'b', logprob: -2, bytes: null }] }],
    refusal: null,
  })
  const events: StreamEvent[] = [
    { type: 'refusal', choice: 0, text: 'no' },
    { type: 'part', choice: 0, part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, at: '' } },
    { type: 'part', choice: 0, part: { type: 'audio', source: { kind: 'base64', mediaType: 'audio/pcm', data: 'AA' }, at: '' } },
    finish(),
  ]
  assert.deepEqual(deltasOf(written(events)), [
    { role: 'assistant', refusal: 'no' },
    { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' }, index: 0 }] },
    { audio: { data: 'AA' } },
  ])
})

test('several choices each have their role and their end, in order', () => {
  const bytes = written([text('b', 1), text('a', 0), finish('stop', 1), { type: 'finish', choice: 0, stop: { reason: 'length' } }])
  assert.deepEqual([deltasOf(bytes, 0), deltasOf(bytes, 1)], [[{ role: 'assistant', content: 'a' }], [{ role: 'assistant', content: 'b' }]])
  const ends = chunksOf(bytes).slice(-3) as { choices: { index: number; finish_reason: string }[] }[]
  assert.deepEqual(
    ends.slice(0, 2).map(({ choices }) => [choices[0]?.index, choices[0]?.finish_reason]),
    [
      [0, 'length'],
      [1, 'stop'],
    ],
  )
})

test('what is written is read back as the same events', () => {
  const events: StreamEvent[] = [
    { type: 'start', id: 'chatcmpl-7', model: 'asked', created: 5 },
    { type: 'reasoning', choice: 0, text: 'so' },
    { type: 'redacted_reasoning', choice: 0, data: 'd', origin: 'openai-chat' },
    text('a'),
    { type: 'refusal', choice: 0, text: 'no' },
    call(0, 'x'),
    args(0, '{"a":'),
    args(0, '1}'),
    finish('tool_calls'),
    { type: 'usage', usage: { ok: true, buckets: { input: 3, cacheRead: 0, audioIn: 0, output: 4, reasoning: 0, audioOut: 0 } } },
    { type: 'done' },
  ]
  const read = streamed(...chunksOf(written(events, { includeUsage: true })))
  // The id of the call carries what was thought before it.
  const bare = read.map((event) => (event.type === 'tool_call' ? { ...event, id: splitSignature(event.id).id } : event))
  assert.deepEqual(bare, events)
})

test('S11: nothing of a stream is kept, however long it is', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const encoder = openaiChat.streamEncoder(frame())
  const decoder = openaiChat.streamDecoder()
  collect()
  const before = process.memoryUsage().heapUsed
  for (let at = 0; at < 128; at++) {
    const content = `${at}`.repeat(256 * 1024)
    const delta = at % 2 === 0 ? { content } : { reasoning_content: content }
    assert.notEqual(encoder.encode(decoder.decode(eventOf(chunkOf(delta)))).length, 0)
  }
  collect()
  assert.ok(process.memoryUsage().heapUsed - before < 8 * 1024 * 1024)
  assert.notEqual(encoder.end({}).length, 0)
})
