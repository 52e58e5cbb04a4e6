import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSignature, type Part, type Turn } from '../../src/index.ts'
import { decoded, placeless, requestOf, undecodable } from './support.ts'

function turnsOf(...messages: Record<string, unknown>[]): Turn[] {
  return decoded(requestOf({ messages })).turns
}

/** The parts of one message of the assistant, without their places. */
function answered(message: Record<string, unknown>): unknown {
  return placeless(turnsOf({ role: 'assistant', ...message })[0]?.parts)
}

const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"b":1,"a":2}' } }

test('M1: every message is a turn of its own, in order, wherever instructions stand', () => {
  const turns = turnsOf(
    { role: 'system', content: 'one' },
    { role: 'user', content: 'hi' },
    { role: 'user', content: 'again' },
    { role: 'developer', name: 'ops', content: [{ type: 'text', text: 'late', cache_control: { type: 'ephemeral', ttl: '5m' } }] },
  )
  assert.deepEqual(
    turns.map(({ role, name, at }) => [role, name, at]),
    [
      ['system', undefined, '/messages/0'],
      ['user', undefined, '/messages/1'],
      ['user', undefined, '/messages/2'],
      ['developer', 'ops', '/messages/3'],
    ],
  )
  assert.deepEqual(turns[3]?.parts, [{ type: 'text', text: 'late', cacheControl: { ttl: '5m' }, at: '/messages/3/content/0' }])
})

test('M3: a breakpoint on a message stands on its last part', () => {
  const [turn] = turnsOf({
    role: 'user',
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
    cache_control: { type: 'ephemeral' },
  })
  assert.deepEqual(
    turn?.parts.map(({ cacheControl }) => cacheControl),
    [undefined, {}],
  )
})

test('T11: a turn of calls alone has no text, whether its content is null, empty or missing', () => {
  const call = [{ type: 'tool_call', id: 'call_1', name: 'f', arguments: '{"b":1,"a":2}' }]
  for (const content of [null, '', undefined, [{ type: 'text', text: '' }]])
    assert.deepEqual(answered({ content, tool_calls: [CALL] }), call)
  assert.deepEqual(answered({ content: 'first', tool_calls: [CALL] }), [{ type: 'text', text: 'first' }, ...call])
  assert.deepEqual(answered({ content: '' }), [{ type: 'text', text: '' }])
})

test('T2: arguments as an object, empty or absent', () => {
  const called = (args: unknown): unknown =>
    answered({ tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }] })
  for (const [args, text] of [
    [{ z: 1, a: [2] }, '{"z":1,"a":[2]}'],
    ['', '{}'],
    [' ', '{}'],
    [undefined, '{}'],
    [null, '{}'],
    ['{ "a" : 1 }', '{ "a" : 1 }'],
  ]) {
    assert.deepEqual(called(args), [{ type: 'tool_call', id: 'c', name: 'f', arguments: text }])
  }
  for (const args of ['[1]', '"x"', '{']) {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: args } }
    assert.match(undecodable(requestOf({ messages: [{ role: 'assistant', tool_calls: [call] }] })).message, /JSON text of an object/)
  }
})

test('custom tools are called with free text', () => {
  assert.deepEqual(answered({ tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'sh', input: 'ls -l' } }] }), [
    { type: 'tool_call', id: 'c', name: 'sh', arguments: 'ls -l', custom: true },
  ])
})

test('T4: a thought signature comes back inside the id of its call, or where Gemini’s own endpoint puts it', () => {
  const id = withSignature('call_1', 'sig/+=')
  const [asked, told] = turnsOf(
    {
      role: 'assistant',
      tool_calls: [
        { ...CALL, id },
        { ...CALL, id: 'call_2', extra_content: { google: { thought_signature: 's2' } } },
      ],
    },
    { role: 'tool', tool_call_id: id, content: 'done' },
  )
  const calls = asked?.parts.map((part) => (part.type === 'tool_call' ? [part.id, part.signature] : []))
  assert.deepEqual(calls, [
    ['call_1', 'sig/+='],
    ['call_2', 's2'],
  ])
  assert.equal(told?.parts[0]?.type === 'tool_result' && told.parts[0].callId, 'call_1')
})

