import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readChatRequest, upstreamBody } from '../src/index.ts'
import type { ChatRequest } from '../src/index.ts'

const MESSAGES = '"messages":[{"role":"user","content":"hi"}]'

function read(text: string | Buffer): ChatRequest {
  const result = readChatRequest(Buffer.from(text))
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

function refused(text: string | Buffer): { pointer: string; message: string } {
  const result = readChatRequest(Buffer.from(text))
  assert.ok(!result.ok, `not refused: ${String(text)}`)
  return { pointer: result.pointer, message: result.message }
}

function withMembers(members: Record<string, unknown>): string {
  return JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...members })
}

test('the real model is read, not one in a message before it', () => {
  const request = read('{"messages":[{"role":"user","content":"\\"model\\":\\"x\\"","model":"y"}],"model":"real"}')
  assert.equal(request.model, 'real')
})

test('members are read with their defaults', () => {
  const plain = read(`{"model":"m",${MESSAGES}}`)
  assert.deepEqual(
    [plain.stream, plain.n, plain.outputLimit, plain.outputLimitMember, plain.includeUsage, plain.hasStreamOptions, plain.user],
    [false, 1, null, null, false, false, null],
  )
  const nulls = read(withMembers({ stream: null, n: null, max_tokens: null, stream_options: null, user: null }))
  assert.deepEqual([nulls.stream, nulls.n, nulls.outputLimit, nulls.hasStreamOptions], [false, 1, null, false])
  const full = read(
    withMembers({ stream: true, n: 3, max_tokens: 5, max_completion_tokens: 9, stream_options: { include_usage: true }, user: 'u' }),
  )
  assert.deepEqual(
    [full.stream, full.n, full.outputLimit, full.outputLimitMember, full.includeUsage, full.user],
    [true, 3, 9, 'max_completion_tokens', true, 'u'],
  )
  assert.equal(read(withMembers({ max_tokens: 9, max_completion_tokens: 5 })).outputLimitMember, 'max_tokens')
})

test('a byte order mark is read over and passes on', () => {
  const text = `\uFEFF${withMembers({})}`
  assert.equal(upstreamBody(read(text), { model: 'm', injectUsage: true }).toString(), text)
})

const BILLED =
  'model stream max_tokens max_completion_tokens n stream_options messages tools functions tool_choice response_format ' +
  'prediction modalities audio reasoning_effort reasoning thinking web_search_options plugins cache_control'

for (const member of BILLED.split(' ')) {
  test(`\`${member}\` twice is refused, also where its name is escaped`, () => {
    const value = { model: '"m"', stream: 'true', stream_options: '{}', messages: '[{"role":"user","content":"hi"}]' }[member] ?? '1'
    const body = { model: '"m"', messages: '[{"role":"user","content":"hi"}]', [member]: value }
    const members = Object.entries(body).map(([name, json]) => `"${name}":${json}`)
    const escaped = `"\\u00${member.charCodeAt(0).toString(16)}${member.slice(1)}":${value}`
    assert.equal(refused(`{${[...members, `"${member}":${value}`].join(',')}}`).pointer, `/${member}`)
    assert.equal(refused(`{${[...members, escaped].join(',')}}`).pointer, `/${member}`)
  })
}

test('a member that is a billed one but for its case is refused by name: some upstreams read it as that', () => {
  for (const name of [
    'Model',
    'STREAM',
    'Max_Tokens',
    'max_Completion_tokens',
    'N',
    'Messages',
    '\u017ftream',
    'max_to\u212aens',
    'Tools',
  ]) {
    const { pointer, message } = refused(`{"model":"m",${MESSAGES},${JSON.stringify(name)}:1}`)
    assert.equal(pointer, `/${name}`)
    assert.match(message, /could be read as `[a-z_]+`: send it under that name/)
  }
  read(`{"model":"m",${MESSAGES},"Seed":1,"MODELS":[],"X":{"Model":1},"metadata":{"Model":"a"}}`)
})

