import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic } from '../../src/anthropic/dialect.ts'
import type { Conversation, Part, Turn } from '../../src/canonical/conversation.ts'
import { conversation, memberOf, target, text, turn, type Json, type Loose } from './support.ts'

const toolCall = (id: string, args = '{}'): Loose<Part> => ({ type: 'tool_call', id, name: 't', arguments: args })
const result = (callId: string, value = 'ok'): Loose<Part> => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text: value, at: '/r' }],
})

function encode(parts: Partial<Conversation>, model?: string): { body: Json; unsupported: string[]; whats: string[] } {
  const { body, unsupported } = anthropic.encodeRequest(conversation(parts), target(model))
  return {
    body: JSON.parse(body.toString()) as Json,
    unsupported: unsupported.map(({ at }) => at),
    whats: unsupported.map(({ what }) => what),
  }
}

function messages(...turns: Turn[]): { messages: Json[]; unsupported: string[] } {
  const { body, unsupported } = encode({ turns })
  return { messages: body['messages'] as Json[], unsupported }
}

test('M5, T9: only what was said is sent, in the same order every time', () => {
  const asked = conversation({
    tools: [{ type: 'function', name: 't', parameters: { type: 'object', properties: { z: {}, a: {} } }, at: '/t' }],
  })
  const first = anthropic.encodeRequest(asked, target()).body
  assert.deepEqual(first, anthropic.encodeRequest(structuredClone(asked), target()).body)
  assert.equal(
    first.toString(),
    '{"model":"claude-sonnet-4-5","max_tokens":8000,"tools":[{"name":"t","input_schema":{"type":"object","properties":{"z":{},"a":{}}}}],' +
      '"messages":[{"role":"user","content":"Hi"}]}',
  )
})

test('M4: the output limit is the target’s, else the caller’s, and never missing', () => {
  const limit = (parts: Partial<Conversation>, outputLimit: number | undefined): unknown =>
    (JSON.parse(anthropic.encodeRequest(conversation(parts), { model: 'm', outputLimit, quirks: {} }).body.toString()) as Json)[
      'max_tokens'
    ]
  assert.deepEqual([limit({ maxOutputTokens: 9 }, 5), limit({ maxOutputTokens: 9 }, undefined), limit({}, undefined)], [5, 9, 4_096])
})

test('M1, M3: system and developer words, wherever they stand, become the system blocks with their breakpoints', () => {
  const { body, unsupported } = encode({
    turns: [
      turn('system', text('A', { cacheControl: {} })),
      turn('user', text('Hi')),
      turn('developer', text('B'), { type: 'image', source: { kind: 'url', url: 'https://x.example' } }),
    ],
  })
  assert.deepEqual(body['system'], [
    { type: 'text', text: 'A', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'B' },
  ])
  assert.deepEqual(body['messages'], [{ role: 'user', content: 'Hi' }])
  assert.deepEqual(unsupported, ['/developer/1'])
})

test('M2: turns of one side in a row become one; an answer before the first question is left out and listed', () => {
  const got = messages(
    turn('assistant', text('Hello')),
    turn('user', text('A')),
    turn('user', text('B')),
    turn('assistant', text('C')),
    turn('user', text('D')),
  )
  assert.deepEqual(got.messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B' },
      ],
    },
    { role: 'assistant', content: 'C' },
    { role: 'user', content: 'D' },
  ])
  assert.deepEqual(got.unsupported, ['/assistant'])
})

const BOTH = [
  { type: 'text', text: 'A' },
  { type: 'text', text: 'B' },
]

test('M2, T11: text of nothing but white space is never sent, nor a message without content', () => {
  const got = messages(turn('user', text('A')), turn('assistant', text(' \n'), text('')), turn('user', text('B'), text('  ')))
  assert.deepEqual(got.messages, [{ role: 'user', content: BOTH }])
})

