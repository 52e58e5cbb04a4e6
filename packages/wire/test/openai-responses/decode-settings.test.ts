import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Decoded } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'

function tryDecode(members: object): Decoded {
  const result = openaiResponses.read({ path: '', query: '', headers: {}, body: Buffer.from(JSON.stringify({ model: 'm', ...members })) })
  return result.ok ? result.request.decode() : result
}

function decode(members: object): Conversation {
  const decoded = tryDecode({ input: 'hi', ...members })
  assert.ok(decoded.ok, JSON.stringify(decoded))
  return decoded.conversation
}

test('T5, T8, T9: functions and every form of tool choice', () => {
  const parameters = { type: 'object', properties: { z: { type: 'string' }, a: { $ref: '#/$defs/x' } }, $defs: { x: {} } }
  const { tools } = decode({
    tools: [
      { type: 'function', name: 'f', description: 'd', parameters, strict: true },
      { type: 'function', name: 'g', parameters: null, strict: null },
    ],
  })
  assert.equal(JSON.stringify(tools?.[0]?.type === 'function' && tools[0].parameters), JSON.stringify(parameters))
  assert.deepEqual(tools?.[1], { type: 'function', name: 'g', at: '/tools/1' })
  const choices: [unknown, unknown][] = [
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    [
      { type: 'function', name: 'f' },
      { kind: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', name: 'c' },
      { kind: 'tool', name: 'c' },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { kind: 'allowed', names: ['f'], required: true },
    ],
  ]
  for (const [sent, choice] of choices) assert.deepEqual(decode({ tool_choice: sent }).toolChoice, choice)
  const hosted = { type: 'web_search_preview' }
  assert.deepEqual(decode({ tool_choice: hosted }).others, { tool_choice: { at: '/tool_choice', value: hosted } })
})

test('M8, M4: settings in neutral form', () => {
  const schema = { type: 'object', properties: { b: {}, a: {} } }
  const settings = decode({
    text: { format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' },
    reasoning: { effort: 'high', summary: 'auto' },
    max_output_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    top_logprobs: 3,
    include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
    parallel_tool_calls: false,
    user: 'u',
    metadata: { a: 'b' },
    service_tier: 'flex',
    prompt_cache_key: 'k',
    stream: true,
  })
  const { turns: _turns, ...rest } = settings
  assert.deepEqual(rest, {
    stream: true,
    parallelToolCalls: false,
    output: { kind: 'schema', schema, name: 'n', strict: true },
    reasoning: { effort: 'high', summary: 'auto', show: true },
    maxOutputTokens: 9,
    temperature: 0,
    topP: 0.5,
    logprobs: { top: 3 },
    user: 'u',
    metadata: { a: 'b' },
    serviceTier: 'flex',
    promptCacheKey: 'k',
    verbosity: 'low',
    others: {},
  })
  assert.deepEqual(decode({ text: { format: { type: 'json_object' } } }).output, { kind: 'json' })
  const usual = decode({ text: { verbosity: 'medium' } })
  assert.deepEqual([usual.verbosity, usual.others], [undefined, {}])
})

test('M9: what only this dialect has is kept by name; what asks for nothing special is not', () => {
  const kept = {
    previous_response_id: 'resp_1',
    conversation: { id: 'conv_1' },
    prompt: { id: 'p' },
    store: true,
    background: true,
    truncation: 'auto',
    max_tool_calls: 3,
    prompt_cache_options: { ttl: '12h' },
    include: ['something.new'],
    new_member: 1,
  }
  const { others } = decode({ ...kept, stream: true, reasoning: { context: 'all_turns', mode: 'pro' } })
  assert.deepEqual(others['reasoning.mode'], { at: '/reasoning/mode', value: 'pro' })
  assert.deepEqual(Object.keys(others).toSorted(), [...Object.keys(kept), 'reasoning.context', 'reasoning.mode'].toSorted())
  const quiet = {
    store: false,
    background: false,
    truncation: 'disabled',
    stream_options: { include_obfuscation: false },
    include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    top_logprobs: 0,
    // What Codex tells of itself.
    client_metadata: { session_id: 's' },
  }
  assert.deepEqual(decode({ ...quiet, temperature: null, metadata: null }).others, {})
})

test('M3: breakpoints of the prompt cache stand for the two lifetimes that others have', () => {
  const part = (ttl?: string): object => ({
    type: 'input_text',
    text: 'x',
    prompt_cache_breakpoint: { mode: 'explicit', ...(ttl === undefined ? {} : { ttl }) },
  })
  const { turns } = decode({ input: [{ role: 'user', content: [part(), part('30m'), part('12h')] }] })
  assert.deepEqual(
    turns[0]?.parts.map(({ cacheControl }) => cacheControl),
    [{}, { ttl: '5m' }, { ttl: '1h' }],
  )
})

test('wrong types in what is understood are named with their place', () => {
  const wrong: [members: object, pointer: string, message: RegExp][] = [
    [{ input: [{ role: 'robot', content: 'x' }] }, '/input/0/role', /one of "user", "assistant"/],
    [{ input: [{ role: 'user' }] }, '/input/0/content', /missing: it is a string, or an array/],
    [{ input: [{ role: 'user', content: ['x'] }] }, '/input/0/content/0', /an object with a `type`/],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, '/input/0/content/0/text', /missing/],
    [{ input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, '/input/0/content/0/image_url', /file_id/],
    [{ input: [{ role: 'user', content: [{ type: 'input_file' }] }] }, '/input/0/content/0/file_data', /file_url/],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x', detail: 'best' }] }] },
      '/input/0/content/0/detail',
      /"low", "high"/,
    ],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, '/input/0/call_id', /missing/],
    [{ input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: 5 }] }, '/input/0/arguments', /the number 5/],
    [
      { input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'refusal', refusal: 'x' }] }] },
      '/input/0/output/0/type',
      /"input_text"/,
    ],
    [{ tools: [{ name: 'f' }] }, '/tools/0/type', /"function"/],
    [{ tools: [{ type: 'function' }] }, '/tools/0/name', /missing/],
    [{ tool_choice: 'any' }, '/tool_choice', /"required"/],
    [{ text: { format: { type: 'xml' } } }, '/text/format/type', /"json_schema"/],
    [{ text: { format: { type: 'json_schema', name: 'n' } } }, '/text/format/schema', /missing/],
    [{ reasoning: { effort: 'huge' } }, '/reasoning/effort', /"xhigh"/],
    [{ temperature: '1' }, '/temperature', /a number/],
    [{ metadata: { a: 1 } }, '/metadata/a', /a string/],
  ]
  for (const [members, pointer, message] of wrong) {
    const decoded = tryDecode({ input: 'hi', ...members })
    assert.ok(!decoded.ok, JSON.stringify(members))
    assert.deepEqual(decoded.pointer, pointer, JSON.stringify(members))
    assert.match(decoded.message, message)
  }
})
