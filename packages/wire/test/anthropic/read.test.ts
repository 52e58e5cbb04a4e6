import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCountTokens, readMessages } from '../../src/anthropic/request.ts'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import type { CallerRequest, ModelRequest, ReadResult } from '../../src/dialect.ts'
import type { Json } from './support.ts'

function call(body: string | Json): CallerRequest {
  return { path: '/v1/messages', query: '', headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

function accepted(result: ReadResult): ModelRequest {
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

function read(parts: Json = {}): ModelRequest {
  return accepted(
    readMessages(call({ model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], ...parts })),
  )
}

function refusal(parts: Json): [pointer: string, message: string] {
  const result = readMessages(call({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], ...parts }))
  assert.ok(!result.ok)
  return [result.pointer, result.message]
}

test('a request is read as far as money and routing need it', () => {
  const { model, stream, n, outputLimit, outputLimitMember, includeUsage, user, dialect } = read({
    stream: true,
    metadata: { user_id: 'u1' },
  })
  assert.deepEqual(
    { model, stream, n, outputLimit, outputLimitMember, includeUsage, user, dialect },
    {
      model: 'claude-sonnet-4-5',
      stream: true,
      n: 1,
      outputLimit: 100,
      outputLimitMember: 'max_tokens',
      includeUsage: true,
      user: 'u1',
      dialect: 'anthropic',
    },
  )
})

test('M4: a caller without max_tokens gets a limit instead of a refusal; 0 fills the cache and is a limit', () => {
  assert.equal(read({ max_tokens: null }).outputLimit, null)
  assert.equal(read({ max_tokens: 0 }).outputLimit, 0)
})

const INVALID: [what: Json, pointer: string, message: RegExp][] = [
  [{ model: 7 }, '/model', /number 7.*must be a string/],
  [{ model: '' }, '/model', /1 to 256/],
  [{ model: null }, '/model', /null.*1 to 256/],
  [{ messages: [] }, '/messages', /at least one/],
  [{ messages: 'Hi' }, '/messages', /a string.*an array/],
  [{ messages: ['Hi'] }, '/messages/0', /object/],
  [{ messages: [{ content: 'Hi' }] }, '/messages/0/role', /missing/],
  [{ max_tokens: -1 }, '/max_tokens', /whole number from 0/],
  [{ max_tokens: 1.5 }, '/max_tokens', /whole number/],
  [{ max_tokens: '9' }, '/max_tokens', /a string.*whole number/],
  [{ stream: 'true' }, '/stream', /without quotes/],
  [{ tools: {} }, '/tools', /array/],
  [{ tool_choice: 'auto' }, '/tool_choice', /object/],
  [{ thinking: true }, '/thinking', /object/],
  [{ thinking: { type: 'enabled', budget_tokens: '2000' } }, '/thinking/budget_tokens', /number/],
  [{ metadata: { user_id: 7 } }, '/metadata/user_id', /string/],
]

for (const [what, pointer, message] of INVALID) {
  test(`${JSON.stringify(what)} is refused, with the place and how to mend it`, () => {
    const [where, why] = refusal(what)
    assert.equal(where, pointer)
    assert.match(why, message)
  })
}

test('billed members that two parsers could read differently are refused', () => {
  const twice = '{"model":"a","max_tokens":1,"max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}'
  const cased = '{"model":"a","max_tokens":1,"Speed":"fast","messages":[{"role":"user","content":"Hi"}]}'
  const nested = '{"model":"a","max_tokens":9,"thinking":{"type":"disabled","type":"enabled"},"messages":[{"role":"user","content":"Hi"}]}'
  for (const [body, pointer] of [
    [twice, '/max_tokens'],
    [cased, '/Speed'],
    [nested, '/thinking/type'],
  ] as const) {
    const result = readMessages(call(body))
    assert.ok(!result.ok)
    assert.equal(result.pointer, pointer)
  }
})

test('M9: members that are not known pass, and the body passes byte for byte but for the model', () => {
  const body = '{ "new_member": {"b":1,"a":2},\n "model" : "fast", "max_tokens":9, "messages":[{"role":"user","content":"\\u00e9"}] }'
  const request = accepted(readMessages(call(body)))
  assert.equal(request.upstreamBody({ model: 'fast', injectUsage: true }), request.body)
  assert.equal(request.upstreamBody({ model: 'claude-opus-5', injectUsage: true }).toString(), body.replace('"fast"', '"claude-opus-5"'))
})

test('M6, T7: what other vendors left in a conversation does not go on to Claude; what is its own does, and goes by itself byte for byte', () => {
  const own = { type: 'thinking', thinking: 'mine', signature: 'c2ln' }
  const toolCall = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }
  const asked = { role: 'user', content: 'Hi' }
  const turns = (thoughts: Json[], id: string): Json[] => [
    asked,
    { role: 'assistant', content: [...thoughts, own, { ...toolCall, id }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'x' }] },
  ]
  const foreign = [
    { type: 'thinking', thinking: 'unsigned', signature: '' },
    { type: 'thinking', thinking: 'another’s', signature: 'openai-responses:gAAA' },
    { type: 'redacted_thinking', data: 'bedrock:AAAA' },
  ]
  const sent = (messages: Json[]): unknown =>
    (JSON.parse(read({ messages }).upstreamBody({ model: 'claude-sonnet-4-5', injectUsage: false }).toString()) as Json)['messages']
  assert.deepEqual(sent(turns(foreign, 'toolu_1')), turns([], 'toolu_1'))
  assert.deepEqual(sent(turns([], withSignature('toolu_1', 's'))), turns([], 'toolu_1'))
  assert.deepEqual(sent([asked, { role: 'assistant', content: foreign }, asked]), [asked, asked])
  const request = read({ messages: turns([{ type: 'redacted_thinking', data: 'AAAA' }], 'toolu_1') })
  assert.equal(request.upstreamBody({ model: 'claude-sonnet-4-5', injectUsage: false }), request.body)
  const counted = accepted(readCountTokens(call({ model: 'm', messages: turns(foreign, 'toolu_1') })))
  assert.deepEqual(JSON.parse(counted.upstreamBody({ model: 'm', injectUsage: false }).toString()), {
    model: 'm',
    messages: turns([], 'toolu_1'),
  })
})

