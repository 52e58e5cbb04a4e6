import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic } from '../../src/anthropic/dialect.ts'
import { familyOf } from '../../src/anthropic/families.ts'
import type { Conversation, FunctionTool, Part, Reasoning } from '../../src/canonical/conversation.ts'
import { conversation, target, type Json } from './support.ts'

function encode(parts: Partial<Conversation>, model?: string, limit?: number): { body: Json; unsupported: string[] } {
  const { body, unsupported } = anthropic.encodeRequest(conversation(parts), target(model, limit))
  return { body: JSON.parse(body.toString()) as Json, unsupported: unsupported.map(({ at }) => at) }
}

const [OPUS_47, OPUS_46, SONNET_45, OPUS_45] = ['claude-opus-4-7', 'claude-opus-4-6', 'claude-sonnet-4-5', 'claude-opus-4-5']

const THINKING: [model: string, reasoning: Reasoning, thinking: unknown, effort: unknown, unsupported: string[]][] = [
  ['claude-opus-5', { effort: 'high' }, { type: 'adaptive' }, 'high', []],
  ['claude-opus-5', { effort: 'minimal' }, { type: 'adaptive' }, 'low', []],
  ['claude-opus-5', { effort: 'none' }, { type: 'disabled' }, undefined, []],
  ['claude-opus-5', { adaptive: true, effort: 'xhigh', show: true }, { type: 'adaptive', display: 'summarized' }, 'xhigh', []],
  ['claude-opus-5', { budgetTokens: 5_000 }, { type: 'adaptive' }, 'medium', []],
  ['claude-opus-5', { budgetTokens: 60_000, show: false }, { type: 'adaptive', display: 'omitted' }, 'max', []],
  ['claude-opus-5', { summary: 'auto', effort: 'low' }, { type: 'adaptive', display: 'summarized' }, 'low', []],
  [OPUS_46, { effort: 'xhigh' }, { type: 'adaptive' }, 'high', []],
  [OPUS_46, { effort: 'max' }, { type: 'adaptive' }, 'max', []],
  ['claude-sonnet-5-5', { effort: 'none' }, { type: 'between_tools' }, undefined, []],
  ['claude-fable-5-1', { effort: 'none' }, undefined, 'low', ['/reasoning']],
  ['claude-opus-5-5', { budgetTokens: 0 }, undefined, 'low', ['/reasoning']],
  [OPUS_45, { effort: 'max' }, { type: 'enabled', budget_tokens: 6_400 }, 'high', []],
  [SONNET_45, { effort: 'low' }, { type: 'enabled', budget_tokens: 2_048 }, undefined, []],
  [SONNET_45, { effort: 'high' }, { type: 'enabled', budget_tokens: 6_400 }, undefined, []],
  [SONNET_45, { budgetTokens: 500 }, { type: 'enabled', budget_tokens: 1_024 }, undefined, []],
  [SONNET_45, { budgetTokens: 90_000 }, { type: 'enabled', budget_tokens: 7_999 }, undefined, []],
  [SONNET_45, { effort: 'none' }, { type: 'disabled' }, undefined, []],
  ['claude-3-5-haiku-20241022', { effort: 'high' }, undefined, undefined, ['/reasoning']],
  ['claude-3-5-haiku-20241022', { effort: 'none' }, undefined, undefined, []],
  ['glm-4.6', { effort: 'medium' }, { type: 'enabled', budget_tokens: 6_400 }, undefined, []],
]

for (const [model, reasoning, thinking, effort, unsupported] of THINKING) {
  test(`M6: ${model} is asked for ${JSON.stringify(reasoning)} by ${JSON.stringify(thinking)}, effort ${String(effort)}`, () => {
    const got = encode({ reasoning }, model)
    assert.deepEqual(got.body['thinking'], thinking)
    assert.deepEqual((got.body['output_config'] as Json | undefined)?.['effort'], effort)
    assert.deepEqual(got.unsupported, unsupported)
  })
}

const USER = { role: 'user' as const, parts: [{ type: 'text' as const, text: 'A', at: '/a' }], at: '/a' }

function toolTurns(...before: Part[]): Conversation['turns'] {
  return [
    USER,
    { role: 'assistant', parts: [...before, { type: 'tool_call', id: 'a', name: 't', arguments: '{}', at: '/b' }], at: '/b' },
    { role: 'tool', parts: [{ type: 'tool_result', callId: 'a', content: [], at: '/c' }], at: '/c' },
  ]
}

