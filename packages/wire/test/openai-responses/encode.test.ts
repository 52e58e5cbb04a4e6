import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Part, Quirks, Turn } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'

function encode(
  members: Partial<Conversation>,
  model = 'gpt-4.1',
  quirks: Quirks = {},
): { body: Record<string, unknown>; unsupported: [string, string][] } {
  const { body, unsupported } = openaiResponses.encodeRequest(
    { stream: false, turns: [], others: {}, ...members },
    { model, outputLimit: undefined, quirks },
  )
  return { body: JSON.parse(body.toString()) as Record<string, unknown>, unsupported: unsupported.map(({ at, what }) => [at, what]) }
}

function turn(role: Turn['role'], ...parts: Part[]): Turn {
  return { role, parts, at: '/t' }
}

function text(words: string): Part {
  return { type: 'text', text: words, at: '/p' }
}

/** Items for these parts of one turn. */
function items(role: Turn['role'], ...parts: Part[]): unknown {
  return encode({ turns: [turn(role, ...parts)] }).body['input']
}

test('M1, T11: turns become items in order: messages, calls and results where they stand', () => {
  const { body, unsupported } = encode({
    turns: [
      turn('system', text('s')),
      turn('user', text('a'), text('b')),
      turn('assistant', text('before'), { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"z":1,"a":2}', at: '/p' }, text('after')),
      turn('tool', { type: 'tool_result', callId: 'c1', content: [{ type: 'text', text: 'ok', at: '/p' }], at: '/p' }),
      turn('developer', text('d')),
    ],
  })
  assert.deepEqual(body, {
    model: 'gpt-4.1',
    input: [
      { type: 'message', role: 'system', content: 's' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ],
      },
      { type: 'message', role: 'assistant', content: 'before' },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"z":1,"a":2}' },
      { type: 'message', role: 'assistant', content: 'after' },
      { type: 'function_call_output', call_id: 'c1', output: 'ok' },
      { type: 'message', role: 'developer', content: 'd' },
    ],
    store: false,
  })
  assert.deepEqual(unsupported, [])
  assert.equal(
    (encode({ turns: [turn('developer', text('d'))] }, 'm', { noDeveloperRole: true }).body['input'] as Turn[])[0]?.role,
    'system',
  )
})

test('I1, I2: media in every form that is taken; the rest is refused by name and place', () => {
  const file = (id: string): Part => ({ type: 'image', source: { kind: 'file', id }, at: '/image' })
  const pdf = { kind: 'base64' as const, mediaType: 'application/pdf', data: 'JVBERi0=' }
  assert.deepEqual(
    items(
      'user',
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' }, detail: 'low', at: '' },
      file('file-1'),
      { type: 'document', source: pdf, at: '' },
      { type: 'document', source: { kind: 'url', url: 'https://a/b.pdf' }, filename: 'b.pdf', at: '' },
      { type: 'document', source: { kind: 'text', text: 'words', mediaType: 'text/plain' }, title: 'T', at: '' },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' }, at: '' },
    ),
    [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'low' },
          { type: 'input_image', file_id: 'file-1' },
          { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
          { type: 'input_file', filename: 'b.pdf', file_url: 'https://a/b.pdf' },
          { type: 'input_text', text: 'T\n\nwords' },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
      },
    ],
  )
  const refused = encode({
    turns: [
      turn(
        'user',
        file('file_011'),
        { type: 'audio', source: { kind: 'url', url: 'https://a' }, at: '/audio' },
        { type: 'audio', source: { kind: 'base64', mediaType: 'audio/flac', data: '' }, at: '/flac' },
        { type: 'video', source: { kind: 'url', url: 'https://a' }, at: '/video' },
        { type: 'document', source: pdf, citations: true, at: '/cited' },
      ),
      turn('assistant', { type: 'image', source: { kind: 'url', url: 'https://a' }, at: '/made' }),
    ],
  })
  assert.deepEqual(
    refused.unsupported.map(([at]) => at),
    ['/image', '/audio', '/flac', '/video', '/cited', '/made'],
  )
})

test('T6: a result says that its tool failed, in its text: the dialect has no member for it', () => {
  const failed = (content: Extract<Part, { type: 'tool_result' }>['content']): unknown => {
    const [item] = items('tool', { type: 'tool_result', callId: 'c', content, isError: true, at: '' }) as Record<string, unknown>[]
    return item?.['output']
  }
  assert.equal(failed([{ type: 'text', text: 'no such', at: '' }]), '{"error":"no such"}')
  assert.equal(failed([]), '{"error":""}')
  assert.deepEqual(
    failed([
      { type: 'image', source: { kind: 'url', url: 'https://a' }, at: '' },
      { type: 'text', text: 'x', at: '' },
    ]),
    [
      { type: 'input_text', text: '{"error":"x"}' },
      { type: 'input_image', image_url: 'https://a' },
    ],
  )
})