test('M4, M6: a limit is lowered or filled in, and a budget of thinking stays below it', () => {
  const change = { model: 'm', injectUsage: false }
  const message = '"messages":[{"role":"user","content":"Hi"}]'
  const lowered = (body: string, value: number): string =>
    accepted(readMessages(call(body)))
      .upstreamBody({ ...change, outputLimit: { member: 'max_tokens', value } })
      .toString()
  assert.equal(lowered(`{"model":"m",${message}}`, 50), `{"model":"m",${message},"max_tokens":50}`)
  assert.equal(lowered(`{"model":"m","max_tokens":90,${message}}`, 50), `{"model":"m","max_tokens":50,${message}}`)
  const thinking = '"thinking":{"type":"enabled","budget_tokens":6000}'
  assert.equal(
    lowered(`{"model":"m","max_tokens":9000,${thinking},${message}}`, 4_000),
    `{"model":"m","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":3999},${message}}`,
  )
  assert.equal(
    lowered(`{"model":"m","max_tokens":9000,${thinking},${message}}`, 1_000),
    `{"model":"m","max_tokens":1000,"thinking":{"type":"disabled"},${message}}`,
  )
  assert.equal(
    lowered(`{"model":"m","max_tokens":9000,${thinking},${message}}`, 7_000),
    `{"model":"m","max_tokens":7000,${thinking},${message}}`,
  )
})

const CAUSES: [what: Json, causes: Partial<ModelRequest['canCause']>][] = [
  [{}, { cacheWrite: false, imageIn: false, hiddenOutput: false }],
  [{ cache_control: { type: 'ephemeral' } }, { cacheWrite: true }],
  [{ system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' } }] }, { cacheWrite: true }],
  [{ tools: [{ name: 't', input_schema: {}, cache_control: { type: 'ephemeral' } }] }, { cacheWrite: true, hiddenOutput: false }],
  [
    {
      messages: [
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'x', cache_control: {} }] }] },
      ],
    },
    { cacheWrite: true },
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } }] }] },
    { imageIn: true },
  ],
  [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, { hiddenOutput: true }],
  [{ thinking: { type: 'adaptive' } }, { hiddenOutput: true }],
  [{ thinking: { type: 'disabled' } }, { hiddenOutput: false }],
  [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, { hiddenOutput: true }],
  [{ tools: [{ type: 'custom', name: 't', input_schema: {} }] }, { hiddenOutput: false }],
  [{ mcp_servers: [{ type: 'url', url: 'https://x.example', name: 'x' }] }, { hiddenOutput: true }],
  [{ model: 'claude-opus-5' }, { hiddenOutput: true }],
  [{ model: 'claude-opus-5', thinking: { type: 'disabled' } }, { hiddenOutput: false }],
  [{ model: 'claude-fable-5-1', thinking: { type: 'disabled' } }, { hiddenOutput: true }],
  [{ model: 'claude-opus-4-8' }, { hiddenOutput: false }],
]

