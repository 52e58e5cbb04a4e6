import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Part, Quirks, Turn, Unsupported } from '../../src/index.ts'
import { conversationOf, encoded } from './support.ts'

type Messages = Record<string, unknown>[]

function messagesOf(turns: Omit<Turn, 'at'>[], quirks: Quirks = {}): { messages: Messages; unsupported: Unsupported[] } {
  const placed = turns.map((turn, index) => ({ ...turn, at: `/t/${index}` }))
  const { body, unsupported } = encoded(conversationOf({ turns: placed }), quirks)
  return { messages: body['messages'] as Messages, unsupported }
}

const text = (value: string): Part => ({ type: 'text', text: value, at: '/x' })
const user = (...parts: Part[]): Omit<Turn, 'at'> => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Omit<Turn, 'at'> => ({ role: 'assistant', parts })
const call = (id: string): Part => ({ type: 'tool_call', id, name: 'f', arguments: '{"z":1,"a":2}', at: '' })
const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, detail: 'low', at: '/i' }
const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } }
const result = (callId: string, ...content: Part[]): Part => ({ type: 'tool_result', callId, content: content as [], at: '' })

test('M1: instructions stay where they stand; a vendor without the role of the developer gets the system’s', () => {
  const turns: Omit<Turn, 'at'>[] = [
    { role: 'developer', parts: [text('a')] },
    user(text('hi')),
    { role: 'system', parts: [text('b'), text('c')] },
  ]
  assert.deepEqual(messagesOf(turns).messages, [
    { role: 'developer', content: 'a' },
    { role: 'user', content: 'hi' },
    {
      role: 'system',
      content: [
        { type: 'text', text: 'b' },
        { type: 'text', text: 'c' },
      ],
    },
  ])
  assert.equal(messagesOf(turns, { noDeveloperRole: true }).messages[0]?.['role'], 'system')
})

test('a name is left out, and named, where the vendor refuses names', () => {
  const named = { ...user(text('hi')), name: 'ann' }
  assert.deepEqual(messagesOf([named]).messages, [{ role: 'user', name: 'ann', content: 'hi' }])
  const { messages, unsupported } = messagesOf([named], { refuses: ['name'] })
  assert.deepEqual([messages, unsupported.map(({ at }) => at)], [[{ role: 'user', content: 'hi' }], ['/t/0/name']])
})

test('T6: results come right after the calls, before what else the user says', () => {
  const { messages } = messagesOf([
    user(text('go')),
    assistant(text('I look.'), call('a'), call('b')),
    user(text('thanks'), result('a', text('1')), result('b')),
  ])
  assert.deepEqual(messages, [
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{"z":1,"a":2}' } })),
    },
    { role: 'tool', tool_call_id: 'a', content: '1' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'user', content: 'thanks' },
  ])
})

test('T6: a result says that its tool failed, in its text: the dialect has no member for it', () => {
  const failed = (...content: Part[]): Part => ({ ...result('a', ...content), isError: true }) as Part
  const told = messagesOf([assistant(call('a')), user(failed(text('no such'), image, text('file')))]).messages.slice(1)
  assert.deepEqual(told, [
    { role: 'tool', tool_call_id: 'a', content: '{"error":"no such\\nfile"}' },
    { role: 'user', content: [IMAGE] },
  ])
  assert.equal(messagesOf([assistant(call('a')), user(failed())]).messages[1]?.['content'], '{"error":""}')
})

test('T11: a turn of calls alone has null as its content', () => {
  assert.equal(messagesOf([assistant(call('a')), { role: 'tool', parts: [result('a', text('1'))] }]).messages[0]?.['content'], null)
})

