import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '../../src/index.ts'
import { decoded, requestOf, undecodable } from './support.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUg=='

test('M5: what was not said is not there: absent and null are the same', () => {
  const nulls = Object.fromEntries(
    'temperature top_p n seed stop tools tool_choice response_format reasoning thinking metadata store user logprobs cache_control audio'
      .split(' ')
      .map((name) => [name, null]),
  )
  for (const members of [{}, nulls]) {
    assert.deepEqual(decoded(requestOf(members)), {
      stream: false,
      turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '/messages/0/content' }], at: '/messages/0' }],
      others: {},
    })
  }
})

const MEMBERS: [members: Record<string, unknown>, expected: Partial<Conversation>][] = [
  [
    { temperature: 0.5, top_p: 0.9, top_k: 40, min_p: 0.1 },
    { temperature: 0.5, topP: 0.9, topK: 40, minP: 0.1 },
  ],
  [
    { presence_penalty: 1, frequency_penalty: -1, repetition_penalty: 1.1 },
    { presencePenalty: 1, frequencyPenalty: -1, repetitionPenalty: 1.1 },
  ],
  [
    { seed: 7, n: 2, logit_bias: { '50256': -100 } },
    { seed: 7, choices: 2, logitBias: { '50256': -100 } },
  ],
  [{ stop: 'END' }, { stop: ['END'] }],
  [{ stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
  [{ max_tokens: 5, max_completion_tokens: 9 }, { maxOutputTokens: 9 }],
  [{ logprobs: true }, { logprobs: {} }],
  [{ logprobs: true, top_logprobs: 3 }, { logprobs: { top: 3 } }],
  [{ logprobs: false, top_logprobs: 0 }, {}],
  [{ stop: [], logit_bias: {}, metadata: {} }, {}],
  [
    { user: 'u', metadata: { a: 'b' }, service_tier: 'flex' },
    { user: 'u', metadata: { a: 'b' }, serviceTier: 'flex' },
  ],
  [{ user: 'older', safety_identifier: 'newer' }, { user: 'newer' }],
  [
    { prompt_cache_key: 'k', cache_control: { type: 'ephemeral', ttl: '1h' } },
    { promptCacheKey: 'k', cacheControl: { ttl: '1h' } },
  ],
  [{ parallel_tool_calls: false }, { parallelToolCalls: false }],
  [{ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }, { stream: true }],
]

for (const [members, expected] of MEMBERS) {
  test(`${JSON.stringify(members)} has a neutral form, and nothing of it is left over`, () => {
    const { turns: _, ...conversation } = decoded(requestOf(members))
    assert.deepEqual(conversation, { stream: false, others: {}, ...expected })
  })
}

test('M9: what has no neutral form is kept by name; what asks for the default asks for nothing', () => {
  const { others } = decoded(
    requestOf({
      store: true,
      modalities: ['text', 'audio'],
      audio: { voice: 'ash', format: 'wav' },
      prediction: { type: 'content', content: 'x' },
      web_search_options: {},
      stream_options: { include_obfuscation: true },
      response_format: { type: 'grammar', grammar: 'g' },
      vendor_extra: [1],
    }),
  )
  assert.deepEqual(Object.keys(others), [
    'store',
    'modalities',
    'audio',
    'prediction',
    'web_search_options',
    'stream_options',
    'response_format',
    'vendor_extra',
  ])
  assert.deepEqual(others['vendor_extra'], { at: '/vendor_extra', value: [1] })
  const { others: idle, verbosity } = decoded(requestOf({ store: false, modalities: ['text'], verbosity: 'medium' }))
  assert.deepEqual([idle, verbosity], [{}, undefined])
  assert.equal(decoded(requestOf({ verbosity: 'low' })).verbosity, 'low')
  assert.equal(undecodable(requestOf({ verbosity: 'chatty' })).pointer, '/verbosity')
})

test('M8: the three formats of an answer; the keys of a schema keep their order', () => {
  const schema = { type: 'object', properties: { z: {}, a: {} }, $defs: {}, additionalProperties: false }
  const described = { name: 'n', description: 'd', schema, strict: true }
  assert.deepEqual(decoded(requestOf({ response_format: { type: 'text' } })).output, { kind: 'text' })
  assert.deepEqual(decoded(requestOf({ response_format: { type: 'json_object' } })).output, { kind: 'json' })
  const { output } = decoded(requestOf({ response_format: { type: 'json_schema', json_schema: described } }))
  assert.deepEqual(output, { kind: 'schema', ...described })
  assert.equal(output?.kind === 'schema' && JSON.stringify(output.schema), JSON.stringify(schema))
})

test('M6: how much to think, as OpenAI, OpenRouter and DeepSeek say it', () => {
  const cases: [Record<string, unknown>, unknown][] = [
    [{ reasoning_effort: 'xhigh' }, { effort: 'xhigh' }],
    [{ reasoning: { effort: 'low', exclude: true } }, { effort: 'low', show: false }],
    [{ reasoning: { max_tokens: 2000 } }, { budgetTokens: 2000 }],
    [{ reasoning: { enabled: true } }, { effort: 'medium' }],
    [{ reasoning: { enabled: false } }, { effort: 'none' }],
    [{ reasoning_effort: 'high', reasoning: { effort: 'low' } }, { effort: 'low' }],
    [{ thinking: { type: 'enabled', budget_tokens: 4096 } }, { budgetTokens: 4096 }],
    [{ thinking: { type: 'disabled' } }, { budgetTokens: 0 }],
    [
      { thinking: { type: 'adaptive' }, reasoning_effort: 'max' },
      { effort: 'max', adaptive: true },
    ],
    [{ reasoning: {} }, undefined],
  ]
  for (const [members, expected] of cases) assert.deepEqual(decoded(requestOf(members)).reasoning, expected, JSON.stringify(members))
})

test('T5: every form of a tool choice', () => {
  const cases: [unknown, unknown][] = [
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    ['any', { kind: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { kind: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'c' } },
      { kind: 'tool', name: 'c' },
    ],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] } },
      { kind: 'allowed', names: ['f'], required: true },
    ],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
      { kind: 'allowed', names: ['f'], required: false },
    ],
  ]
  for (const [choice, expected] of cases) assert.deepEqual(decoded(requestOf({ tool_choice: choice })).toolChoice, expected)
})

