import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Decoded } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'
import { encryptedContent } from '../../src/openai-responses/seal.ts'

function tryDecode(members: object): Decoded {
  const result = openaiResponses.read({ path: '', query: '', headers: {}, body: Buffer.from(JSON.stringify({ model: 'm', ...members })) })
  return result.ok ? result.request.decode() : result
}

function decode(members: object): Conversation {
  const decoded = tryDecode({ input: 'hi', ...members })
  assert.ok(decoded.ok, JSON.stringify(decoded))
  return decoded.conversation
}

test('a text is what the user says; instructions are what the system says, before it', () => {
  assert.deepEqual(decode({ instructions: 'be brief' }), {
    stream: false,
    turns: [
      { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '/instructions' }], at: '/instructions' },
      { role: 'user', parts: [{ type: 'text', text: 'hi', at: '/input' }], at: '/input' },
    ],
    others: {},
  })
})

test('M1, M2: every message is a turn, in order and in its place, nothing merged', () => {
  const input = [
    { role: 'developer', content: 'd' },
    { role: 'user', content: 'a' },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'b' }] },
    {
      type: 'message',
      role: 'assistant',
      id: 'msg_1',
      status: 'completed',
      content: [
        { type: 'output_text', text: 'c', annotations: [] },
        { type: 'refusal', refusal: 'no' },
      ],
    },
    { role: 'system', content: 's' },
  ]
  const { turns } = decode({ input })
  assert.deepEqual(
    turns.map(({ role, at }) => [role, at]),
    [
      ['developer', '/input/0'],
      ['user', '/input/1'],
      ['user', '/input/2'],
      ['assistant', '/input/3'],
      ['system', '/input/4'],
    ],
  )
  assert.deepEqual(turns[3]?.parts, [
    { type: 'text', text: 'c', at: '/input/3/content/0' },
    { type: 'refusal', text: 'no', at: '/input/3/content/1' },
  ])
})

test('T1, T6: what the assistant made in one go is one turn, so that results can follow their calls at once', () => {
  const thought = { type: 'reasoning', summary: [], encrypted_content: 'g' }
  const said = { role: 'assistant', content: 'x' }
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
  const result = { type: 'function_call_output', call_id: 'c', output: 'y' }
  const search = { type: 'web_search_call', id: 'ws_1' }
  const rows: [input: object[], turns: number[]][] = [
    [
      [thought, said, call, call, result, result],
      [4, 1, 1],
    ],
    [
      [thought, call, thought, said, call, result, thought, said],
      [5, 1, 2],
    ],
    [
      [said, said, thought, said, call],
      [1, 1, 3],
    ],
    [
      [thought, search, said],
      [1, 1, 1],
    ],
    [
      [said, { role: 'user', content: 'z' }, call],
      [1, 1, 1],
    ],
  ]
  for (const [input, turns] of rows)
    assert.deepEqual(
      decode({ input }).turns.map(({ parts }) => parts.length),
      turns,
      JSON.stringify(input),
    )
})

test('I1, I2: images, files and audio, by URL, by bytes and by id', () => {
  const content = [
    { type: 'input_image', image_url: 'https://a/b.png', detail: 'low' },
    { type: 'input_image', image_url: 'data:image/gif;base64,iVBORw0KGgo=' },
    { type: 'input_image', file_id: 'file-1', image_url: null },
    { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
    { type: 'input_file', file_data: 'JVBERi0=' },
    { type: 'input_file', file_url: 'https://a/b.pdf' },
    { type: 'input_file', file_id: 'file-2' },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    { type: 'new_part', x: 1 },
  ]
  const { turns } = decode({ input: [{ role: 'user', content }] })
  const at = (index: number): string => `/input/0/content/${index}`
  assert.deepEqual(turns[0]?.parts, [
    { type: 'image', source: { kind: 'url', url: 'https://a/b.png' }, detail: 'low', at: at(0) },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, at: at(1) },
    { type: 'image', source: { kind: 'file', id: 'file-1' }, at: at(2) },
    { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, filename: 'a.pdf', at: at(3) },
    { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, at: at(4) },
    { type: 'document', source: { kind: 'url', url: 'https://a/b.pdf' }, at: at(5) },
    { type: 'document', source: { kind: 'file', id: 'file-2' }, at: at(6) },
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' }, at: at(7) },
    { type: 'vendor', dialect: 'openai-responses', value: { type: 'new_part', x: 1 }, at: at(8) },
  ])
})