const TOOLS: FunctionTool[] = [{ type: 'function', name: 't', at: '/tools/0' }]
const SIGNED: Part = { type: 'reasoning', text: 'hm', signature: 's', origin: 'anthropic', at: '/b' }

test('M6: in a loop of tools there is a budget only where the thinking comes back, as with the vendor itself; adaptive thinking may begin anywhere', () => {
  const asked = { tools: TOOLS, reasoning: { effort: 'low' as const } }
  const of = (turns: Conversation['turns'], model: string): [unknown, string[]] => {
    const { body, unsupported } = encode({ ...asked, turns }, model)
    return [(body['thinking'] as Json | undefined)?.['type'], unsupported]
  }
  assert.deepEqual(of(toolTurns(), SONNET_45), [undefined, []])
  assert.deepEqual(of(toolTurns({ ...SIGNED, origin: 'gemini' }), SONNET_45), [undefined, []])
  assert.deepEqual(of(toolTurns(SIGNED), SONNET_45), ['enabled', []])
  assert.deepEqual(of([...toolTurns(), USER], SONNET_45), [undefined, []])
  assert.deepEqual(of([...toolTurns(), { role: 'assistant', parts: USER.parts, at: '/d' }, USER], SONNET_45), ['enabled', []])
  const goesOn = [...toolTurns(SIGNED), ...toolTurns().slice(1)]
  assert.deepEqual(of(goesOn, SONNET_45), ['enabled', []])
  assert.deepEqual(of(toolTurns(), OPUS_47), ['adaptive', []])
  assert.deepEqual(encode({ ...asked, turns: toolTurns() }, OPUS_45).body['output_config'], { effort: 'low' })
})

test('M6: no thinking with a budget where there is no room for it, a tool is forced, or the answer is begun', () => {
  const reasoning = { effort: 'low' as const }
  assert.deepEqual(encode({ reasoning }, SONNET_45, 1_024).unsupported, ['/reasoning'])
  const forced = encode({ reasoning, tools: TOOLS, toolChoice: { kind: 'required' } }, SONNET_45)
  assert.deepEqual([forced.body['thinking'], forced.body['tool_choice'], forced.unsupported], [undefined, { type: 'any' }, ['/reasoning']])
  const begun = encode({ reasoning, turns: [USER, { ...USER, role: 'assistant' }] }, SONNET_45)
  assert.deepEqual([begun.body['thinking'], begun.unsupported], [undefined, ['/reasoning']])
  const adaptive = encode({ reasoning, tools: TOOLS, toolChoice: { kind: 'required' } }, OPUS_47)
  assert.deepEqual(
    [adaptive.body['thinking'], adaptive.body['tool_choice'], adaptive.unsupported],
    [{ type: 'adaptive' }, { type: 'any' }, []],
  )
})

const SAMPLING: [what: string, model: string, parts: Partial<Conversation>, sent: Json, unsupported: string[]][] = [
  [
    'all of it, by models of other makers',
    'glm-4.6',
    { temperature: 0.5, topP: 0.9, topK: 9 },
    { temperature: 0.5, top_p: 0.9, top_k: 9 },
    [],
  ],
  ['one of the first two', SONNET_45, { temperature: 0.5, topP: 0.9, topK: 9 }, { temperature: 0.5, top_k: 9 }, ['/topP']],
  ['the second alone', SONNET_45, { topP: 0.9 }, { top_p: 0.9 }, []],
  ['none by newer models', OPUS_47, { temperature: 0.5, topP: 0.9, topK: 9 }, {}, ['/temperature', '/topP', '/topK']],
  ['their default says nothing', OPUS_47, { temperature: 1, topP: 1 }, {}, []],
  ['none with thinking', OPUS_46, { temperature: 0.5, reasoning: { effort: 'low' } }, {}, ['/temperature']],
  ['no temperature above 1', SONNET_45, { temperature: 1.5 }, {}, ['/temperature']],
]

for (const [what, model, parts, sent, unsupported] of SAMPLING) {
  test(`M4: sampling: ${what}`, () => {
    const got = encode(parts, model)
    const { temperature, top_p, top_k } = got.body
    assert.deepEqual(JSON.parse(JSON.stringify({ temperature, top_p, top_k })), sent)
    assert.deepEqual(got.unsupported, unsupported)
  })
}

