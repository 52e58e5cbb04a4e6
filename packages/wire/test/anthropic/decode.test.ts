import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMessages } from '../../src/anthropic/decode.ts'
import type { Conversation, Part } from '../../src/canonical/conversation.ts'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import type { Json } from './support.ts'

function decode(parts: Json): Conversation {
  const decoded = decodeMessages({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...parts })
  assert.ok(decoded.ok, JSON.stringify(decoded))
  return decoded.conversation
}

function partOf(block: Json, role = 'user'): Part | undefined {
  return decode({ messages: [{ role, content: [block] }] }).turns[0]?.parts[0]
}

const AT = '/messages/0/content/0'

test('M1, M3: system words come first, in one piece or in blocks that keep their breakpoints', () => {
  assert.deepEqual(decode({ system: 'Be brief' }).turns[0], {
    role: 'system',
    parts: [{ type: 'text', text: 'Be brief', at: '/system' }],
    at: '/system',
  })
  const blocks = [
    { type: 'text', text: 'A', cache_control: { type: 'ephemeral', ttl: '1h' } },
    { type: 'text', text: 'B', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'C', cache_control: null },
  ]
  assert.deepEqual(decode({ system: blocks }).turns[0]?.parts, [
    { type: 'text', text: 'A', at: '/system/0', cacheControl: { ttl: '1h' } },
    { type: 'text', text: 'B', at: '/system/1', cacheControl: {} },
    { type: 'text', text: 'C', at: '/system/2' },
  ])
})

test('turns keep their order and places; nothing is merged; a string is one part', () => {
  const messages = [
    { role: 'user', content: 'A' },
    { role: 'user', content: [{ type: 'text', text: 'B' }] },
    { role: 'system', content: 'From now on in French' },
    { role: 'assistant', content: 'C' },
  ]
  assert.deepEqual(decode({ messages }).turns, [
    { role: 'user', parts: [{ type: 'text', text: 'A', at: '/messages/0/content' }], at: '/messages/0' },
    { role: 'user', parts: [{ type: 'text', text: 'B', at: '/messages/1/content/0' }], at: '/messages/1' },
    { role: 'system', parts: [{ type: 'text', text: 'From now on in French', at: '/messages/2/content' }], at: '/messages/2' },
    { role: 'assistant', parts: [{ type: 'text', text: 'C', at: '/messages/3/content' }], at: '/messages/3' },
  ])
})

test('a system message that carries settings stays what it is, for its own vendor', () => {
  const message = { role: 'system', content: [], output_config: { effort: 'low' } }
  assert.deepEqual(decode({ messages: [{ role: 'user', content: 'A' }, message] }).turns[1]?.parts, [
    { type: 'vendor', dialect: 'anthropic', value: message, at: '/messages/1' },
  ])
})

const cited = { type: 'web_search_result_location', url: 'https://x.example', title: 'X', cited_text: 'x', encrypted_index: 'E1' }
const made = { ...cited, encrypted_index: '' }