test('whether usage is told is said once, and under its name', () => {
  for (const options of ['{"include_usage":true,"include_usage":false}', '{"include_usage":true,"Include_Usage":false}']) {
    const { pointer } = refused(`{"model":"m",${MESSAGES},"stream":true,"stream_options":${options}}`)
    assert.match(pointer, /^\/stream_options\/include_usage$/i)
  }
})

test('duplicates that bill nothing, and nested ones, pass', () => {
  read(`{"model":"m",${MESSAGES},"seed":1,"seed":2,"metadata":{"model":"a","model":"b","n":1,"n":2}}`)
})

test('what is wrong is named by pointer', () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ model: undefined }, '/model'],
    [{ model: 5 }, '/model'],
    [{ model: '' }, '/model'],
    [{ model: 'x'.repeat(257) }, '/model'],
    [{ model: null }, '/model'],
    [{ messages: undefined }, '/messages'],
    [{ messages: [] }, '/messages'],
    [{ messages: 'hi' }, '/messages'],
    [{ messages: [{ role: 'user' }, 5] }, '/messages/1'],
    [{ messages: [{ content: 'x' }] }, '/messages/0/role'],
    [{ stream: 'true' }, '/stream'],
    [{ stream: 1 }, '/stream'],
    [{ n: 0 }, '/n'],
    [{ n: 129 }, '/n'],
    [{ n: 1.5 }, '/n'],
    [{ n: '2' }, '/n'],
    [{ max_tokens: 0 }, '/max_tokens'],
    [{ max_tokens: -1 }, '/max_tokens'],
    [{ max_tokens: 1e300 }, '/max_tokens'],
    [{ max_completion_tokens: '9' }, '/max_completion_tokens'],
    [{ stream_options: [] }, '/stream_options'],
    [{ stream_options: { include_usage: 'yes' } }, '/stream_options/include_usage'],
    [{ user: 7 }, '/user'],
  ]
  for (const [members, pointer] of cases) {
    const answer = refused(withMembers(members))
    assert.equal(answer.pointer, pointer, JSON.stringify(members))
    assert.match(answer.message, /(must be|it is|send it) /)
  }
})