test('M4: what the vendor has no member for is listed, unless it says nothing', () => {
  const listed: Partial<Conversation> = {
    choices: 2,
    seed: 1,
    logprobs: {},
    logitBias: { '1': 1 },
    minP: 0.1,
    presencePenalty: 0.1,
    frequencyPenalty: 0.1,
    repetitionPenalty: 1.1,
    metadata: { a: 'b' },
    promptCacheKey: 'k',
    safetySettings: [],
    serviceTier: 'flex',
  }
  assert.deepEqual(
    encode(listed).unsupported,
    Object.keys(listed).map((name) => `/${name}`),
  )
  assert.deepEqual(encode({ choices: 1, presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1 }).unsupported, [])
})

test('R3 and the rest: stop sequences, user, service tier', () => {
  const { body, unsupported } = encode({ stop: ['a', '\n', 'b'], user: 'u', serviceTier: 'default', stream: true })
  assert.deepEqual(
    [body['stop_sequences'], body['metadata'], body['service_tier'], body['stream']],
    [['a', 'b'], { user_id: 'u' }, 'standard_only', true],
  )
  assert.deepEqual(unsupported, ['/stop'])
})

test('what the operator says a vendor refuses is left out and listed', () => {
  const quirks = { refuses: ['temperature', 'topK', 'seed'] }
  const { body, unsupported } = anthropic.encodeRequest(conversation({ temperature: 0.5, topK: 3 }), { ...target(), quirks })
  assert.equal('temperature' in (JSON.parse(body.toString()) as Json), false)
  assert.deepEqual(
    unsupported.map(({ at }) => at),
    ['/temperature', '/topK'],
  )
})

const CHOICES: [what: string, parts: Partial<Conversation>, model: string, choice: unknown, unsupported: string[]][] = [
  ['auto', { toolChoice: { kind: 'auto' } }, SONNET_45, { type: 'auto' }, []],
  ['nothing said', {}, SONNET_45, undefined, []],
  ['none', { toolChoice: { kind: 'none' } }, SONNET_45, { type: 'none' }, []],
  ['required', { toolChoice: { kind: 'required' } }, SONNET_45, { type: 'any' }, []],
  ['one', { toolChoice: { kind: 'tool', name: 't' } }, SONNET_45, { type: 'tool', name: 't' }, []],
  ['one at a time', { parallelToolCalls: false }, SONNET_45, { type: 'auto', disable_parallel_tool_use: true }, []],
  [
    'required, one at a time',
    { toolChoice: { kind: 'required' }, parallelToolCalls: false },
    SONNET_45,
    { type: 'any', disable_parallel_tool_use: true },
    [],
  ],
  ['one that is not there', { toolChoice: { kind: 'tool', name: 'x' } }, SONNET_45, { type: 'auto' }, ['/toolChoice']],
  ['forced, by a model that is not', { toolChoice: { kind: 'tool', name: 't' } }, 'claude-opus-5-5', { type: 'auto' }, ['/toolChoice']],
]

for (const [what, parts, model, choice, unsupported] of CHOICES) {
  test(`T5: tool choice: ${what}`, () => {
    const got = encode({ tools: TOOLS, ...parts }, model)
    assert.deepEqual([got.body['tool_choice'], got.unsupported], [choice, unsupported])
  })
}

test('T5: of a choice among some only those are offered', () => {
  const tools: FunctionTool[] = ['a', 'b', 'c'].map((name, index) => ({ type: 'function', name, at: `/tools/${index}` }))
  const { body } = encode({ tools, toolChoice: { kind: 'allowed', names: ['a', 'c'], required: true } })
  assert.deepEqual(
    (body['tools'] as Json[]).map(({ name }) => name),
    ['a', 'c'],
  )
  assert.deepEqual(body['tool_choice'], { type: 'any' })
})

test('tools of the history are defined where none is offered any more, and cannot be called', () => {
  const { body } = encode({ turns: toolTurns(), toolChoice: { kind: 'auto' } })
  assert.deepEqual([body['tools'], body['tool_choice']], [[{ name: 't', input_schema: { type: 'object' } }], { type: 'none' }])
})

test('two tools of one name are one, and a user of too long a name is none', () => {
  const { body, unsupported } = encode({ tools: [...TOOLS, { type: 'function', name: 't', at: '/tools/1' }], user: 'u'.repeat(513) })
  assert.deepEqual([(body['tools'] as Json[]).length, body['metadata'], unsupported], [1, undefined, ['/tools/1', '/user']])
})