const PARTS: [what: string, block: Json, part: unknown][] = [
  ['text', { type: 'text', text: 'A' }, { type: 'text', text: 'A' }],
  [
    'a breakpoint (M3)',
    { type: 'text', text: 'A', cache_control: { type: 'ephemeral', ttl: '5m' } },
    { type: 'text', text: 'A', cacheControl: { ttl: '5m' } },
  ],
  [
    'text with citations, of which one was made here',
    { type: 'text', text: 'A', citations: [cited, made] },
    {
      type: 'text',
      text: 'A',
      citations: [
        { url: 'https://x.example', title: 'X', citedText: 'x', raw: { dialect: 'anthropic', value: cited } },
        { url: 'https://x.example', title: 'X', citedText: 'x' },
      ],
    },
  ],
  [
    'an image as base64 (I1)',
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
  ],
  [
    'an image of another type than was declared (I2)',
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '/9j/4AAQ' } },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/4AAQ' } },
  ],
  [
    'an image by address (I1)',
    { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' }, cache_control: { type: 'ephemeral' } },
    { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, cacheControl: {} },
  ],
  [
    'an uploaded image',
    { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    { type: 'image', source: { kind: 'file', id: 'file_1' } },
  ],
  [
    'a PDF',
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi' },
      title: 'T',
      context: 'C',
      citations: { enabled: true },
    },
    {
      type: 'document',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi' },
      title: 'T',
      context: 'C',
      citations: true,
    },
  ],
  [
    'a text file',
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'abc' } },
    { type: 'document', source: { kind: 'text', text: 'abc', mediaType: 'text/plain' } },
  ],
  [
    'a document in pieces',
    {
      type: 'document',
      source: {
        type: 'content',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    },
    { type: 'document', source: { kind: 'text', text: 'a\nb', mediaType: 'text/plain' } },
  ],
  [
    'a result of a search',
    {
      type: 'search_result',
      source: 'https://x.example',
      title: 'X',
      content: [{ type: 'text', text: 'a' }],
      citations: { enabled: false },
    },
    {
      type: 'document',
      source: { kind: 'text', text: 'a', mediaType: 'text/plain' },
      title: 'X',
      context: 'https://x.example',
      citations: false,
    },
  ],
  [
    'a tool call, with the thought signature that travelled in its id (T4)',
    { type: 'tool_use', id: withSignature('toolu_1', 'sig'), name: 't', input: { b: 1, a: { z: 1, y: 2 } } },
    { type: 'tool_call', id: 'toolu_1', signature: 'sig', name: 't', arguments: '{"b":1,"a":{"z":1,"y":2}}' },
  ],
  [
    'a tool call without arguments (T2)',
    { type: 'tool_use', id: 'a', name: 't', input: {} },
    { type: 'tool_call', id: 'a', name: 't', arguments: '{}' },
  ],
  [
    'a tool result (T4: by the bare id)',
    { type: 'tool_result', tool_use_id: withSignature('toolu_1', 'sig'), content: '12', is_error: true },
    { type: 'tool_result', callId: 'toolu_1', content: [{ type: 'text', text: '12', at: `${AT}/content` }], isError: true },
  ],
  [
    'a tool result with an image (I2)',
    { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } }] },
    {
      type: 'tool_result',
      callId: 'a',
      content: [{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, at: `${AT}/content/0` }],
    },
  ],
  ['a tool result without content', { type: 'tool_result', tool_use_id: 'a' }, { type: 'tool_result', callId: 'a', content: [] }],
  [
    'thinking of this vendor (M6)',
    { type: 'thinking', thinking: 'hm', signature: 'EqQB' },
    { type: 'reasoning', text: 'hm', signature: 'EqQB', origin: 'anthropic' },
  ],
  [
    'thinking that another vendor signed (M6)',
    { type: 'thinking', thinking: 'hm', signature: 'openai-responses:gAAA' },
    { type: 'reasoning', text: 'hm', signature: 'gAAA', origin: 'openai-responses' },
  ],
  ['thinking that nobody signed', { type: 'thinking', thinking: 'hm', signature: '' }, { type: 'reasoning', text: 'hm' }],
  [
    'redacted thinking (M6)',
    { type: 'redacted_thinking', data: 'Emw' },
    { type: 'reasoning', text: '', redacted: 'Emw', origin: 'anthropic' },
  ],
]

for (const [what, block, part] of PARTS) {
  test(`decoded: ${what}`, () => assert.deepEqual(partOf(block), { ...(part as Json), at: AT }))
}

const OWN: Json[] = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
  { type: 'container_upload', file_id: 'file_1' },
  { type: 'a_block_of_tomorrow', any: 1 },
  { type: 'document', source: { type: 'content', content: [{ type: 'image', source: { type: 'url', url: 'https://x.example' } }] } },
  { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'tool_reference', tool_name: 't' }] },
]

for (const block of OWN) {
  test(`T10: ${String(block['type'])} without a neutral form stays what it is: ${JSON.stringify(block).slice(0, 60)}`, () => {
    assert.deepEqual(partOf(block), { type: 'vendor', dialect: 'anthropic', value: block, at: AT })
  })
}

const WRONG: [members: Json, pointer: string][] = [
  [{ messages: [{ role: 'robot', content: 'A' }] }, '/messages/0/role'],
  [{ messages: [{ role: 'user', content: 7 }] }, '/messages/0/content'],
  [{ messages: [{ role: 'user', content: ['A'] }] }, '/messages/0/content/0'],
  [{ messages: [{ role: 'user', content: [{ text: 'A' }] }] }, '/messages/0/content/0/type'],
  [{ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64' } }] }] }, '/messages/0/content/0/source/media_type'],
  [{ messages: [{ role: 'user', content: [{ type: 'image', source: 'x' }] }] }, '/messages/0/content/0/source'],
  [{ messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', input: {} }] }] }, '/messages/0/content/0/name'],
  [{ system: 7 }, '/system'],
  [{ system: [{ type: 'text' }] }, '/system/0/text'],
  [{ tools: [{ input_schema: {} }] }, '/tools/0/name'],
  [{ tools: [{ name: 't', input_schema: 'x' }] }, '/tools/0/input_schema'],
  [{ tool_choice: { type: 'some' } }, '/tool_choice/type'],
  [{ thinking: { type: 'enabled' } }, '/thinking/budget_tokens'],
  [{ output_config: { effort: 'huge' } }, '/output_config/effort'],
  [{ output_config: { format: { type: 'json' } } }, '/output_config/format/type'],
  [{ temperature: 'hot' }, '/temperature'],
  [{ stop_sequences: [7] }, '/stop_sequences'],
]

for (const [members, pointer] of WRONG) {
  test(`what is wrong is named by its place: ${JSON.stringify(members).slice(0, 80)}`, () => {
    const decoded = decodeMessages({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...members })
    assert.ok(!decoded.ok)
    assert.equal(decoded.pointer, pointer)
    assert.notEqual(decoded.message, '')
  })
}
