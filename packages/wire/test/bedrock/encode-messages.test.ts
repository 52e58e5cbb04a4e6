import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Part, Turn } from '../../src/index.ts'
import { assistant, CLAUDE, content, lost, NOVA, turn, user, write } from './asking.ts'

const TOOLS = [{ type: 'function' as const, name: 'look', at: '/tools/0' }]
const CALL: Part = { type: 'tool_call', id: 'call_1', name: 'look', arguments: '{"b":1,"a":[2]}', at: '/c' }
const RESULT: Part = { type: 'tool_result', callId: 'call_1', content: [{ type: 'text', text: 'seen', at: '/r/0' }], at: '/r' }
const PNG = 'iVBORw0KGgoAAAA'

function image(source: Extract<Part, { type: 'image' }>['source']): Part {
  return { type: 'image', source, at: '/i' }
}

test('M1: instructions from wherever they stand become `system`, in order; blank ones are left out', () => {
  const written = write({ turns: [turn('system', ['Be brief.', ' ']), user('Hi'), turn('developer', ['In verse.'])] })
  assert.deepEqual(written.body['system'], [{ text: 'Be brief.' }, { text: 'In verse.' }])
  assert.deepEqual(written.body['messages'], [{ role: 'user', content: [{ text: 'Hi' }] }])
})

test('M1: instructions alone are what the user says, for there must be a message', () => {
  const written = write({ turns: [turn('system', ['Tell a joke.'])] })
  assert.deepEqual(written.body['messages'], [{ role: 'user', content: [{ text: 'Tell a joke.' }] }])
  assert.equal('system' in written.body, false)
})

test('M2: turns of one side in a row become one, and blank texts none', () => {
  const written = write({ turns: [user('a'), user('b', ' \n'), assistant('c'), user(''), assistant('d')] })
  assert.deepEqual(written.body['messages'], [
    { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
    { role: 'assistant', content: [{ text: 'c' }, { text: 'd' }] },
  ])
})

test('M2: an assistant turn before the first user turn is refused by name', () => {
  const written = write({ turns: [assistant('Welcome!'), user('Hi')] })
  assert.deepEqual(lost(written), ['/t'])
  assert.deepEqual(written.body['messages'], [{ role: 'user', content: [{ text: 'Hi' }] }])
})

test('M2: the beginning of an answer does not end in white space', () => {
  assert.deepEqual(content(write({ turns: [user('Count'), assistant('One, two, ')] }), 1), [{ text: 'One, two,' }])
})

test('M2: newer models of Claude’s take no beginning of an answer: it is refused by name', () => {
  const written = write({ turns: [user('Count'), assistant('One, two, ')] }, 'global.anthropic.claude-opus-5')
  assert.deepEqual(lost(written), ['/t'])
  assert.deepEqual(written.body['messages'], [{ role: 'user', content: [{ text: 'Count' }] }])
})

test('T6: results come first in the turn after their calls, whatever role they had and whatever was said between', () => {
  const turns: Turn[] = [user('Look'), assistant('Let me', CALL), user('Hurry!'), turn('tool', [RESULT])]
  const written = write({ turns, tools: TOOLS })
  assert.deepEqual(content(written, 1), [{ text: 'Let me' }, { toolUse: { toolUseId: 'call_1', name: 'look', input: { b: 1, a: [2] } } }])
  assert.deepEqual(content(written, 2), [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'seen' }] } }, { text: 'Hurry!' }])
  assert.match(written.text, /"input":\{"b":1,"a":\[2\]\}/)
})

test('T2: arguments that are none are an object all the same; numbers that JavaScript would round stay as they are', () => {
  const inputs = ['', '[1]', '{"broken', '{"id":12345678901234567890,"x":1.50}'].map((text) => {
    const written = write({ turns: [user('x'), assistant({ ...CALL, arguments: text })], tools: TOOLS })
    return /"input":(.*?)\}\}\]\}/.exec(written.text)?.[1]
  })
  assert.deepEqual(inputs, ['{}', '{"arguments":"[1]"}', '{"arguments":"{\\"broken"}', '{"id":12345678901234567890,"x":1.50}'])
})