test('T10: tools that the vendor would refuse are listed by name', () => {
  const { body, unsupported } = encode({
    tools: [
      { type: 'vendor', dialect: 'openai-responses', name: 'code_interpreter', value: {}, at: '/tools/1' },
      {
        type: 'vendor',
        dialect: 'anthropic',
        name: 'web_search_20250305',
        value: { type: 'web_search_20250305', name: 'web_search' },
        at: '/tools/2',
      },
      ...TOOLS,
    ],
  })
  assert.deepEqual(unsupported, ['/tools/1'])
  assert.deepEqual(body['tools'], [
    { type: 'web_search_20250305', name: 'web_search' },
    { name: 't', input_schema: { type: 'object' } },
  ])
})

const SCHEMA = {
  type: 'object',
  properties: {
    z: { type: 'integer', description: 'A size', minimum: 1, maximum: 9 },
    a: {
      oneOf: [
        { type: 'string', format: 'date' },
        { type: 'object', properties: { n: { type: 'string', format: 'phone' } } },
      ],
    },
    l: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: true }, minItems: 1 },
  },
  required: ['z'],
}

const CLOSED = {
  type: 'object',
  properties: {
    z: { type: 'integer', description: 'A size (minimum: 1, maximum: 9)' },
    a: {
      anyOf: [
        { type: 'string', format: 'date' },
        { type: 'object', properties: { n: { type: 'string', description: '(format: "phone")' } }, additionalProperties: false },
      ],
    },
    l: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: false }, minItems: 1 },
  },
  required: ['z'],
  additionalProperties: false,
}

test('M8, T8: output by a schema keeps its order; objects are closed, what is not enforced is said in words and listed', () => {
  const { body, unsupported } = anthropic.encodeRequest(conversation({ output: { kind: 'schema', schema: SCHEMA, name: 'x' } }), target())
  const { output_config: config } = JSON.parse(body.toString()) as Json
  assert.equal(JSON.stringify(config), JSON.stringify({ format: { type: 'json_schema', schema: CLOSED } }))
  assert.deepEqual(
    unsupported.map(({ at, what }) => [at, what]),
    [['/output', "minimum, maximum, format, additionalProperties in the output's schema"]],
  )
})

test('M8: with tools, effort and streaming at once', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const { body, unsupported } = encode(
    { output: { kind: 'schema', schema }, tools: TOOLS, reasoning: { effort: 'low' }, stream: true },
    OPUS_47,
  )
  assert.deepEqual(body['output_config'], { effort: 'low', format: { type: 'json_schema', schema } })
  assert.deepEqual(unsupported, [])
})

test('M8: JSON without a schema, and a schema for a model that has none, are listed', () => {
  assert.deepEqual(encode({ output: { kind: 'json' } }).unsupported, ['/output'])
  assert.deepEqual(encode({ output: { kind: 'schema', schema: {} } }, 'claude-sonnet-4-20250514').unsupported, ['/output'])
  assert.deepEqual(encode({ output: { kind: 'text' } }).unsupported, [])
})

test('T8: strict tools have closed schemas, others stay as they are', () => {
  const tool = (strict?: boolean): FunctionTool => ({
    type: 'function',
    name: 't',
    parameters: SCHEMA,
    at: '/tools/0',
    ...(strict === undefined ? {} : { strict }),
  })
  const strict = encode({ tools: [tool(true)] })
  assert.deepEqual([strict.body['tools'], strict.unsupported], [[{ name: 't', input_schema: CLOSED, strict: true }], ['/tools/0']])
  assert.deepEqual(encode({ tools: [tool()] }).body['tools'], [{ name: 't', input_schema: SCHEMA }])
  const older = encode({ tools: [tool(true)] }, 'claude-sonnet-4-20250514')
  assert.deepEqual([older.body['tools'], older.unsupported], [[{ name: 't', input_schema: SCHEMA }], ['/tools/0']])
})

test('families are told by name, whatever the host puts around it', () => {
  const same = (one: string, other: string): void => assert.deepEqual(familyOf(one), familyOf(other), one)
  same('us.anthropic.claude-sonnet-4-5-20250929-v1:0', SONNET_45)
  same('anthropic/claude-sonnet-4.5', SONNET_45)
  same('claude-opus-4-5@20251101', OPUS_45)
  same('claude-opus-4-20250514', 'claude-sonnet-4-0')
  same('claude-mythos-5-2', 'claude-fable-5-1')
  same('claude-haiku-9', 'claude-haiku-5-5')
  assert.notDeepEqual(familyOf('claude-opus-4-1'), familyOf('claude-opus-4-20250514'))
  assert.notDeepEqual(familyOf('claude-opus-5-5'), familyOf('claude-opus-5'))
})
