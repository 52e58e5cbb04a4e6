import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelRequest } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'
import { encryptedContent } from '../../src/openai-responses/seal.ts'

function read(body: unknown): ReturnType<typeof openaiResponses.read> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return openaiResponses.read({ path: '/v1/responses', query: '', headers: {}, body: bytes })
}

function request(members: object): ModelRequest {
  const result = read({ model: 'm', input: 'hi', ...members })
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

test('a request tells model, stream, its output limit and its user', () => {
  const { model, stream, outputLimit, outputLimitMember, user, n, includeUsage } = request({
    stream: true,
    max_output_tokens: 50,
    user: 'u',
  })
  assert.deepEqual(
    [model, stream, outputLimit, outputLimitMember, user, n, includeUsage],
    ['m', true, 50, 'max_output_tokens', 'u', 1, true],
  )
  const bare = request({})
  assert.deepEqual([bare.stream, bare.outputLimit, bare.outputLimitMember, bare.user], [false, null, 'max_output_tokens', null])
  assert.equal(request({ safety_identifier: 's', user: 'u' }).user, 's')
  assert.deepEqual([bare.names?.('input'), bare.names?.('max_output_tokens')], [true, false])
})

test('what is wrong is named with its place and how to mend it', () => {
  const wrong: [body: unknown, pointer: string, message: RegExp][] = [
    ['{"model":', '', /not valid JSON/],
    ['[]', '', /send \{"model"/],
    [{ input: 'x' }, '/model', /missing/],
    [{ model: '', input: 'x' }, '/model', /1 to 256 characters/],
    [{ model: 'm' }, '/input', /missing: it is a string, or an array/],
    [{ model: 'm', input: [] }, '/input', /an empty array/],
    [{ model: 'm', input: 5 }, '/input', /the number 5/],
    [{ model: 'm', input: ['x'] }, '/input/0', /an object with `role`/],
    [{ model: 'm', input: [{ content: 'x' }] }, '/input/0/role', /such as "user"/],
    [{ model: 'm', input: 'x', stream: 'true' }, '/stream', /without quotes/],
    [{ model: 'm', input: 'x', max_output_tokens: 0 }, '/max_output_tokens', /from 1 to/],
    [{ model: 'm', input: 'x', max_output_tokens: 1.5 }, '/max_output_tokens', /whole number/],
    [{ model: 'm', input: 'x', tools: {} }, '/tools', /an array of tools/],
    [{ model: 'm', input: 'x', reasoning: 'high' }, '/reasoning', /\{"effort": "low"\}/],
    ['{"model":"m","input":"x","input":"y"}', '/input', /more than once/],
    ['{"model":"m","input":"x","Max_Output_Tokens":9}', '/Max_Output_Tokens', /could be read as `max_output_tokens`/],
    ['{"model":"m","input":"x","reasoning":{"effort":"low","Effort":"high"}}', '/reasoning/Effort', /could be read as `effort`/],
    [{ model: 'm', input: 'x', background: true }, '/background', /cannot be charged/],
  ]
  for (const [body, pointer, message] of wrong) {
    const result = read(body)
    assert.ok(!result.ok, JSON.stringify(body))
    assert.equal(result.pointer, pointer, JSON.stringify(body))
    assert.match(result.message, message)
  }
})

test('M9: unknown members pass; a prompt or a stored conversation stands in for input', () => {
  for (const members of [{ prompt: { id: 'p' } }, { previous_response_id: 'resp_1' }, { conversation: 'conv_1' }]) {
    assert.ok(read({ model: 'm', ...members }).ok)
  }
  assert.ok(
    read({ model: 'm', input: [{ type: 'item_reference', id: 'x' }, { id: 'y' }], new_member: 1, background: true, stream: true }).ok,
  )
})

test('M11: the bound covers text, instructions, tools and what images cost', () => {
  const text = 'ä'.repeat(500)
  const tools = [{ type: 'function', name: 'f', parameters: { description: text } }]
  const { inputBound } = request({
    instructions: text,
    input: [{ role: 'user', content: text }],
    tools,
    text: { format: { type: 'text' } },
  })
  assert.ok(inputBound >= 3_000 && inputBound < 4_000, String(inputBound))
  const image = { type: 'input_image', image_url: 'https://a/b.png' }
  const seen = request({ input: [{ role: 'user', content: [image] }] })
  assert.ok(seen.inputBound > 16_384 && seen.canCause.imageIn)
  assert.ok(seen.inputBoundFor('gpt-4o') < seen.inputBound)
  const low = request({ input: [{ role: 'user', content: [{ ...image, detail: 'low' }] }] })
  assert.ok(low.inputBoundFor('gpt-4o') < 300)
})

test('M11: bytes in base64 are no text: images, files and audio count by their own formulas', () => {
  const data = 'A'.repeat(400_000)
  const parts = [
    { type: 'input_image', image_url: `data:image/png;base64,${data}` },
    { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` },
    { type: 'input_audio', input_audio: { data, format: 'wav' } },
    { type: 'input_image', file_id: 'file-1' },
  ]
  const made = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: data }
  const { inputBoundFor, canCause, inputText } = request({ input: [{ role: 'user', content: parts }, made] })
  assert.ok(inputBoundFor('gpt-4o') < 350_000)
  assert.deepEqual([canCause.imageIn, canCause.audioIn], [true, true])
  assert.ok(inputText().length < 500)
  for (const part of [
    { type: 'input_file', file_id: 'file-1' },
    { type: 'input_file', file_url: 'https://a/b.pdf' },
  ]) {
    assert.ok(request({ input: [{ role: 'user', content: [part] }] }).inputBound >= 128_000)
  }
})

test('M11: stored input and what tools of the vendor add are bounded by a context of the model', () => {
  const unseen = [
    { previous_response_id: 'resp_1' },
    { conversation: { id: 'conv_1' } },
    { prompt: { id: 'p' } },
    { input: [{ type: 'item_reference', id: 'msg_1' }] },
    { tools: [{ type: 'web_search' }] },
  ]
  for (const members of unseen) {
    const { inputBound, inputBoundFor } = request(members)
    assert.ok(inputBound >= 400_000 && inputBound < 401_000)
    assert.ok(inputBoundFor('gpt-4o') < 129_000 && inputBoundFor('openai/gpt-5.4') > 1_050_000)
  }
  assert.ok(
    request({
      tools: [
        { type: 'function', name: 'f' },
        { type: 'custom', name: 'c' },
      ],
    }).inputBound < 1_000,
  )
})

test('M14: what can make output unseen is told: reasoning, tools of the vendor, background, prompts', () => {
  const hiding = [
    { model: 'gpt-5' },
    { reasoning: { effort: 'low' } },
    { tools: [{ type: 'mcp', server_label: 's' }] },
    { background: true, stream: true },
    { prompt: { id: 'p' } },
    { context_management: [{ type: 'compaction' }] },
    { input: [{ type: 'compaction_trigger' }] },
  ]
  for (const members of hiding) assert.equal(request(members).canCause.hiddenOutput, true, JSON.stringify(members))
  const plain = [
    {},
    { reasoning: { effort: 'none' } },
    { tools: [{ type: 'function', name: 'f' }] },
    {
      input: [
        { role: 'user', content: 'x' },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      ],
    },
  ]
  for (const members of plain) assert.equal(request(members).canCause.hiddenOutput, false, JSON.stringify(members))
})

test('M15: cache writes are caused by breakpoints and cache options, audio out where it is asked for', () => {
  const marked = [{ type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } }]
  assert.equal(request({ input: [{ role: 'user', content: marked }] }).canCause.cacheWrite, true)
  assert.equal(request({ prompt_cache_options: { ttl: '12h' } }).canCause.cacheWrite, true)
  assert.equal(request({ prompt_cache_key: 'k' }).canCause.cacheWrite, false)
  assert.equal(request({ modalities: ['audio'] }).canCause.audioOut, true)
  assert.equal(request({}).canCause.audioOut, false)
})

test('T9: the body for an upstream is the same bytes but for what must change', () => {
  const body = '{ "z":1, "model" : "m", "input":[{"role":"user","content":"\\u00e9 __sig__"}],\n"max_output_tokens":100, "stream":true }'
  const result = read(body)
  assert.ok(result.ok)
  const { request: own } = result
  const same = own.upstreamBody({ model: 'm', injectUsage: true, outputLimit: { member: 'max_tokens', value: 100 } })
  assert.equal(same, own.body)
  const changed = own.upstreamBody({ model: 'up', injectUsage: false, outputLimit: { member: 'max_tokens', value: 50 } }).toString()
  assert.equal(changed, body.replace('"m"', '"up"').replace('100', '50'))
  const limited = request({})
    .upstreamBody({ model: 'm', injectUsage: false, outputLimit: { member: 'x', value: 7 } })
    .toString()
  assert.equal(limited, '{"model":"m","input":"hi","max_output_tokens":7}')
})

test('M6, T4: what other vendors put into earlier answers does not go to an upstream of this dialect', () => {
  const sealed = encryptedContent({ signature: 's', origin: 'anthropic' })
  const input = [
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: sealed },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gAAAA' },
    { type: 'function_call', call_id: 'call_1__sig__U0lH_a23d9723', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1__sig__U0lH_a23d9723', output: 'x' },
  ]
  const body = JSON.parse(request({ input }).upstreamBody({ model: 'm', injectUsage: false }).toString()) as { input: unknown[] }
  assert.deepEqual(body.input, [
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gAAAA' },
    { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'x' },
  ])
})