test('T8, T10, M3: tools: schemas keep the order of their keys, breakpoints survive, what is no function keeps its form', () => {
  const parameters = { type: 'object', properties: { b: { $ref: '#/$defs/x' }, a: {} }, $defs: { x: {} } }
  const custom = { type: 'custom', custom: { name: 'c', format: { type: 'grammar', grammar: { definition: 'd', syntax: 'lark' } } } }
  const { tools } = decoded(
    requestOf({
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true }, cache_control: { type: 'ephemeral' } },
        { function: { name: 'bare', parameters: null } },
        custom,
        { type: 'web_search' },
      ],
    }),
  )
  assert.deepEqual(tools, [
    { type: 'function', name: 'f', description: 'd', parameters, strict: true, cacheControl: {}, at: '/tools/0' },
    { type: 'function', name: 'bare', at: '/tools/1' },
    { type: 'vendor', dialect: 'openai-chat', name: 'custom', value: custom, at: '/tools/2' },
    { type: 'vendor', dialect: 'openai-chat', name: 'web_search', value: { type: 'web_search' }, at: '/tools/3' },
  ])
  assert.equal(JSON.stringify(tools?.[0]?.type === 'function' && tools[0].parameters), JSON.stringify(parameters))
  assert.equal(decoded(requestOf({ tools: [] })).tools, undefined)
})

test('older callers: functions are tools, and calls are matched with results by name', () => {
  const { tools, toolChoice, turns } = decoded(
    requestOf({
      functions: [{ name: 'f', parameters: {} }],
      function_call: { name: 'f' },
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"x":1}' } },
        { role: 'function', name: 'f', content: 'one' },
        { role: 'assistant', content: null, function_call: { name: 'g', arguments: '' } },
        { role: 'function', name: 'g', content: null },
      ],
    }),
  )
  assert.deepEqual(tools, [{ type: 'function', name: 'f', parameters: {}, at: '/functions/0' }])
  assert.deepEqual(toolChoice, { kind: 'tool', name: 'f' })
  const parts = turns.flatMap((turn) => turn.parts)
  const calls = parts.flatMap((part) => (part.type === 'tool_call' ? [[part.id, part.arguments]] : []))
  const results = parts.flatMap((part) => (part.type === 'tool_result' ? [[part.callId, part.name]] : []))
  assert.deepEqual(calls, [
    ['call_function_0', '{"x":1}'],
    ['call_function_1', '{}'],
  ])
  assert.deepEqual(results, [
    ['call_function_0', 'f'],
    ['call_function_1', 'g'],
  ])
})