test('I2: an image in a result comes with the next message of the user, after all results', () => {
  const { messages, unsupported } = messagesOf([
    assistant(call('a'), call('b')),
    { role: 'tool', parts: [result('a', image)] },
    { role: 'tool', parts: [result('b', text('two'), image)] },
    assistant(text('I see.')),
    user(result('c', image), text('and this?')),
  ])
  assert.deepEqual(messages.slice(1), [
    { role: 'tool', tool_call_id: 'a', content: '(in the next message)' },
    { role: 'tool', tool_call_id: 'b', content: 'two' },
    { role: 'user', content: [IMAGE, IMAGE] },
    { role: 'assistant', content: 'I see.' },
    { role: 'tool', tool_call_id: 'c', content: '(in the next message)' },
    { role: 'user', content: [IMAGE, { type: 'text', text: 'and this?' }] },
  ])
  assert.deepEqual(unsupported, [])
})

test('T7: ids that a vendor does not take become others, the same in call and result', () => {
  const idsOf = (id: string, quirks: Quirks): unknown[] => {
    const { messages } = messagesOf([assistant(call(id)), { role: 'tool', parts: [result(id, text('1'))] }], quirks)
    const calls = (messages[0]?.['tool_calls'] ?? []) as Messages
    return [calls[0]?.['id'], messages[1]?.['tool_call_id']]
  }
  const long = 'x'.repeat(60)
  for (const [quirks, form] of [
    [{ nineCharacterToolIds: true }, /^[a-zA-Z0-9]{9}$/],
    [{}, /^[a-zA-Z0-9_-]{1,40}$/],
  ] as const) {
    const [asked, told] = idsOf(long, quirks)
    assert.match(String(asked), form)
    assert.equal(told, asked)
  }
  assert.deepEqual(idsOf('functions.f:0', {}), ['functions.f:0', 'functions.f:0'])
})

test('M6: reasoning goes back to whoever signed it, and its text where the vendor wants it', () => {
  const own: Part = { type: 'reasoning', text: 'mine', signature: 's', origin: 'openai-chat', at: '' }
  const foreign: Part = { type: 'reasoning', text: 'theirs', signature: 's', origin: 'anthropic', at: '' }
  const plain: Part = { type: 'reasoning', text: 'plain', at: '' }
  const hidden: Part = { type: 'reasoning', text: '', redacted: 'd', origin: 'openai-chat', id: 'rs_1', at: '' }
  const first = (parts: Part[], quirks: Quirks): Record<string, unknown> | undefined => {
    const { messages, unsupported } = messagesOf([assistant(...parts), user(text('x'))], quirks)
    assert.deepEqual(unsupported, [])
    return messages[0]
  }
  const back = { reasoningContentBack: true }
  assert.deepEqual(first([own, hidden, text('a')], {})?.['reasoning_details'], [
    { type: 'reasoning.text', text: 'mine', signature: 's' },
    { type: 'reasoning.encrypted', data: 'd', id: 'rs_1' },
  ])
  assert.deepEqual(first([foreign, plain, text('a')], {}), { role: 'assistant', content: 'a' })
  assert.equal(first([plain, foreign, call('a')], back)?.['reasoning_content'], 'plain')
  assert.equal(first([foreign, call('a')], back)?.['reasoning_content'], '')
  assert.equal(first([text('a')], back)?.['reasoning_content'], undefined)
})

test('M2: the beginning of an answer cannot be given; nothing is said in a turn without parts', () => {
  const { messages, unsupported } = messagesOf([user(text('hi')), assistant(), assistant(text('{'))])
  assert.deepEqual(messages, [{ role: 'user', content: 'hi' }])
  assert.deepEqual(
    unsupported.map(({ at, what }) => [at, what]),
    [['/t/2', 'the beginning of the answer']],
  )
})

test('the text of an answer that was cut in pieces is one text; refusals have a member of their own', () => {
  assert.deepEqual(
    messagesOf([assistant(text('a'), text('b')), assistant({ type: 'refusal', text: 'no', at: '' }), user(text('x'))]).messages,
    [
      { role: 'assistant', content: 'ab' },
      { role: 'assistant', content: null, refusal: 'no' },
      { role: 'user', content: 'x' },
    ],
  )
})