for (const [what, causes] of CAUSES) {
  test(`M14: ${JSON.stringify(what).slice(0, 90)} can cause ${JSON.stringify(causes)}`, () => {
    const { canCause } = read(what)
    for (const [name, value] of Object.entries(causes)) assert.equal(canCause[name as keyof typeof canCause], value, name)
  })
}

const LONG = 'x'.repeat(10_000)

test('M11: the bound counts every text that the model reads, wherever it stands', () => {
  const tool = { name: 't', description: LONG, input_schema: { type: 'object' } }
  const called = { type: 'tool_use', id: 'a', name: 't', input: { [LONG]: 1 } }
  const texts: Json[] = [
    { messages: [{ role: 'user', content: LONG }] },
    { messages: [{ role: 'user', content: [{ type: 'text', text: LONG }] }] },
    { system: LONG },
    { system: [{ type: 'text', text: LONG }] },
    { tools: [tool] },
    { output_config: { format: { type: 'json_schema', schema: { description: LONG } } } },
    { messages: [{ role: 'assistant', content: [called] }] },
    { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: LONG }] }] },
    { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: LONG } }] }] },
    {
      messages: [{ role: 'user', content: [{ type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: LONG }] }] }],
    },
  ]
  for (const parts of texts) {
    const { inputBound, inputText } = read(parts)
    assert.ok(inputBound >= 10_000 && inputBound < 16_000, `${Object.keys(parts).join()} ${inputBound}`)
    assert.ok(inputText().includes(LONG), Object.keys(parts).join())
  }
})

test('M11: a turn of a thread that the vendor keeps can cost the whole context, and is no conversation to anybody else', () => {
  const goesOn = read({ thread: { type: 'continue', previous_message_id: 'msg_1' } })
  assert.ok(goesOn.inputBound > 1_000_000)
  assert.ok(goesOn.inputBoundFor('claude-haiku-4-5') < 210_000 && goesOn.inputBoundFor('claude-opus-5') > 1_000_000)
  const { cacheWrite, imageIn, hiddenOutput } = goesOn.canCause
  assert.deepEqual([cacheWrite, imageIn, hiddenOutput], [true, true, true])
  const decoded = goesOn.decode()
  assert.deepEqual(decoded.ok ? '' : decoded.pointer, '/thread')
  for (const thread of [{ type: 'create' }, null]) assert.ok(read({ thread }).inputBound < 1_000)
})

test('M11: media count by what they can cost, not by their base64, and only where the vendor looks for them', () => {
  const data = 'A'.repeat(4_000_000)
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } }
  const inResult = { type: 'tool_result', tool_use_id: 'a', content: [image] }
  for (const content of [[image], [inResult]]) {
    const request = read({ messages: [{ role: 'user', content }] })
    assert.ok(request.inputBound > 1_000 && request.inputBound < 100_000, String(request.inputBound))
    assert.equal(request.inputText().includes('AAAA'), false)
  }
  const disguised = read({ messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 't', input: image }] }] })
  assert.ok(disguised.inputBound > 4_000_000)
  const pdf = read({
    messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'https://x.example/a.pdf' } }] }],
  })
  assert.ok(pdf.inputBound >= 128_000)
})

test('U12: counting tokens is read as a request without an answer: only the model changes', () => {
  const body =
    '{"model":"fast","messages":[{"role":"user","content":"Hi"}],"stream":true,"thinking":{"type":"enabled","budget_tokens":2000}}'
  const request = accepted(readCountTokens(call(body)))
  assert.deepEqual([request.n, request.outputLimit, request.outputLimitMember, request.stream], [0, 0, null, false])
  assert.deepEqual([request.canCause.hiddenOutput, request.canCause.cacheWrite], [false, false])
  const change = { model: 'claude-opus-5', injectUsage: true, outputLimit: { member: 'max_tokens', value: 5 } }
  assert.equal(request.upstreamBody(change).toString(), body.replace('fast', 'claude-opus-5'))
  assert.ok(request.decode().ok)
  assert.equal(readCountTokens(call({ model: 'fast' })).ok, false)
})