test('T6, T7: results of every form; ids that are too long or odd become others, the same on both sides', () => {
  const id = `call:${'x'.repeat(80)}`
  const turns = [
    turn(
      'assistant',
      { type: 'tool_call', id, name: 'f', arguments: '{}', at: '' },
      { type: 'tool_call', id: 'c2', name: 'sql', arguments: 'select', custom: true, at: '' },
    ),
    turn(
      'user',
      { type: 'tool_result', callId: id, content: [], at: '' },
      {
        type: 'tool_result',
        callId: 'c2',
        content: [
          { type: 'text', text: 'x', at: '' },
          { type: 'image', source: { kind: 'url', url: 'https://a' }, at: '' },
        ],
        at: '',
      },
      text('and'),
    ),
  ]
  const [call, custom, result, rows, said] = encode({ turns }).body['input'] as Record<string, unknown>[]
  assert.match(String(call?.['call_id']), /^call_[\w-]{1,59}$/)
  assert.deepEqual(result, { type: 'function_call_output', call_id: call?.['call_id'], output: '' })
  assert.deepEqual(custom, { type: 'custom_tool_call', call_id: 'c2', name: 'sql', input: 'select' })
  assert.deepEqual(rows, {
    type: 'custom_tool_call_output',
    call_id: 'c2',
    output: [
      { type: 'input_text', text: 'x' },
      { type: 'input_image', image_url: 'https://a' },
    ],
  })
  assert.deepEqual(said, { type: 'message', role: 'user', content: 'and' })
})

test("M6: only OpenAI's own reasoning goes back; another vendor's is left out without a word", () => {
  const own = encode({
    turns: [
      turn('assistant', { type: 'reasoning', text: 'a', signature: 'g', origin: 'openai-responses', id: 'rs_1', at: '' }),
      turn('assistant', { type: 'reasoning', text: '', redacted: 'g', origin: 'openai-responses', at: '' }),
      turn('assistant', { type: 'reasoning', text: 't', signature: 's', origin: 'anthropic', at: '' }),
      turn('assistant', { type: 'reasoning', text: 'plain', at: '' }),
    ],
  })
  assert.deepEqual(own.body['input'], [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }], encrypted_content: 'g' },
    { type: 'reasoning', summary: [], encrypted_content: 'g' },
  ])
  assert.deepEqual(own.unsupported, [])
})

test('T10: parts and tools of other vendors are refused by name; custom tools of the chat dialect are taken', () => {
  const { body, unsupported } = encode({
    turns: [turn('user', { type: 'vendor', dialect: 'anthropic', value: { type: 'server_tool_use' }, at: '/p' })],
    tools: [
      { type: 'vendor', dialect: 'gemini', name: 'googleSearch', value: {}, at: '/tools/0' },
      { type: 'vendor', dialect: 'openai-responses', name: 'web_search', value: { type: 'web_search' }, at: '/tools/1' },
      {
        type: 'vendor',
        dialect: 'openai-chat',
        name: 'custom',
        value: { type: 'custom', custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } } },
        at: '/tools/2',
      },
    ],
  })
  assert.deepEqual(unsupported, [
    ['/tools/0', 'the tool `googleSearch`'],
    ['/p', '`server_tool_use`'],
  ])
  assert.deepEqual(body['tools'], [
    { type: 'web_search' },
    { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
  ])
})

test('M3: breakpoints only for models that know them; the cache of older ones needs none', () => {
  const turns = [turn('user', { type: 'text', text: 'x', cacheControl: { ttl: '1h' }, at: '' }, text('y'))]
  const content = (model: string): unknown => (encode({ turns }, model).body['input'] as { content: unknown[] }[])[0]?.content[0]
  assert.deepEqual(content('gpt-5.6-sol'), { type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } })
  assert.deepEqual(content('gpt-5.5'), { type: 'input_text', text: 'x' })
})

test('T9: the same conversation gives the same bytes', () => {
  const conversation: Conversation = {
    stream: true,
    turns: [turn('user', text('x'))],
    tools: [{ type: 'function', name: 'f', at: '' }],
    temperature: 0,
    others: {},
  }
  const target = { model: 'm', outputLimit: 64, quirks: {} }
  const bytes = openaiResponses.encodeRequest(conversation, target).body.toString()
  assert.equal(openaiResponses.encodeRequest(structuredClone(conversation), target).body.toString(), bytes)
  assert.match(bytes, /"max_output_tokens":64/)
})