test('T7: ids are what Converse takes, the same for a call and its result; nine letters for Mistral', () => {
  const turns = [
    user('x'),
    assistant({ ...CALL, id: 'call:with/strange#letters' }),
    turn('tool', [{ ...RESULT, callId: 'call:with/strange#letters' }]),
  ]
  for (const [model, pattern] of [
    [CLAUDE, /^[a-zA-Z0-9_-]{1,64}$/],
    ['mistral.mistral-large-2407-v1:0', /^[a-zA-Z0-9]{9}$/],
  ] as const) {
    const written = write({ turns, tools: TOOLS }, model)
    const ids = [...written.text.matchAll(/"toolUseId":"([^"]+)"/g)].map((match) => match[1] ?? '')
    assert.equal(ids.length, 2)
    assert.equal(ids[0], ids[1])
    assert.match(ids[0] ?? '', pattern)
  }
})

test('tool calls and results without declared tools are refused by name: Converse takes them with tools only', () => {
  const written = write({ turns: [user('x'), assistant('y', CALL), turn('tool', [RESULT]), user('z')] })
  assert.deepEqual(lost(written), ['/c', '/r'])
  assert.deepEqual(written.body['messages'], [
    { role: 'user', content: [{ text: 'x' }] },
    { role: 'assistant', content: [{ text: 'y' }] },
    { role: 'user', content: [{ text: 'z' }] },
  ])
})

test('a result says that it is an error, in its text where the model knows no status, and is never empty', () => {
  const failed: Part = { ...RESULT, type: 'tool_result', callId: 'call_1', isError: true, content: [] }
  const of = (model: string): unknown => content(write({ turns: [user('x'), assistant(CALL), user(failed)], tools: TOOLS }, model), 2)
  const empty = { toolUseId: 'call_1', content: [{ text: '(empty)' }] }
  assert.deepEqual(of(NOVA), [{ toolResult: { ...empty, status: 'error' } }])
  assert.deepEqual(of('meta.llama3-3-70b-instruct-v1:0'), [{ toolResult: { ...empty, content: [{ text: '{"error":""}' }] } }])
})

test('I1, I2: images are bytes of the type that they are, or a place in S3; a URL or an id is refused by name', () => {
  const written = write({
    turns: [
      user(
        image({ kind: 'base64', mediaType: 'image/jpeg', data: PNG }),
        image({ kind: 'url', url: 's3://bucket/cat.JPG' }),
        image({ kind: 'url', url: 'https://example.com/cat.png' }),
        image({ kind: 'file', id: 'file-1' }),
        image({ kind: 'base64', mediaType: 'image/heic', data: 'AAAA' }),
      ),
    ],
  })
  assert.deepEqual(content(written), [
    { image: { format: 'png', source: { bytes: PNG } } },
    { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/cat.JPG' } } } },
  ])
  assert.deepEqual(lost(written), ['/i', '/i', '/i'])
  assert.match(written.unsupported[1]?.why ?? '', /another vendor/)
})

test('I2: an image may be in a tool result, and not in an assistant turn', () => {
  const inner = { type: 'image' as const, source: { kind: 'base64' as const, mediaType: 'image/png', data: PNG }, at: '/r/0' }
  const result: Part = { type: 'tool_result', callId: 'call_1', content: [inner], at: '/r' }
  const written = write({ turns: [user('x'), assistant(CALL, { ...inner, at: '/a' }), user(result)], tools: TOOLS })
  assert.deepEqual(content(written, 2), [
    { toolResult: { toolUseId: 'call_1', content: [{ image: { format: 'png', source: { bytes: PNG } } }] } },
  ])
  assert.deepEqual(lost(written), ['/a'])
})

test('I2: documents have a name in the letters that Converse takes, each its own; text of any kind is a text file', () => {
  const document = (given: Partial<Extract<Part, { type: 'document' }>>): Part => ({
    type: 'document',
    source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0x' },
    at: '/d',
    ...given,
  })
  const written = write({
    turns: [
      user(
        document({ filename: 'Q3_report – final.pdf' }),
        document({ filename: 'Q3 report   final.pdf', citations: true, context: 'Figures' }),
        document({ source: { kind: 'text', text: 'a,b', mediaType: 'text/csv' } }),
        document({ source: { kind: 'text', text: '{}', mediaType: 'application/json' }, title: '???' }),
        document({ source: { kind: 'base64', mediaType: 'application/zip', data: 'UEsD' } }),
      ),
    ],
  })
  assert.deepEqual(content(written), [
    { document: { format: 'pdf', name: 'Q3 report final', source: { bytes: 'JVBERi0x' } } },
    {
      document: {
        format: 'pdf',
        name: 'Q3 report final 2',
        context: 'Figures',
        citations: { enabled: true },
        source: { bytes: 'JVBERi0x' },
      },
    },
    { document: { format: 'csv', name: 'document', source: { bytes: 'YSxi' } } },
    { document: { format: 'txt', name: 'document 2', source: { bytes: 'e30=' } } },
    { text: 'Q3 report final' },
  ])
  assert.deepEqual(lost(written), ['/d'])
})

test('a document that comes without a text is named in one', () => {
  const written = write({
    turns: [user({ type: 'document', source: { kind: 'text', text: 'x', mediaType: 'text/plain' }, title: 'Notes', at: '/d' })],
  })
  assert.deepEqual(content(written), [{ document: { format: 'txt', name: 'Notes', source: { bytes: 'eA==' } } }, { text: 'Notes' }])
})

test('audio and video travel as bytes, in the format that their type names', () => {
  const written = write({
    turns: [
      user(
        { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' }, at: '/a' },
        { type: 'video', source: { kind: 'url', url: 's3://b/v.mp4' }, at: '/v' },
      ),
    ],
  })
  assert.deepEqual(content(written), [
    { audio: { format: 'wav', source: { bytes: 'UklG' } } },
    { video: { format: 'mp4', source: { s3Location: { uri: 's3://b/v.mp4' } } } },
  ])
})

test("M6: Claude gets back what Claude thought, signed, from here or from Anthropic; nobody gets another vendor's thought", () => {
  const thoughts: Part[] = [
    { type: 'reasoning', text: 'hm', signature: 'S', origin: 'bedrock', at: '/1' },
    { type: 'reasoning', text: '', redacted: 'R', origin: 'anthropic', at: '/2' },
    { type: 'reasoning', text: 'unsigned', origin: 'bedrock', at: '/3' },
    { type: 'reasoning', text: 'other', signature: 'T', origin: 'gemini', at: '/4' },
  ]
  const turns = [user('x'), assistant(...thoughts, 'y'), user('z')]
  const written = write({ turns })
  assert.deepEqual(content(written, 1), [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'S' } } },
    { reasoningContent: { redactedContent: 'R' } },
    { text: 'y' },
  ])
  assert.deepEqual(content(write({ turns }, NOVA), 1), [{ text: 'y' }])
  assert.deepEqual(lost(written), [])
})