const INVALID: [members: Record<string, unknown>, pointer: string][] = [
  [{ temperature: 'hot' }, '/temperature'],
  [{ seed: 1.5 }, '/seed'],
  [{ stop: [1] }, '/stop/0'],
  [{ stop: 5 }, '/stop'],
  [{ metadata: { a: 1 } }, '/metadata'],
  [{ logit_bias: { a: 'x' } }, '/logit_bias'],
  [{ top_logprobs: 2 }, '/top_logprobs'],
  [{ reasoning_effort: 'ultra' }, '/reasoning_effort'],
  [{ reasoning: { max_tokens: '5' } }, '/reasoning/max_tokens'],
  [{ thinking: {} }, '/thinking/type'],
  [{ response_format: 'json' }, '/response_format'],
  [{ response_format: {} }, '/response_format/type'],
  [{ response_format: { type: 'json_schema' } }, '/response_format/json_schema'],
  [{ tools: {} }, '/tools'],
  [{ tools: [{ type: 'function' }] }, '/tools/0/function'],
  [{ tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] }, '/tools/0/function/parameters'],
  [{ tools: [{}] }, '/tools/0/type'],
  [{ tool_choice: 'maybe' }, '/tool_choice'],
  [{ tool_choice: { type: 'mcp' } }, '/tool_choice/type'],
  [{ tool_choice: { type: 'allowed_tools', allowed_tools: { tools: [] } } }, '/tool_choice/allowed_tools/mode'],
  [{ cache_control: { ttl: '2h' } }, '/cache_control/ttl'],
  [{ functions: [{}] }, '/functions/0/name'],
]

for (const [members, pointer] of INVALID) {
  test(`a wrong type is refused by its place: ${JSON.stringify(members)}`, () => {
    const invalid = undecodable(requestOf(members))
    assert.equal(invalid.pointer, pointer)
    assert.match(invalid.message, /must be|needs|it is/)
  })
}

test('a message of a wrong form is refused by its place, and by what it must be', () => {
  const cases: [message: Record<string, unknown>, pointer: string][] = [
    [{ role: 'critic', content: 'x' }, '/messages/0/role'],
    [{ role: 'user' }, '/messages/0/content'],
    [{ role: 'user', content: 5 }, '/messages/0/content'],
    [{ role: 'user', content: [{ text: 'x' }] }, '/messages/0/content/0/type'],
    [{ role: 'user', content: [{ type: 'text' }] }, '/messages/0/content/0/text'],
    [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }, '/messages/0/content/0/image_url/url'],
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'u', detail: 'fine' } }] }, '/messages/0/content/0/image_url/detail'],
    [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'A' } }] }, '/messages/0/content/0/input_audio/format'],
    [{ role: 'user', content: [{ type: 'file', file: {} }] }, '/messages/0/content/0/file'],
    [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'u' } }] }, '/messages/0/content/0'],
    [{ role: 'tool', content: 'x' }, '/messages/0/tool_call_id'],
    [
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'input_audio', input_audio: { data: 'A', format: 'wav' } }] },
      '/messages/0/content/0',
    ],
    [
      { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{"x"' } }] },
      '/messages/0/tool_calls/0/function/arguments',
    ],
    [{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }, '/messages/0/tool_calls/0/id'],
    [{ role: 'function', content: 'x' }, '/messages/0/name'],
  ]
  for (const [message, pointer] of cases) assert.equal(undecodable(requestOf({ messages: [message] })).pointer, pointer, pointer)
})

test('I2: media: addresses, data URLs, what the bytes show, sizes of detail, files by id', () => {
  const content = [
    { type: 'text', text: 'look', cache_control: { type: 'ephemeral' } },
    { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${PNG}`, detail: 'low' } },
    { type: 'image_url', image_url: 'https://x/y.png' },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
    { type: 'file', file: { file_data: 'JVBERi0=' } },
    { type: 'file', file: { file_id: 'file-1' } },
    { type: 'video_url', video_url: { url: 'https://x/v.mp4' } },
    { type: 'document_url', document_url: 'https://x/d.pdf' },
  ]
  const [turn] = decoded(requestOf({ messages: [{ role: 'user', name: 'ann', content }] })).turns
  const at = (index: number): string => `/messages/0/content/${index}`
  assert.deepEqual(turn, {
    role: 'user',
    name: 'ann',
    parts: [
      { type: 'text', text: 'look', at: at(0), cacheControl: {} },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG }, detail: 'low', at: at(1) },
      { type: 'image', source: { kind: 'url', url: 'https://x/y.png' }, at: at(2) },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' }, at: at(3) },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, filename: 'a.pdf', at: at(4) },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, at: at(5) },
      { type: 'document', source: { kind: 'file', id: 'file-1' }, at: at(6) },
      { type: 'video', source: { kind: 'url', url: 'https://x/v.mp4' }, at: at(7) },
      { type: 'vendor', dialect: 'openai-chat', value: content[8], at: at(8) },
    ],
    at: '/messages/0',
  })
})