test('M3: breakpoints survive on parts, and on results', () => {
  const marked: Part = { type: 'text', text: 'a', cacheControl: {}, at: '' }
  const { messages } = messagesOf([
    { role: 'system', parts: [marked] },
    assistant(marked),
    {
      role: 'tool',
      parts: [{ type: 'tool_result', callId: 'a', content: [{ type: 'text', text: 'r', at: '' }], cacheControl: { ttl: '5m' }, at: '' }],
    },
    user({ ...image, cacheControl: {} }),
  ])
  const cached = { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }
  assert.deepEqual(messages, [
    { role: 'system', content: [cached] },
    { role: 'assistant', content: [cached] },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'r', cache_control: { type: 'ephemeral', ttl: '5m' } }] },
    { role: 'user', content: [{ ...IMAGE, cache_control: { type: 'ephemeral' } }] },
  ])
})

const MEDIA: [what: string, part: Part, expected: unknown][] = [
  [
    'an image by its address',
    { type: 'image', source: { kind: 'url', url: 'https://x' }, at: '' },
    { type: 'image_url', image_url: { url: 'https://x' } },
  ],
  [
    'audio',
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/x-wav', data: 'AA' }, at: '' },
    { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
  ],
  [
    'a PDF without a name',
    { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA' }, at: '' },
    { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,AA' } },
  ],
  [
    'a text with a title',
    { type: 'document', source: { kind: 'text', text: 'body', mediaType: 'text/plain' }, title: 'Title', at: '' },
    { type: 'text', text: 'Title\n\nbody' },
  ],
  [
    'a file of OpenAI’s',
    { type: 'document', source: { kind: 'file', id: 'file-1' }, at: '' },
    { type: 'file', file: { file_id: 'file-1' } },
  ],
  ['a video', { type: 'video', source: { kind: 'url', url: 'https://v' }, at: '' }, { type: 'video_url', video_url: { url: 'https://v' } }],
]

for (const [what, part, expected] of MEDIA) {
  test(`I2: ${what}`, () => {
    const { messages, unsupported } = messagesOf([user(text('x'), part)])
    assert.deepEqual(messages[0]?.['content'], [{ type: 'text', text: 'x' }, expected])
    assert.deepEqual(unsupported, [])
  })
}

const FOREIGN: Part[] = [
  { type: 'image', source: { kind: 'file', id: 'file_1' }, at: '/p' },
  { type: 'document', source: { kind: 'file', id: 'file_1' }, at: '/p' },
  { type: 'document', source: { kind: 'url', url: 'https://x' }, at: '/p' },
  { type: 'audio', source: { kind: 'url', url: 'https://x' }, at: '/p' },
  { type: 'vendor', dialect: 'gemini', value: {}, at: '/p' },
]

test('T10, I2: what the vendor cannot take is left out and named, by its place', () => {
  for (const part of FOREIGN) {
    const { messages, unsupported } = messagesOf([user(text('x'), part)])
    assert.deepEqual(messages, [{ role: 'user', content: 'x' }])
    assert.deepEqual(
      unsupported.map(({ at }) => at),
      ['/p'],
      JSON.stringify(part),
    )
  }
  const refused = messagesOf([user(text('x'), image)], { refuses: ['image'] })
  assert.deepEqual(
    refused.unsupported.map(({ at }) => at),
    ['/i'],
  )
  const drawn = messagesOf([assistant(text('a'), image), user(text('x'))])
  assert.deepEqual(
    drawn.unsupported.map(({ at }) => at),
    ['/i'],
  )
})

test('T6: where the vendor wants it, the assistant speaks between the result of a tool and the user', () => {
  const turns = [user(text('a')), assistant(call('c')), user(result('c', text('r'), image), text('go on'))]
  const roles = (quirks: Quirks): unknown[] => messagesOf(turns, quirks).messages.map(({ role }) => role)
  assert.deepEqual(roles({}), ['user', 'assistant', 'tool', 'user'])
  assert.deepEqual(roles({ assistantAfterTools: true }), ['user', 'assistant', 'tool', 'assistant', 'user'])
  assert.deepEqual(messagesOf(turns, { assistantAfterTools: true }).messages[3], { role: 'assistant', content: 'I have read that.' })
})
