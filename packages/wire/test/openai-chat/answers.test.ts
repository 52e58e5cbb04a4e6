import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Buckets } from '@faregate/core'
import { openaiChat, withSignature, type Answer, type Part, type Stop } from '../../src/index.ts'
import { conversationOf, frame, placeless } from './support.ts'

const USAGE = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

function decodedAnswer(value: unknown): Answer {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  assert.equal(openaiChat.readAnswer(body) !== undefined, true)
  const answer = openaiChat.decodeAnswer(body)
  assert.ok(answer)
  return answer
}

/** The parts and the end of an answer with one message. */
function choiceOf(message: unknown, more: Record<string, unknown> = {}): { parts: unknown; stop: Stop } {
  const [choice] = decodedAnswer({ id: 'x', choices: [{ index: 0, message, finish_reason: 'stop', ...more }], usage: USAGE }).choices
  assert.ok(choice)
  return { parts: placeless(choice.parts), stop: choice.stop }
}

type Body = Record<string, unknown> & { choices: (Record<string, unknown> & { message: Record<string, unknown> })[]; usage: unknown }

function encodedAnswer(
  parts: Part[],
  stop: Stop = { reason: 'stop' },
  members: Parameters<typeof frame>[0] = {},
  buckets: Buckets = {},
): Body {
  const answer: Answer = { choices: [{ parts, stop }], usage: { ok: true, buckets } }
  return JSON.parse(openaiChat.encodeAnswer(answer, frame(members), buckets).toString()) as Body
}

test('an answer is decoded whole: id, model, time, choices, usage, log probabilities', () => {
  const logprobs = {
    content: [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2, bytes: null }] }],
    refusal: null,
  }
  const answer = decodedAnswer({
    id: 'chatcmpl-1',
    created: 3,
    model: 'v',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop', logprobs },
      { index: 1, message: { content: 'b' }, finish_reason: 'length' },
    ],
    usage: USAGE,
  })
  assert.deepEqual(answer, {
    id: 'chatcmpl-1',
    created: 3,
    model: 'v',
    choices: [
      {
        parts: [{ type: 'text', text: 'a', at: '' }],
        stop: { reason: 'stop' },
        logprobs: [{ token: 'a', logprob: -1, bytes: [97], top: [{ token: 'b', logprob: -2, bytes: null }] }],
      },
      { parts: [{ type: 'text', text: 'b', at: '' }], stop: { reason: 'length' } },
    ],
    usage: { ok: true, buckets: { input: 3, output: 4 } },
  })
})

test('what is no answer is not decoded either: HTML, cut JSON, an error under 200', () => {
  for (const text of ['<html>', '{"choices":[{"message":{"content":"a"', '{"error":{"message":"x"}}', '{"choices":[],"error":"x"}', '{}']) {
    assert.equal(openaiChat.decodeAnswer(Buffer.from(text)), undefined, text)
  }
  const broken = choiceOf({ content: 'a' }, { error: { message: 'x' }, finish_reason: 'error' })
  assert.deepEqual(broken.stop, { reason: 'error' })
})

test('M6: reasoning, under whatever name, comes first and once', () => {
  const reasoning = { type: 'reasoning', text: 'so' }
  const answer = { type: 'text', text: 'x' }
  for (const message of [
    { content: 'x', reasoning_content: 'so' },
    { content: 'x', reasoning: 'so' },
    { content: 'x', reasoning: 'so', reasoning_content: 'so', reasoning_details: [{ type: 'reasoning.text', text: 'so' }] },
    {
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] },
        { type: 'text', text: 'x' },
      ],
    },
  ]) {
    assert.deepEqual(choiceOf(message).parts, [reasoning, answer], JSON.stringify(message))
  }
  const details = [
    { type: 'reasoning.text', text: 'so', signature: 's', format: 'anthropic-claude-v1' },
    { type: 'reasoning.encrypted', data: 'd' },
  ]
  assert.deepEqual(choiceOf({ content: null, reasoning_details: details }).parts, [
    { ...reasoning, signature: 's', origin: 'openai-chat' },
    { type: 'reasoning', text: '', redacted: 'd', origin: 'openai-chat' },
  ])
})