test('broken JSON is refused with line and column', () => {
  assert.match(refused('{"model":"m",\n  "n": 1,,}').message, /line 2, column 10/)
  assert.match(refused('{"model":"m"').message, /line 1, column 13/)
  assert.match(refused('{"model":"m\n"}').message, /line 1, column 10/)
  assert.match(refused('').message, /empty/)
  assert.match(refused('[1]').message, /not a JSON object/)
  assert.match(refused(`{"model":"m",${MESSAGES}} x`).message, /valid JSON \(line 1/)
})

test('a body that is not UTF-8 is refused', () => {
  assert.match(refused(Buffer.concat([Buffer.from(`{"model":"m`), Buffer.from([0xff]), Buffer.from(`",${MESSAGES}}`)])).message, /UTF-8/)
})

test('nesting deeper than 200 is refused', () => {
  assert.match(refused(`{"model":"m",${MESSAGES},"x":${'['.repeat(200)}${']'.repeat(200)}}`).message, /200 levels/)
})

test('a request that needs no change is forwarded as the very same Buffer', () => {
  const body = Buffer.from(`{ "zzz":null, "model":"m" ,${MESSAGES},"stream":true,"stream_options":{"include_usage":true},"a":1.0 }`)
  const result = readChatRequest(body)
  assert.ok(result.ok)
  assert.equal(upstreamBody(result.request, { model: 'm', injectUsage: true }), body)
})

test('U5: include_usage is asked for only where the caller streams and did not', () => {
  const change = { model: 'm', injectUsage: true }
  const text = (members: Record<string, unknown>): string => upstreamBody(read(withMembers(members)), change).toString()
  assert.equal(text({}), withMembers({}))
  assert.equal(text({ stream: true }), withMembers({ stream: true, stream_options: { include_usage: true } }))
  assert.equal(text({ stream: true, stream_options: null }), withMembers({ stream: true, stream_options: { include_usage: true } }))
  assert.equal(
    text({ stream: true, stream_options: { x: 1 } }),
    withMembers({ stream: true, stream_options: { x: 1, include_usage: true } }),
  )
  assert.equal(
    text({ stream: true, stream_options: { include_usage: false } }),
    withMembers({ stream: true, stream_options: { include_usage: true } }),
  )
  assert.equal(
    upstreamBody(read(withMembers({ stream: true })), { model: 'm', injectUsage: false }).toString(),
    withMembers({ stream: true }),
  )
})

test('M12: the output limit is written under the name that the model takes, and lowers a larger one of the caller', () => {
  const limit = { model: 'm', injectUsage: false, outputLimit: { member: 'max_completion_tokens', value: 10 } }
  assert.equal(upstreamBody(read(withMembers({})), limit).toString(), withMembers({ max_completion_tokens: 10 }))
  assert.equal(
    upstreamBody(read(withMembers({ max_tokens: 50 })), limit).toString(),
    withMembers({ max_tokens: 10, max_completion_tokens: 10 }),
  )
  assert.equal(
    upstreamBody(read(withMembers({ max_tokens: 5 })), limit).toString(),
    withMembers({ max_tokens: 5, max_completion_tokens: 10 }),
  )
})

test('M4, U5: what a vendor refuses is taken out of what is passed on, and the limit is told under the name it knows', () => {
  const without = ['stream_options', 'max_completion_tokens']
  const change = { model: 'm', injectUsage: false, without, outputLimit: { member: 'max_tokens', value: 40 } }
  const sent = { stream: true, stream_options: { include_usage: true }, max_completion_tokens: 50, temperature: 0 }
  assert.equal(upstreamBody(read(withMembers(sent)), change).toString(), withMembers({ stream: true, temperature: 0, max_tokens: 40 }))
  const body = Buffer.from(withMembers({ stream: true }))
  const result = readChatRequest(body)
  assert.ok(result.ok)
  assert.equal(upstreamBody(result.request, { model: 'm', injectUsage: false, without }), body)
})

test('the model is patched where it stands, escaped name or not', () => {
  const text = `{"x":{"model":"no"},"mod\\u0065l" : "alias" ,${MESSAGES}}`
  assert.equal(
    upstreamBody(read(text), { model: 'vendor/"q"', injectUsage: false }).toString(),
    text.replace('"alias"', '"vendor/\\"q\\""'),
  )
})

test('T7: ids of calls that others made are made to fit a vendor that takes only its own form, and no byte changes where they fit', () => {
  const change = { model: 'm', injectUsage: false, nineCharacterToolIds: true }
  const messages = (id: string): unknown[] => [
    { role: 'user', content: 'Grüße 1.0' },
    { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{"a": 1.0}' } }] },
    { role: 'tool', tool_call_id: id, content: 'x' },
  ]
  const sent = (id: string): { text: string; ids: unknown[] } => {
    const text = upstreamBody(read(withMembers({ messages: messages(id) })), change).toString()
    const [, call, result] = (JSON.parse(text) as { messages: { tool_calls?: { id: string }[]; tool_call_id?: string }[] }).messages
    return { text, ids: [call?.tool_calls?.[0]?.id, result?.tool_call_id] }
  }
  assert.equal(sent('aB3dE6gH9').text, withMembers({ messages: messages('aB3dE6gH9') }))
  const { text, ids } = sent('call_AbCdEfGhIjKlMnOpQrStUvWx')
  assert.match(String(ids[0]), /^[a-zA-Z0-9]{9}$/)
  assert.equal(ids[0], ids[1])
  assert.ok(text.includes(String.raw`{\"a\": 1.0}`) && text.includes('Grüße 1.0'))
  assert.deepEqual(sent('call_AbCdEfGhIjKlMnOpQrStUvWx').ids, ids, 'the same each time')
  const odd = withMembers({ messages: [{ role: 'assistant', content: '"tool_calls"', tool_calls: [{ id: 5 }] }] })
  assert.equal(upstreamBody(read(odd), change).toString(), odd)
})