test('T10: a part that only another dialect knows is refused by name', () => {
  const written = write({ turns: [user('x', { type: 'vendor', dialect: 'anthropic', value: {}, at: '/v' })] })
  assert.deepEqual(written.unsupported, [{ at: '/v', what: 'a part that only anthropic knows' }])
})

test('M3: cache breakpoints become cache points behind what they are on: tools, system, parts, results; an hour is said', () => {
  const cacheControl = { ttl: '5m' as const }
  const written = write({
    tools: [{ type: 'function', name: 'look', cacheControl, at: '/tools/0' }],
    turns: [
      turn('system', [{ type: 'text', text: 's', cacheControl: { ttl: '1h' }, at: '/s' }]),
      user('a'),
      assistant(CALL),
      user({ ...RESULT, type: 'tool_result', callId: 'call_1', content: [{ type: 'text', text: 'seen', cacheControl, at: '/r/0' }] }),
    ],
    cacheControl: {},
  })
  const point = { cachePoint: { type: 'default' } }
  const { tools } = written.body['toolConfig'] as { tools: unknown[] }
  assert.deepEqual(tools[1], point)
  assert.deepEqual(written.body['system'], [{ text: 's' }, { cachePoint: { type: 'default', ttl: '1h' } }])
  assert.deepEqual(content(written, 2), [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'seen' }] } }, point, point])
  assert.deepEqual(lost(written), [])
})

test('M3: a fifth breakpoint is refused by name; models without prompt caching get none', () => {
  const parts = Array.from({ length: 5 }, (_, index): Part => ({ type: 'text', text: `${index}`, cacheControl: {}, at: `/p/${index}` }))
  const written = write({ turns: [user(...parts)] })
  assert.deepEqual(lost(written), ['/p/4'])
  assert.equal(written.text.split('cachePoint').length - 1, 4)
  const plain = write({ turns: [user(...parts)] }, 'meta.llama3-3-70b-instruct-v1:0')
  assert.equal(plain.text.includes('cachePoint'), false)
  assert.deepEqual(lost(plain), [])
})