test('T1, T2: calls: arguments as text, object, empty, absent; without ids; of older models; of custom tools', () => {
  const calls = [
    { id: 'a', function: { name: 'f', arguments: '{ "x": 1 }' } },
    { id: 'b', function: { name: 'f', arguments: { z: 1, a: 2 } } },
    { id: 'c', function: { name: 'f', arguments: '' } },
    { id: 'd', function: { name: 'f' }, extra_content: { google: { thought_signature: 's' } } },
    { id: 'e', type: 'custom', custom: { name: 'sh', input: 'ls' } },
  ]
  assert.deepEqual(choiceOf({ content: '', tool_calls: calls }).parts, [
    { type: 'tool_call', id: 'a', name: 'f', arguments: '{ "x": 1 }' },
    { type: 'tool_call', id: 'b', name: 'f', arguments: '{"z":1,"a":2}' },
    { type: 'tool_call', id: 'c', name: 'f', arguments: '{}' },
    { type: 'tool_call', id: 'd', name: 'f', arguments: '{}', signature: 's' },
    { type: 'tool_call', id: 'e', name: 'sh', arguments: 'ls', custom: true },
  ])
  const nameless = choiceOf({ tool_calls: [{ function: { name: 'f' } }, { function: { name: 'f' } }] }).parts as { id: string }[]
  assert.match(nameless[0]?.id ?? '', /^call_[a-zA-Z0-9_-]{20,}$/)
  assert.notEqual(nameless[0]?.id, nameless[1]?.id)
  const older = choiceOf({ content: null, function_call: { name: 'f', arguments: '{}' } }, { finish_reason: 'function_call' })
  assert.deepEqual(older.stop, { reason: 'tool_calls', raw: 'function_call' })
  assert.equal((older.parts as { name: string }[])[0]?.name, 'f')
})

const STOPS: [finish: string, stop: Stop][] = [
  ['stop', { reason: 'stop' }],
  ['length', { reason: 'length' }],
  ['model_length', { reason: 'context', raw: 'model_length' }],
  ['content_filter', { reason: 'content_filter' }],
  ['eos', { reason: 'stop', raw: 'eos' }],
  ['insufficient_system_resource', { reason: 'error', raw: 'insufficient_system_resource' }],
  ['something new', { reason: 'stop', raw: 'something new' }],
]

for (const [finish, stop] of STOPS) {
  test(`R1: ${finish} is ${stop.reason}`, () => assert.deepEqual(choiceOf({ content: 'a' }, { finish_reason: finish }).stop, stop))
}

test('R2: a vendor that says stop beside calls means the calls', () => {
  assert.equal(choiceOf({ tool_calls: [{ id: 'a', function: { name: 'f' } }] }).stop.reason, 'tool_calls')
})

test('R3: vLLM tells which stop sequence matched; callers are told under the same name', () => {
  assert.deepEqual(choiceOf({ content: 'a' }, { stop_reason: 'END' }).stop, { reason: 'stop_sequence', sequence: 'END' })
  assert.deepEqual(choiceOf({ content: 'a' }, { stop_reason: 128_001 }).stop, { reason: 'stop' })
  const [choice] = encodedAnswer([], { reason: 'stop_sequence', sequence: 'END' }).choices
  assert.deepEqual([choice?.['finish_reason'], choice?.['stop_reason']], ['stop', 'END'])
})

test('citations: OpenAI’s annotations, and Perplexity’s sources of the whole answer', () => {
  const annotation = { type: 'url_citation', url_citation: { url: 'https://x', title: 'X', start_index: 0, end_index: 1 } }
  assert.deepEqual(choiceOf({ content: 'a', annotations: [annotation] }).parts, [
    {
      type: 'text',
      text: 'a',
      citations: [{ url: 'https://x', title: 'X', start: 0, end: 1, raw: { dialect: 'openai-chat', value: annotation } }],
    },
  ])
  const sources = (members: Record<string, unknown>): unknown => {
    const [choice] = decodedAnswer({ choices: [{ message: { content: 'a' } }], ...members }).choices
    return choice?.parts[0]?.type === 'text' ? choice.parts[0].citations : undefined
  }
  assert.deepEqual(sources({ citations: ['https://x', 'https://y'] }), [{ url: 'https://x' }, { url: 'https://y' }])
  assert.deepEqual(sources({ citations: ['https://x'], search_results: [{ url: 'https://x', title: 'X' }] }), [
    { url: 'https://x', title: 'X' },
  ])
})

