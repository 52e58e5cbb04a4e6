import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Tool, ToolChoice, Turn } from '../../src/canonical/conversation.ts'
import { encoded, user } from './support.ts'

const tool = (name: string, strict?: boolean): Tool => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties: { z: {}, a: {} } },
  ...(strict === undefined ? {} : { strict }),
  at: `/tools/${name}`,
})

function turn(role: Turn['role'], ...parts: Turn['parts']): Turn {
  return { role, parts, at: '/messages/0' }
}

test('M5: nothing is sent that was not said, and no limit but the target tells', () => {
  assert.deepEqual(encoded({ maxOutputTokens: 9 }).body, { model: 'command-a', messages: [{ role: 'user', content: 'hi' }], stream: false })
  assert.equal(encoded({}, { outputLimit: 7 }).body['max_tokens'], 7)
})

test("M1: the system's words go first, from wherever they stand; developers' too", () => {
  const { body } = encoded({
    turns: [
      turn('system', { type: 'text', text: 'one', at: '' }),
      user('hi'),
      turn('developer', { type: 'text', text: 'two', at: '' }),
      turn('assistant', { type: 'text', text: '', at: '' }),
    ],
  })
  assert.deepEqual(body['messages'], [
    {
      role: 'system',
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    },
    { role: 'user', content: 'hi' },
  ])
})

test("T6, T11: results are messages of their own before the user's words; text beside calls is the plan", () => {
  const { body, unsupported } = encoded({
    turns: [
      turn(
        'assistant',
        { type: 'reasoning', text: 'signed', signature: 's', origin: 'anthropic', at: '' },
        { type: 'reasoning', text: 'open', at: '' },
        { type: 'text', text: 'let me see', at: '' },
        { type: 'tool_call', id: 'toolu_1', name: 'f', arguments: '{"b":1,"a":2}', at: '' },
        { type: 'tool_call', id: 'toolu_2', name: 'g', arguments: '', at: '' },
      ),
      turn(
        'user',
        { type: 'text', text: 'and?', at: '' },
        { type: 'tool_result', callId: 'toolu_1', content: [{ type: 'text', text: 'ok', at: '' }], at: '' },
        { type: 'tool_result', callId: 'toolu_2', content: [{ type: 'text', text: 'bad', at: '' }], isError: true, at: '' },
      ),
    ],
  })
  assert.deepEqual(body['messages'], [
    {
      role: 'assistant',
      tool_plan: 'let me see',
      tool_calls: [
        { id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"b":1,"a":2}' } },
        { id: 'toolu_2', type: 'function', function: { name: 'g', arguments: '{}' } },
      ],
      content: [{ type: 'thinking', thinking: 'open' }],
    },
    { role: 'tool', tool_call_id: 'toolu_1', content: 'ok' },
    { role: 'tool', tool_call_id: 'toolu_2', content: '{"error":"bad"}' },
    { role: 'user', content: 'and?' },
  ])
  assert.deepEqual(unsupported, [])
})

const CHOICES: [choice: ToolChoice | undefined, names: string[], word: unknown][] = [
  [undefined, ['f', 'g'], undefined],
  [{ kind: 'auto' }, ['f', 'g'], undefined],
  [{ kind: 'none' }, ['f', 'g'], 'NONE'],
  [{ kind: 'required' }, ['f', 'g'], 'REQUIRED'],
  [{ kind: 'tool', name: 'g' }, ['g'], 'REQUIRED'],
  [{ kind: 'allowed', names: ['f'], required: false }, ['f'], undefined],
  [{ kind: 'allowed', names: ['f'], required: true }, ['f'], 'REQUIRED'],
]

for (const [toolChoice, names, word] of CHOICES) {
  test(`T5: tool choice ${JSON.stringify(toolChoice)} is said by ${String(word)} and the tools that are sent`, () => {
    const { body, unsupported } = encoded({ tools: [tool('f'), tool('g')], ...(toolChoice === undefined ? {} : { toolChoice }) })
    const sent = body['tools'] as { function: { name: string } }[]
    assert.deepEqual([sent.map((each) => each.function.name), body['tool_choice'], unsupported], [names, word, []])
  })
}

test('T9, T10: schemas keep their order; strictness is one switch; foreign tools are refused by name', () => {
  const first = encoded({ tools: [tool('f', true)] })
  assert.equal(
    JSON.stringify(first.body['tools']),
    JSON.stringify([{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { z: {}, a: {} } } } }]),
  )
  assert.equal(first.body['strict_tools'], true)
  const mixed = encoded({
    tools: [tool('f', true), tool('g'), { type: 'vendor', dialect: 'anthropic', name: 'web_search_20250305', value: {}, at: '/tools/2' }],
  })
  assert.equal(mixed.body['strict_tools'], undefined)
  assert.deepEqual(
    mixed.unsupported.map(({ at, what }) => [at, what]),
    [
      ['/tools/2', 'the tool web_search_20250305'],
      ['/tools/f', 'strict arguments'],
    ],
  )
})

