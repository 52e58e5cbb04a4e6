import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiChat, type Conversation, type Quirks } from '../../src/index.ts'
import { conversationOf, encoded } from './support.ts'

const FUNCTION = { type: 'function' as const, name: 'f', parameters: { type: 'object', properties: { z: {}, a: {} } }, at: '/t/0' }

test('M5, T9: a plain conversation is model and messages; the same conversation gives the same bytes', () => {
  const target = { model: 'up', outputLimit: undefined, quirks: {} }
  const first = openaiChat.encodeRequest(conversationOf({}), target)
  assert.equal(first.body.toString(), '{"model":"up","messages":[{"role":"user","content":"hi"}]}')
  assert.deepEqual(first.body, openaiChat.encodeRequest(conversationOf({}), target).body)
  assert.deepEqual(first.unsupported, [])
})

test('M4: the output limit goes under the name that the vendor takes', () => {
  assert.equal(encoded(conversationOf({}), {}, 9).body['max_completion_tokens'], 9)
  const { body } = encoded(conversationOf({ maxOutputTokens: 50 }), { outputLimitMember: 'max_tokens' }, 9)
  assert.deepEqual([body['max_tokens'], body['max_completion_tokens']], [9, undefined])
})

test('U5: a stream is asked for its usage, unless the vendor does not know how', () => {
  assert.deepEqual(encoded(conversationOf({ stream: true })).body['stream_options'], { include_usage: true })
  const { body } = encoded(conversationOf({ stream: true }), { noStreamOptions: true })
  assert.deepEqual([body['stream'], 'stream_options' in body], [true, false])
})

test('M4: what a vendor refuses is left out and named', () => {
  const conversation = conversationOf({
    seed: 1,
    logitBias: { a: 1 },
    logprobs: { top: 2 },
    topK: 3,
    stop: ['x'],
    choices: 2,
    reasoning: { effort: 'low' },
    output: { kind: 'json' },
    serviceTier: 'flex',
    safetySettings: [],
    temperature: 1,
  })
  const refuses = ['seed', 'logitBias', 'logprobs', 'topK', 'stop', 'choices', 'reasoning', 'output', 'serviceTier']
  const { body, unsupported } = encoded(conversation, { refuses })
  assert.deepEqual(Object.keys(body), ['model', 'messages', 'temperature'])
  assert.deepEqual(unsupported.map(({ at }) => at).toSorted(), [...refuses, 'safetySettings'].map((name) => `/${name}`).toSorted())
  const idle = { presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1, minP: 0, choices: 1 }
  const nothing = encoded(conversationOf(idle), { refuses: Object.keys(idle) })
  assert.deepEqual([Object.keys(nothing.body), nothing.unsupported], [['model', 'messages'], []])
})

test('R3: OpenAI takes four stop sequences; more are named', () => {
  const { body, unsupported } = encoded(conversationOf({ stop: ['a', 'b', 'c', 'd', 'e'] }))
  assert.deepEqual(body['stop'], ['a', 'b', 'c', 'd'])
  assert.deepEqual(
    unsupported.map(({ at }) => at),
    ['/stop'],
  )
})

test('M6: effort goes as it is; of a budget it is derived; the model decides where it may', () => {
  const cases: [Conversation['reasoning'], unknown][] = [
    [{ effort: 'xhigh' }, 'xhigh'],
    [{ effort: 'low', budgetTokens: 30_000 }, 'low'],
    [{ budgetTokens: 0 }, 'none'],
    [{ budgetTokens: 1_024 }, 'low'],
    [{ budgetTokens: 10_000 }, 'medium'],
    [{ budgetTokens: 31_999 }, 'high'],
    [{ adaptive: true, show: true }, undefined],
  ]
  for (const [reasoning, effort] of cases) {
    assert.equal(encoded(conversationOf(reasoning === undefined ? {} : { reasoning })).body['reasoning_effort'], effort)
  }
})

test('R3: vendors that take more stop sequences than OpenAI get them', () => {
  const stop = ['a', 'b', 'c', 'd', 'e']
  assert.deepEqual(encoded(conversationOf({ stop }), { mostStops: 16 }), {
    ...encoded(conversationOf({}), {}),
    body: { ...encoded(conversationOf({})).body, stop },
  })
  assert.deepEqual(encoded(conversationOf({ stop }), { mostStops: 2 }).body['stop'], ['a', 'b'])
})