test('T6: results are turns of their own, of text, images and files', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://x/i.png' } },
  ]
  const turns = turnsOf({ role: 'tool', tool_call_id: 'a', content: 'plain' }, { role: 'tool', tool_call_id: 'b', name: 'g', content })
  assert.deepEqual(turns, [
    {
      role: 'tool',
      parts: [
        { type: 'tool_result', callId: 'a', content: [{ type: 'text', text: 'plain', at: '/messages/0/content' }], at: '/messages/0' },
      ],
      at: '/messages/0',
    },
    {
      role: 'tool',
      parts: [
        {
          type: 'tool_result',
          callId: 'b',
          name: 'g',
          content: [
            { type: 'text', text: 'a', at: '/messages/1/content/0' },
            { type: 'image', source: { kind: 'url', url: 'https://x/i.png' }, at: '/messages/1/content/1' },
          ],
          at: '/messages/1',
        },
      ],
      at: '/messages/1',
    },
  ])
})

test('refusals and earlier audio come back', () => {
  assert.deepEqual(answered({ content: null, refusal: 'no' }), [{ type: 'refusal', text: 'no' }])
  assert.deepEqual(answered({ content: [{ type: 'refusal', refusal: 'no' }] }), [{ type: 'refusal', text: 'no' }])
  assert.deepEqual(answered({ content: null, audio: { id: 'audio_1' } }), [
    { type: 'vendor', dialect: 'openai-chat', value: { audio: { id: 'audio_1' } } },
  ])
})

const TEXT = { type: 'reasoning.text', text: 'so' }
const REASONING: [what: string, message: Record<string, unknown>, parts: Omit<Extract<Part, { type: 'reasoning' }>, 'at'>[]][] = [
  ['text alone', { reasoning_content: 'so' }, [{ type: 'reasoning', text: 'so' }]],
  ['text under its other name', { reasoning: 'so', reasoning_content: '' }, [{ type: 'reasoning', text: 'so' }]],
  ['the same text twice', { reasoning: 'so', reasoning_content: 'so', reasoning_details: [TEXT] }, [{ type: 'reasoning', text: 'so' }]],
  [
    'signed text',
    { reasoning_content: 'so', reasoning_details: [{ ...TEXT, signature: 's', format: 'anthropic', index: 0 }] },
    [{ type: 'reasoning', text: 'so', signature: 's', origin: 'anthropic' }],
  ],
  [
    'OpenRouter’s names for whose it is',
    {
      reasoning_details: [
        { ...TEXT, signature: 's', format: 'anthropic-claude-v1' },
        { type: 'reasoning.encrypted', data: 'd', id: 'rs_1', format: 'openai-responses-v1' },
        { type: 'reasoning.encrypted', data: 'e', format: 'unknown' },
        { type: 'reasoning.summary', summary: 'short' },
      ],
    },
    [
      { type: 'reasoning', text: 'so', signature: 's', origin: 'anthropic' },
      { type: 'reasoning', text: '', redacted: 'd', origin: 'openai-responses', id: 'rs_1' },
      { type: 'reasoning', text: '', redacted: 'e', origin: 'openai-chat' },
      { type: 'reasoning', text: 'short' },
    ],
  ],
  [
    'the pieces of a stream, only collected',
    {
      reasoning_details: [
        { ...TEXT, index: 0 },
        { type: 'reasoning.text', text: ' on', index: 0 },
        { type: 'reasoning.text', text: '', signature: 's', format: 'anthropic', index: 0 },
        { type: 'reasoning.text', text: 'new', index: 1 },
      ],
    },
    [
      { type: 'reasoning', text: 'so on', signature: 's', origin: 'anthropic' },
      { type: 'reasoning', text: 'new' },
    ],
  ],
  [
    'a signature whose text stands alone',
    { reasoning_content: 'so', reasoning_details: [{ type: 'reasoning.text', signature: 's', format: 'bedrock' }] },
    [{ type: 'reasoning', text: 'so', signature: 's', origin: 'bedrock' }],
  ],
  [
    'hidden reasoning beside text that stands alone',
    { reasoning_content: 'so', reasoning_details: [{ type: 'reasoning.encrypted', data: 'd', format: 'anthropic' }] },
    [
      { type: 'reasoning', text: 'so' },
      { type: 'reasoning', text: '', redacted: 'd', origin: 'anthropic' },
    ],
  ],
]

for (const [what, message, parts] of REASONING) {
  test(`M6: reasoning comes back, before what it led to: ${what}`, () => {
    assert.deepEqual(answered({ ...message, content: 'x' }), [...parts, { type: 'text', text: 'x' }])
  })
}

test('M6: Mistral’s thinking is a part of the content', () => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'so' }, { type: 'reference' }, { type: 'text', text: ' on' }] }
  assert.deepEqual(answered({ content: [thinking, { type: 'text', text: 'x' }] }), [
    { type: 'reasoning', text: 'so on' },
    { type: 'text', text: 'x' },
  ])
})