const SETTINGS: [settings: Partial<Conversation>, body: object, unsupported: string[]][] = [
  [{ topP: 1, topK: 1000, temperature: 1 }, { p: 0.99, k: 500, temperature: 1 }, []],
  [{ temperature: 1.5, seed: -1 }, {}, ['/temperature', '/seed']],
  [{ frequencyPenalty: 0, presencePenalty: 0.5 }, { presence_penalty: 0.5 }, []],
  [{ frequencyPenalty: 0.5, presencePenalty: 0 }, { frequency_penalty: 0.5 }, []],
  [{ frequencyPenalty: 0.5, presencePenalty: 0.5 }, { frequency_penalty: 0.5 }, ['/presencePenalty']],
  [{ frequencyPenalty: -1 }, {}, ['/frequencyPenalty']],
  [{ stop: ['1', '2', '3', '4', '5', '6'] }, { stop_sequences: ['1', '2', '3', '4', '5'] }, ['/stop']],
  [{ logprobs: { top: 3 } }, { logprobs: true }, ['/logprobs']],
  [{ output: { kind: 'json' } }, { response_format: { type: 'json_object' } }, []],
  [
    { output: { kind: 'schema', schema: { b: 1, a: 2 }, name: 'n' } },
    { response_format: { type: 'json_object', json_schema: { b: 1, a: 2 } } },
    [],
  ],
  [{ minP: 0.1, choices: 2, logitBias: { 1: 2 }, user: 'u', parallelToolCalls: false }, {}, ['/minP', '/logitBias', '/user', '/choices']],
  [{ choices: 1, parallelToolCalls: true, promptCacheKey: 'k', cacheControl: {} }, {}, []],
  [{ reasoning: { effort: 'low' } }, { thinking: { type: 'enabled', token_budget: 1024 } }, []],
  [{ reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }, []],
  [{ reasoning: { effort: 'max' } }, { thinking: { type: 'enabled' } }, []],
  [{ reasoning: { budgetTokens: 0 } }, { thinking: { type: 'disabled' } }, []],
  [{ reasoning: { budgetTokens: 300 } }, { thinking: { type: 'enabled', token_budget: 300 } }, []],
]

for (const [settings, expected, dropped] of SETTINGS) {
  test(`M4, M6, M8, R3: ${JSON.stringify(settings)}`, () => {
    const { body, unsupported } = encoded(settings)
    const { model: _model, messages: _messages, stream: _stream, ...rest } = body
    assert.deepEqual(rest, expected)
    assert.deepEqual(
      unsupported.map(({ at }) => at),
      dropped,
    )
  })
}

test('M6: a thinking budget leaves room below the output limit', () => {
  const budget = (budgetTokens: number, outputLimit: number): unknown =>
    encoded({ reasoning: { budgetTokens } }, { outputLimit }).body['thinking']
  assert.deepEqual(budget(5000, 100), { type: 'enabled', token_budget: 99 })
  assert.deepEqual(encoded({ reasoning: { effort: 'high' } }, { outputLimit: 1000 }).body['thinking'], {
    type: 'enabled',
    token_budget: 800,
  })
})

test('M8: a response format beside tools is refused by name', () => {
  const { body, unsupported } = encoded({ tools: [tool('f')], output: { kind: 'json' } })
  assert.equal(body['response_format'], undefined)
  assert.deepEqual(
    unsupported.map(({ at }) => at),
    ['/output'],
  )
})

test('I1, I2: images go by address or bytes; what Cohere cannot see is named', () => {
  const { body, unsupported } = encoded({
    turns: [
      turn(
        'user',
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, detail: 'original', at: '/0' },
        { type: 'image', source: { kind: 'file', id: 'file_1' }, at: '/1' },
        { type: 'audio', source: { kind: 'url', url: 'https://x/a.mp3' }, at: '/2' },
        { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, at: '/3' },
        { type: 'vendor', dialect: 'gemini', value: {}, at: '/4' },
        { type: 'tool_result', callId: 'a', content: [{ type: 'image', source: { kind: 'url', url: 'https://x' }, at: '/5' }], at: '/6' },
      ),
    ],
  })
  assert.deepEqual(body['messages'], [
    { role: 'tool', tool_call_id: 'a', content: '{}' },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'high' } }] },
  ])
  assert.deepEqual(
    unsupported.map(({ at }) => at),
    ['/5', '/1', '/2', '/3', '/4'],
  )
})

test('documents go beside the messages, and are not cited unless that was asked', () => {
  const text = { kind: 'text', text: 'x', mediaType: 'text/plain' } as const
  const plain = encoded({
    turns: [turn('user', { type: 'document', source: text, title: 'T', at: '' }, { type: 'text', text: 'sum up', at: '' })],
  })
  assert.deepEqual(plain.body['documents'], [{ data: { title: 'T', text: 'x' } }])
  assert.deepEqual(plain.body['citation_options'], { mode: 'OFF' })
  const cited = encoded({ turns: [turn('user', { type: 'document', source: text, citations: true, at: '' })] })
  assert.equal(cited.body['citation_options'], undefined)
})

test('what a model is known to refuse is left out and named', () => {
  const { body, unsupported } = encoded({ seed: 1, temperature: 1 }, { quirks: { refuses: ['seed'] } })
  assert.deepEqual([body['seed'], body['temperature'], unsupported.map(({ at }) => at)], [undefined, 1, ['/seed']])
})