test('M2: an answer that is begun goes to models that go on with it, without white space at its end', () => {
  const turns = [turn('user', text('A')), turn('assistant', text('The answer is '), text(' '))]
  const older = encode({ turns }, 'claude-sonnet-4-5')
  assert.deepEqual((older.body['messages'] as Json[])[1], { role: 'assistant', content: 'The answer is' })
  const newer = encode({ turns }, 'claude-opus-4-7')
  assert.deepEqual([newer.body['messages'], newer.unsupported], [[{ role: 'user', content: 'A' }], ['/assistant']])
})

test('T6: results of all calls come first in the next message, whatever was said in between', () => {
  const got = messages(
    turn('user', text('A')),
    turn('assistant', text('Let me see'), toolCall('a', '{"x":1}'), toolCall('b')),
    turn('tool', result('a')),
    turn('user', text('And?')),
    turn('tool', { type: 'tool_result', callId: 'b', content: [], isError: true }),
  )
  assert.deepEqual(got.messages.slice(1), [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Let me see' },
        { type: 'tool_use', id: 'a', name: 't', input: { x: 1 } },
        { type: 'tool_use', id: 'b', name: 't', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'ok' },
        { type: 'tool_result', tool_use_id: 'b', is_error: true },
        { type: 'text', text: 'And?' },
      ],
    },
  ])
  assert.deepEqual(got.unsupported, [])
})

const MISFITS: [guarantee: string, turns: Turn[], kept: unknown, unsupported: string[]][] = [
  [
    'a call without a result is listed and left out, with the thinking that led there',
    [
      turn('user', text('A')),
      turn('assistant', { type: 'reasoning', text: 'hm', signature: 's', origin: 'anthropic' }, toolCall('a')),
      turn('user', text('B')),
    ],
    [{ role: 'user', content: BOTH }],
    ['/assistant/1'],
  ],
  [
    'of two calls the one without a result',
    [turn('user', text('A')), turn('assistant', toolCall('a'), toolCall('b')), turn('tool', result('b'))],
    [
      { role: 'user', content: 'A' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'b', name: 't', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'b', content: 'ok' }] },
    ],
    ['/assistant/0'],
  ],
  ['a result without its call', [turn('user', text('A')), turn('tool', result('x'))], [{ role: 'user', content: 'A' }], ['/tool/0']],
  [
    'the second result of a call',
    [turn('user', text('A')), turn('assistant', toolCall('a')), turn('tool', result('a', '1'), result('a', '2'))],
    [
      { role: 'user', content: 'A' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 't', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: '1' }] },
    ],
    ['/tool/1'],
  ],
  ['a conversation in which the user says nothing', [turn('system', text('S'))], [], ['/messages']],
  [
    'what is left alone by that: the answer to a question that nobody reads, then the result of its call',
    [
      turn('user', { type: 'audio', source: { kind: 'url', url: 'https://x.example' } }),
      turn('assistant', toolCall('a')),
      turn('tool', result('a')),
      turn('user', text('B')),
    ],
    [{ role: 'user', content: 'B' }],
    ['/user/0', '/assistant', '/tool/0'],
  ],
  ['a call at the very end', [turn('user', text('A')), turn('assistant', text('B'), toolCall('a'))], undefined, ['/assistant/1']],
]

for (const [guarantee, turns, kept, unsupported] of MISFITS) {
  test(`T6: ${guarantee}: the vendor would refuse it`, () => {
    const got = messages(...turns)
    if (kept !== undefined) assert.deepEqual(got.messages, kept)
    assert.deepEqual(got.unsupported, unsupported)
  })
}

test('T7: ids that the vendor does not take are replaced, call and result alike, by the same rule', () => {
  const got = messages(turn('user', text('A')), turn('assistant', toolCall('call|1 é')), turn('tool', result('call|1 é')))
  const [used] = memberOf(got.messages, 1, 'content') as Json[]
  const [told] = memberOf(got.messages, 2, 'content') as Json[]
  assert.match(String(used?.['id']), /^[a-zA-Z0-9_-]{1,64}$/)
  assert.equal(used?.['id'], told?.['tool_use_id'])
})