test('M6: models that think only when they are asked are asked; those that cannot be told not to think are told as little as they can', () => {
  const cases: [model: string, Conversation['reasoning'], unknown][] = [
    ['gpt-5.1', { adaptive: true, show: true }, 'medium'],
    ['gpt-5', { adaptive: true, show: true }, undefined],
    ['gpt-4.1', { adaptive: true, show: true }, undefined],
    ['deepseek-reasoner', { adaptive: true }, undefined],
    ['gpt-5.1', { effort: 'none', budgetTokens: 0 }, 'none'],
    ['gpt-5', { effort: 'none', budgetTokens: 0 }, 'minimal'],
    ['o3', { budgetTokens: 0 }, 'low'],
    ['gpt-4.1', { effort: 'none', budgetTokens: 0 }, undefined],
    ['deepseek-reasoner', { effort: 'none', budgetTokens: 0 }, 'none'],
  ]
  for (const [model, reasoning, effort] of cases) {
    const { body } = encoded(conversationOf(reasoning === undefined ? {} : { reasoning }), {}, undefined, model)
    assert.equal(body['reasoning_effort'], effort, `${model} ${JSON.stringify(reasoning)}`)
  }
})

test('M4, M6: what a model of OpenAI refuses because it reasons, or because it never does, is named, and not sent', () => {
  const asked = conversationOf({
    temperature: 0.3,
    topP: 0.9,
    presencePenalty: 0.5,
    logprobs: {},
    stop: ['x'],
    logitBias: { 5: 1 },
    seed: 1,
  })
  const cases: [model: string, reasoning: Conversation['reasoning'], refused: string[]][] = [
    ['gpt-4.1', undefined, []],
    ['gpt-4.1', { effort: 'low' }, ['/reasoning']],
    ['gpt-4.1', { effort: 'none' }, []],
    ['gpt-5-chat-latest', undefined, []],
    ['mistral-medium-latest', { effort: 'high' }, []],
    ['gpt-5.1', undefined, ['/logitBias', '/stop']],
    ['gpt-5.1', { effort: 'low' }, ['/temperature', '/topP', '/presencePenalty', '/logitBias', '/stop', '/logprobs']],
    ['o3', undefined, ['/temperature', '/topP', '/presencePenalty', '/logitBias', '/stop', '/logprobs']],
  ]
  for (const [model, reasoning, refused] of cases) {
    const { body, unsupported } = encoded({ ...asked, ...(reasoning === undefined ? {} : { reasoning }) }, {}, undefined, model)
    assert.deepEqual(unsupported.map(({ at }) => at).toSorted(), refused.toSorted(), model)
    assert.equal(body['seed'], 1)
    assert.equal('stop' in body, !refused.includes('/stop'))
  }
  const { body, unsupported } = encoded(conversationOf({ temperature: 1, topP: 1 }), {}, undefined, 'gpt-5')
  assert.deepEqual([unsupported, 'temperature' in body, 'top_p' in body], [[], false, false])
})

test('M8: a schema without a name gets one, for OpenAI demands it; a vendor without schemas is named', () => {
  const output = { kind: 'schema' as const, schema: { type: 'object', properties: { z: {}, a: {} } } }
  assert.equal(
    JSON.stringify(encoded(conversationOf({ output })).body['response_format']),
    '{"type":"json_schema","json_schema":{"name":"response","schema":{"type":"object","properties":{"z":{},"a":{}}}}}',
  )
  const { body, unsupported } = encoded(conversationOf({ output }), { refuses: ['output.schema'] })
  assert.deepEqual([body['response_format'], unsupported[0]?.at], [undefined, '/output'])
  assert.deepEqual(encoded(conversationOf({ output: { kind: 'json' } }), { refuses: ['output.schema'] }).body['response_format'], {
    type: 'json_object',
  })
})

test('a service tier is sent where it has a name here', () => {
  assert.equal(encoded(conversationOf({ serviceTier: 'priority' })).body['service_tier'], 'priority')
  assert.equal(encoded(conversationOf({ serviceTier: 'standard_only' })).body['service_tier'], 'default')
  assert.equal(encoded(conversationOf({ serviceTier: 'batch' })).unsupported[0]?.at, '/serviceTier')
})

const CHOICES: [choice: Conversation['toolChoice'], quirks: Quirks, expected: unknown][] = [
  [{ kind: 'auto' }, {}, 'auto'],
  [{ kind: 'none' }, { toolChoiceAny: true }, 'none'],
  [{ kind: 'required' }, {}, 'required'],
  [{ kind: 'required' }, { toolChoiceAny: true }, 'any'],
  [{ kind: 'tool', name: 'f' }, {}, { type: 'function', function: { name: 'f' } }],
  [{ kind: 'tool', name: 'c' }, {}, { type: 'custom', custom: { name: 'c' } }],
  [
    { kind: 'allowed', names: ['f', 'c'], required: true },
    {},
    {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'required',
        tools: [
          { type: 'function', function: { name: 'f' } },
          { type: 'custom', custom: { name: 'c' } },
        ],
      },
    },
  ],
  [{ kind: 'allowed', names: ['f'], required: true }, { toolChoiceAny: true }, 'any'],
  [{ kind: 'allowed', names: ['f'], required: false }, { refuses: ['toolChoice.allowed'] }, 'auto'],
]