test('T2, T4: calls and their results; signatures come out of the ids; arguments may be an object or nothing', () => {
  const input = [
    { type: 'function_call', id: 'fc_1', call_id: 'c1__sig__U0lH_9f43d3fa', name: 'f', arguments: '{"a": 1}', status: 'completed' },
    { type: 'function_call', call_id: 'c2', name: 'g', arguments: { b: 2 } },
    { type: 'function_call', call_id: 'c3', name: 'h', arguments: '' },
    { type: 'custom_tool_call', call_id: 'c4', name: 'sql', input: '' },
    { type: 'function_call_output', call_id: 'c1__sig__U0lH_9f43d3fa', output: 'ok' },
    {
      type: 'function_call_output',
      call_id: 'c2',
      output: [
        { type: 'input_text', text: 'x' },
        { type: 'input_image', image_url: 'https://a' },
      ],
    },
    { type: 'custom_tool_call_output', call_id: 'c4', output: 'rows' },
  ]
  const { turns } = decode({ input })
  assert.deepEqual(
    turns.map(({ role, parts }) => [role, ...parts]),
    [
      [
        'assistant',
        { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"a": 1}', signature: 'SIG', at: '/input/0' },
        { type: 'tool_call', id: 'c2', name: 'g', arguments: '{"b":2}', at: '/input/1' },
        { type: 'tool_call', id: 'c3', name: 'h', arguments: '{}', at: '/input/2' },
        { type: 'tool_call', id: 'c4', name: 'sql', arguments: '', at: '/input/3', custom: true },
      ],
      ['tool', { type: 'tool_result', callId: 'c1', content: [{ type: 'text', text: 'ok', at: '/input/4/output' }], at: '/input/4' }],
      [
        'tool',
        {
          type: 'tool_result',
          callId: 'c2',
          content: [
            { type: 'text', text: 'x', at: '/input/5/output/0' },
            { type: 'image', source: { kind: 'url', url: 'https://a' }, at: '/input/5/output/1' },
          ],
          at: '/input/5',
        },
      ],
      ['tool', { type: 'tool_result', callId: 'c4', content: [{ type: 'text', text: 'rows', at: '/input/6/output' }], at: '/input/6' }],
    ],
  )
})

test('M6: reasoning keeps whose it is: encrypted by OpenAI, or sealed by us for another vendor', () => {
  const summary = [
    { type: 'summary_text', text: 'a' },
    { type: 'summary_text', text: 'b' },
  ]
  const input = [
    { type: 'reasoning', id: 'rs_1', summary, encrypted_content: 'gAAA' },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gBBB' },
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 't' }],
      encrypted_content: encryptedContent({ signature: 's', origin: 'anthropic' }),
    },
    { type: 'reasoning', summary: [], encrypted_content: encryptedContent({ redacted: 'r', origin: 'bedrock' }) },
    { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'raw' }], summary: [{ type: 'summary_text', text: 'x' }] },
  ]
  const thoughts = decode({ input }).turns.flatMap(({ parts }) => parts)
  assert.deepEqual(thoughts, [
    { type: 'reasoning', text: 'a\n\nb', signature: 'gAAA', origin: 'openai-responses', id: 'rs_1', at: '/input/0' },
    { type: 'reasoning', text: '', redacted: 'gBBB', origin: 'openai-responses', id: 'rs_2', at: '/input/1' },
    { type: 'reasoning', text: 't', signature: 's', origin: 'anthropic', at: '/input/2' },
    { type: 'reasoning', text: '', redacted: 'r', origin: 'bedrock', at: '/input/3' },
    { type: 'reasoning', text: 'raw', at: '/input/4' },
  ])
})

test('T10: items and tools of the vendor stay as they are, for its own upstreams', () => {
  const items = [
    { type: 'web_search_call', id: 'ws_1', status: 'completed' },
    { type: 'computer_call_output', call_id: 'c', output: {} },
    { type: 'mcp_approval_response', approval_request_id: 'x', approve: true },
    { type: 'item_reference', id: 'msg_1' },
    { id: 'msg_2' },
  ]
  const { turns, tools } = decode({ input: items, tools: [{ type: 'web_search' }, { type: 'custom', name: 'c' }] })
  assert.deepEqual(
    turns.map(({ role, parts }) => [role, parts[0]?.type === 'vendor' && parts[0].value]),
    [
      ['assistant', items[0]],
      ['user', items[1]],
      ['user', items[2]],
      ['assistant', items[3]],
      ['assistant', items[4]],
    ],
  )
  assert.deepEqual(
    tools?.map((tool) => [tool.type, tool.name, tool.at]),
    [
      ['vendor', 'web_search', '/tools/0'],
      ['vendor', 'custom', '/tools/1'],
    ],
  )
})