test('T7: ids that occur again in a later turn, or twice in one, are made different, results with them', () => {
  const got = messages(
    turn('user', text('A')),
    turn('assistant', toolCall('call_0')),
    turn('tool', result('call_0', '1')),
    turn('assistant', toolCall('call_0'), toolCall('call_0')),
    turn('tool', result('call_0', '2'), result('call_0', '3')),
  )
  const ids = got.messages
    .flatMap(({ content }) => (Array.isArray(content) ? (content as Json[]) : []))
    .map((block) => block['id'] ?? block['tool_use_id'])
  assert.deepEqual(ids, ['call_0', 'call_0', 'call_0_2', 'call_0_3', 'call_0_2', 'call_0_3'])
  assert.deepEqual(got.unsupported, [])
})

test('T2: arguments that are no object are wrapped, nothing is an empty object', () => {
  const inputs = ['[1]', 'free text', '', '{"a":'].map((args) => {
    const got = messages(turn('user', text('A')), turn('assistant', toolCall('a', args)), turn('tool', result('a')))
    return memberOf(memberOf(got.messages, 1, 'content') as Json[], 0, 'input')
  })
  assert.deepEqual(inputs, [{ input: '[1]' }, { input: 'free text' }, {}, { input: '{"a":' }])
})

test('M6: thinking goes back to the vendor that signed it, and to no other', () => {
  const got = messages(
    turn('user', text('A')),
    turn(
      'assistant',
      { type: 'reasoning', text: 'mine', signature: 'sig', origin: 'anthropic' },
      { type: 'reasoning', text: '', redacted: 'Emw', origin: 'anthropic' },
      { type: 'reasoning', text: 'unsigned' },
      { type: 'reasoning', text: 'theirs', signature: 'x', origin: 'openai-responses' },
      text('B'),
    ),
    turn('user', text('C')),
  )
  assert.deepEqual(got.messages[1]?.['content'], [
    { type: 'thinking', thinking: 'mine', signature: 'sig' },
    { type: 'redacted_thinking', data: 'Emw' },
    { type: 'text', text: 'B' },
  ])
  assert.deepEqual(got.unsupported, [])
})

test('M3: breakpoints survive on tools, system, messages and results; of more than four the last remain, the others are listed', () => {
  const cacheControl = { ttl: '1h' as const }
  const image: Loose<Part> = { type: 'image', source: { kind: 'url', url: 'https://x.example' }, cacheControl }
  const turns = [
    turn('system', text('S', { cacheControl })),
    turn('user', text('A', { cacheControl }), image),
    turn('assistant', toolCall('a')),
    turn('tool', { ...result('a'), cacheControl }),
  ]
  const tools = [{ type: 'function' as const, name: 't', cacheControl, at: '/tools/0' }]
  const marked = (body: Json): number => JSON.stringify(body).split('"cache_control":{"type":"ephemeral"').length - 1
  const five = encode({ turns, tools })
  assert.deepEqual([marked(five.body), five.unsupported], [4, ['/tools/0']])
  assert.equal(JSON.stringify(five.body).includes('"ttl":"1h"'), true)
  const whole = encode({ turns, tools, cacheControl: {} })
  assert.deepEqual([marked(whole.body), whole.unsupported], [4, ['/tools/0', '/system/0']])
  assert.deepEqual(whole.body['cache_control'], { type: 'ephemeral' })
})

test('M3: a breakpoint of one hour that comes after one of five minutes is one of five minutes, and listed', () => {
  const turns = [turn('system', text('S', { cacheControl: {} })), turn('user', text('A', { cacheControl: { ttl: '1h' } }))]
  const { body, unsupported } = encode({ turns })
  assert.deepEqual(memberOf(body['messages'] as Json[], 0, 'content'), [{ type: 'text', text: 'A', cache_control: { type: 'ephemeral' } }])
  assert.deepEqual(unsupported, ['/user/0'])
})

test('the name of a speaker has no place', () => {
  assert.deepEqual(messages({ ...turn('user', text('A')), name: 'Ann' }).unsupported, ['/user/name'])
})