test('refusals, audio with what is said in it, images', () => {
  assert.deepEqual(choiceOf({ content: null, refusal: 'no' }).parts, [{ type: 'refusal', text: 'no' }])
  assert.deepEqual(choiceOf({ content: null, audio: { id: 'a', data: 'T2dnUwAC', transcript: 'beep' } }).parts, [
    { type: 'text', text: 'beep' },
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/ogg', data: 'T2dnUwAC' } },
  ])
  assert.deepEqual(
    choiceOf({ content: '', images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGg' } }] }).parts,
    [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGg' } }],
  )
})

test('E8: the answer has the caller’s name of the model, and an id of this dialect', () => {
  const body = encodedAnswer([{ type: 'text', text: 'a', at: '' }])
  assert.deepEqual(body, {
    id: 'chatcmpl-7',
    object: 'chat.completion',
    created: 5,
    model: 'asked',
    choices: [{ index: 0, message: { role: 'assistant', content: 'a', refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: body.usage,
  })
  const kept = openaiChat.encodeAnswer({ id: 'chatcmpl-9', choices: [], usage: { ok: true, buckets: {} } }, frame(), {})
  assert.equal((JSON.parse(kept.toString()) as Body)['id'], 'chatcmpl-9')
})

test('U1, U2: usage tells totals that include the cache and reasoning, of what is charged for', () => {
  const buckets = {
    input: 10,
    cacheRead: 20,
    cacheWrite: 3,
    cacheWrite1h: 4,
    audioIn: 5,
    imageIn: 6,
    output: 30,
    reasoning: 40,
    audioOut: 7,
    request: 1,
  }
  assert.deepEqual(encodedAnswer([], undefined, {}, buckets).usage, {
    prompt_tokens: 48,
    completion_tokens: 77,
    total_tokens: 125,
    prompt_tokens_details: { cached_tokens: 20, audio_tokens: 5, cache_write_tokens: 7, image_tokens: 6 },
    completion_tokens_details: { reasoning_tokens: 40, audio_tokens: 7 },
  })
  assert.deepEqual(encodedAnswer([], undefined, {}, { input: 1, output: 2 }).usage, {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  })
})

test('an answer with all there is: reasoning signed, calls, citations, an image', () => {
  const [choice] = encodedAnswer(
    [
      { type: 'reasoning', text: 'so', signature: 's', origin: 'anthropic', at: '' },
      { type: 'reasoning', text: '', redacted: 'd', origin: 'anthropic', at: '' },
      {
        type: 'text',
        text: 'It is.',
        citations: [{ url: 'https://x', title: 'X', start: 0, end: 2 }, { url: 'https://y' }, { document: 0 }],
        at: '',
      },
      { type: 'tool_call', id: 'toolu_1', name: 'f', arguments: '{"x":1}', signature: 'sig', at: '' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, at: '' },
    ],
    { reason: 'tool_calls', raw: 'tool_use' },
  ).choices
  assert.deepEqual(choice, {
    index: 0,
    message: {
      role: 'assistant',
      content: 'It is.',
      refusal: null,
      reasoning_content: 'so',
      reasoning_details: [
        { type: 'reasoning.text', text: 'so', signature: 's', format: 'anthropic', index: 0 },
        { type: 'reasoning.encrypted', data: 'd', format: 'anthropic', index: 1 },
      ],
      annotations: [
        { type: 'url_citation', url_citation: { start_index: 0, end_index: 2, url: 'https://x', title: 'X' } },
        { type: 'url_citation', url_citation: { start_index: 6, end_index: 6, url: 'https://y', title: 'https://y' } },
      ],
      tool_calls: [{ id: withSignature('toolu_1', 'sig'), type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
    },
    logprobs: null,
    finish_reason: 'tool_calls',
    native_finish_reason: 'tool_use',
  })
})

test('M6: a caller who asked not to see reasoning sees none', () => {
  const conversation = conversationOf({ reasoning: { show: false } })
  const [choice] = encodedAnswer([{ type: 'reasoning', text: 'so', at: '' }], undefined, { conversation }).choices
  assert.deepEqual(choice?.message, { role: 'assistant', content: null, refusal: null })
})

test('older callers get one function_call, and the finish reason that goes with it', () => {
  const conversation = conversationOf({ tools: [{ type: 'function', name: 'f', at: '/functions/0' }] })
  const calls: Part[] = ['a', 'b'].map((id) => ({ type: 'tool_call', id, name: 'f', arguments: '{}', at: '' }))
  const [choice] = encodedAnswer(calls, { reason: 'tool_calls' }, { conversation }).choices
  assert.deepEqual(choice?.message, { role: 'assistant', content: null, refusal: null, function_call: { name: 'f', arguments: '{}' } })
  assert.equal(choice?.['finish_reason'], 'function_call')
})

test('R1: every reason has a word of OpenAI’s', () => {
  const words = {
    stop: 'stop',
    stop_sequence: 'stop',
    length: 'length',
    context: 'length',
    content_filter: 'content_filter',
    pause: 'stop',
    refusal: 'content_filter',
    error: 'error',
  }
  for (const [reason, word] of Object.entries(words)) {
    assert.equal(encodedAnswer([], { reason: reason as Stop['reason'] }).choices[0]?.['finish_reason'], word)
  }
})