for (const [choice, quirks, expected] of CHOICES) {
  test(`T5: a tool choice ${JSON.stringify(choice)} with ${JSON.stringify(quirks)}`, () => {
    const custom = {
      type: 'vendor' as const,
      dialect: 'openai-chat' as const,
      name: 'custom',
      value: { type: 'custom', custom: { name: 'c' } },
      at: '',
    }
    const { body } = encoded(conversationOf({ tools: [FUNCTION, custom], ...(choice === undefined ? {} : { toolChoice: choice }) }), quirks)
    assert.deepEqual(body['tool_choice'], expected)
    const filtered = choice?.kind === 'allowed' && typeof expected === 'string'
    assert.equal((body['tools'] as unknown[]).length, filtered ? 1 : 2)
  })
}

const PATCH = {
  type: 'vendor' as const,
  dialect: 'openai-responses' as const,
  name: 'custom',
  value: { type: 'custom', name: 'patch', description: 'd', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
  at: '/tools/0',
}

test('T10: a custom tool of the Responses API is one here, with its choice, at models of OpenAI; others know none', () => {
  const asked = conversationOf({ tools: [PATCH], toolChoice: { kind: 'tool', name: 'patch' } })
  const { body, unsupported } = encoded(asked, {}, undefined, 'gpt-5.1')
  const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } }
  assert.deepEqual(body['tools'], [{ type: 'custom', custom: { name: 'patch', description: 'd', format } }])
  assert.deepEqual([body['tool_choice'], unsupported], [{ type: 'custom', custom: { name: 'patch' } }, []])
  const plain = encoded(
    conversationOf({ tools: [{ ...PATCH, value: { type: 'custom', name: 'p', format: { type: 'text' } } }] }),
    {},
    9,
    'gpt-5.1',
  )
  assert.deepEqual(plain.body['tools'], [{ type: 'custom', custom: { name: 'p', format: { type: 'text' } } }])
  const hosted = { ...PATCH, name: 'web_search', value: { type: 'web_search' } }
  for (const [tool, model] of [
    [PATCH, 'deepseek-chat'],
    [hosted, 'gpt-5.1'],
  ] as const) {
    const refused = encoded(conversationOf({ tools: [tool] }), {}, undefined, model)
    assert.deepEqual([refused.body['tools'], refused.unsupported.map(({ at }) => at)], [undefined, ['/tools/0']])
  }
})

test('M4: how much to say is for models that can be told; of others it is named', () => {
  for (const [model, taken] of [
    ['gpt-5.1', true],
    ['openai/gpt-6-mini', true],
    ['gpt-5.1-codex', false],
    ['gpt-4.1', false],
    ['deepseek-chat', false],
  ] as const) {
    const { body, unsupported } = encoded(conversationOf({ verbosity: 'low' }), {}, undefined, model)
    assert.deepEqual([body['verbosity'], unsupported.map(({ at }) => at)], taken ? ['low', []] : [undefined, ['/verbosity']], model)
  }
})

test('T8, T9: schemas keep the order of their keys; M3: breakpoints survive, or go without a word', () => {
  const tools = [{ ...FUNCTION, description: 'd', strict: true, cacheControl: { ttl: '1h' as const } }]
  assert.equal(
    JSON.stringify(encoded(conversationOf({ tools, parallelToolCalls: false })).body['tools']),
    '[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"z":{},"a":{}}},"strict":true},' +
      '"cache_control":{"type":"ephemeral","ttl":"1h"}}]',
  )
  const { body, unsupported } = encoded(conversationOf({ tools, cacheControl: {} }), { refuses: ['cacheControl'] })
  assert.equal(JSON.stringify(body).includes('cache_control'), false)
  assert.deepEqual(unsupported, [])
})

test('T10: a tool that another vendor runs is named; without tools nothing is said about them', () => {
  const tools = [{ type: 'vendor' as const, dialect: 'anthropic' as const, name: 'web_search_20250305', value: {}, at: '/tools/0' }]
  const { body, unsupported } = encoded(conversationOf({ tools, toolChoice: { kind: 'auto' }, parallelToolCalls: true }))
  assert.deepEqual(Object.keys(body), ['model', 'messages'])
  assert.deepEqual(unsupported, [{ at: '/tools/0', what: 'the tool web_search_20250305', why: 'only its own vendor runs it' }])
})

test('a vendor without tools is sent none, and nothing about them', () => {
  const { body, unsupported } = encoded(conversationOf({ tools: [FUNCTION], toolChoice: { kind: 'auto' } }), { refuses: ['tools'] })
  assert.deepEqual([Object.keys(body), unsupported.map(({ at }) => at)], [['model', 'messages'], ['/tools']])
})

test('T5: one call at a time is named where the vendor cannot promise it; several are what it does anyway', () => {
  const quirks = { refuses: ['parallelToolCalls'] }
  const single = encoded(conversationOf({ tools: [FUNCTION], parallelToolCalls: false }), quirks)
  assert.deepEqual([single.body['parallel_tool_calls'], single.unsupported[0]?.at], [undefined, '/parallelToolCalls'])
  assert.deepEqual(encoded(conversationOf({ tools: [FUNCTION], parallelToolCalls: true }), quirks).unsupported, [])
})
