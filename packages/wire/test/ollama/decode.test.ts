import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import { ollama, ollamaGenerate } from '../../src/ollama/dialect.ts'
import type { Dialect } from '../../src/dialect.ts'
import { decoded, read } from './support.ts'

const PNG = 'iVBORw0KGgoAAAA='

test('every message becomes a turn, in order, with places; roles in any case', () => {
  const { turns } = decoded({
    model: 'm',
    messages: [
      { role: 'System', content: 'be brief' },
      { role: 'user', content: 'see', images: [PNG, `data:image/png;base64,${PNG}`] },
      { role: 'assistant', content: 'a cat', thinking: 'hm' },
      { role: 'user', content: '' },
    ],
  })
  const source = { kind: 'base64', mediaType: 'image/png', data: PNG }
  assert.deepEqual(turns, [
    { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '/messages/0/content' }], at: '/messages/0' },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'see', at: '/messages/1/content' },
        { type: 'image', source, at: '/messages/1/images/0' },
        { type: 'image', source, at: '/messages/1/images/1' },
      ],
      at: '/messages/1',
    },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hm', at: '/messages/2/thinking' },
        { type: 'text', text: 'a cat', at: '/messages/2/content' },
      ],
      at: '/messages/2',
    },
    { role: 'user', parts: [], at: '/messages/3' },
  ])
})

function callsAndResults(messages: object[]): [calls: string[], results: string[]] {
  const parts = decoded({ model: 'm', messages }).turns.flatMap((turn) => turn.parts)
  return [
    parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])),
    parts.flatMap((part) => (part.type === 'tool_result' ? [part.callId] : [])),
  ]
}

const called = (...names: string[]): object => ({
  role: 'assistant',
  content: '',
  tool_calls: names.map((name) => ({ function: { name, arguments: {} } })),
})
const result = (members: object): object => ({ role: 'tool', content: 'ok', ...members })

const MATCHES: [name: string, messages: object[], results: string[]][] = [
  ['by name, not by order', [called('f', 'g'), result({ tool_name: 'g' }), result({ tool_name: 'f' })], ['call_1', 'call_0']],
  ['by order where no name is told', [called('f', 'g'), result({}), result({})], ['call_0', 'call_1']],
  ['the same tool twice', [called('f', 'f'), result({ tool_name: 'f' }), result({ tool_name: 'f' })], ['call_0', 'call_1']],
  ['by the older name', [called('f', 'g'), result({ name: 'g' })], ['call_1']],
  ['over several turns', [called('f'), result({}), called('f'), result({})], ['call_0', 'call_1']],
  ['more results than calls', [called('f'), result({}), result({})], ['call_0', 'call_1']],
]

for (const [name, messages, expected] of MATCHES) {
  test(`T3: results find their calls without ids: ${name}`, () => {
    assert.deepEqual(callsAndResults(messages)[1], expected)
  })
}

test('T4: ids that are told are kept, and give back the signature that they carried', () => {
  const id = withSignature('c9', 'sig')
  const messages = [
    { role: 'assistant', tool_calls: [{ id, type: 'function', function: { index: 0, name: 'f', arguments: { b: 1, a: 2 } } }] },
    { role: 'tool', content: 'ok', tool_name: 'f', tool_call_id: id },
  ]
  assert.deepEqual(callsAndResults(messages), [['c9'], ['c9']])
  const [turn] = decoded({ model: 'm', messages }).turns
  assert.deepEqual(turn?.parts, [
    { type: 'tool_call', id: 'c9', name: 'f', arguments: '{"b":1,"a":2}', signature: 'sig', at: '/messages/0/tool_calls/0' },
  ])
})

test('T2, T9: arguments are the text of the object, digit by digit', () => {
  const body =
    '{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"id":12345678901234567890,"x":1.0}}}]}],"options":{"temperature":1.0}}'
  const { turns, temperature } = decoded(Buffer.from(body))
  assert.ok(turns[0]?.parts[0]?.type === 'tool_call')
  assert.deepEqual([turns[0].parts[0].arguments, temperature], ['{"id":12345678901234567890,"x":1.0}', 1])
})

test('settings get their neutral names; what has none is kept with its place; what is empty was not said', () => {
  const { turns: _turns, ...settings } = decoded({
    model: 'm',
    messages: [{ role: 'user', content: 'a' }],
    stream: false,
    format: { type: 'object' },
    think: 'high',
    logprobs: true,
    top_logprobs: 3,
    keep_alive: '5m',
    template: '',
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
    options: {
      num_predict: 9,
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      min_p: 0.1,
      seed: 1,
      stop: 'x',
      repeat_penalty: 1.1,
      presence_penalty: 0.2,
      frequency_penalty: null,
      num_ctx: 4096,
    },
  })
  assert.deepEqual(settings, {
    stream: false,
    tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, at: '/tools/0' }],
    output: { kind: 'schema', schema: { type: 'object' } },
    reasoning: { effort: 'high', show: true },
    maxOutputTokens: 9,
    stop: ['x'],
    logprobs: { top: 3 },
    temperature: 0,
    topP: 0.5,
    topK: 3,
    minP: 0.1,
    seed: 1,
    repetitionPenalty: 1.1,
    presencePenalty: 0.2,
    others: {
      keep_alive: { at: '/keep_alive', value: '5m' },
      'options.num_ctx': { at: '/options/num_ctx', value: 4096 },
    },
  })
})

for (const [think, expected] of [
  [true, { adaptive: true, show: true }],
  [false, { effort: 'none', budgetTokens: 0 }],
  ['low', { effort: 'low', show: true }],
  [null, undefined],
] as const) {
  test(`M6: think ${String(think)}`, () => {
    assert.deepEqual(decoded({ model: 'm', messages: [{ role: 'user', content: 'a' }], think }).reasoning, expected)
  })
}

test('M8: format "json" and an empty one', () => {
  const output = (format: unknown): unknown => decoded({ model: 'm', messages: [{ role: 'user', content: 'a' }], format }).output
  assert.deepEqual([output('json'), output(''), output(null)], [{ kind: 'json' }, undefined, undefined])
})

test('a completion is a conversation of what the system and the user say; the rest is kept by name', () => {
  const conversation = decoded(
    { model: 'm', prompt: 'why', system: 'be brief', images: [PNG], suffix: 'end', template: '{{ .Prompt }}', raw: true, context: [1] },
    ollamaGenerate,
  )
  assert.deepEqual(conversation.turns, [
    { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '/system' }], at: '/system' },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'why', at: '/prompt' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG }, at: '/images/0' },
      ],
      at: '/prompt',
    },
  ])
  assert.deepEqual([conversation.stream, Object.keys(conversation.others)], [true, ['suffix', 'template', 'raw', 'context']])
})

const WRONG: [body: object, pointer: string, dialect?: Dialect][] = [
  [{ messages: [{ role: 'narrator', content: 'a' }] }, '/messages/0/role'],
  [{ messages: [{ content: 'a' }] }, '/messages/0/role'],
  [{ messages: [{ role: 'user', content: ['a'] }] }, '/messages/0/content'],
  [{ messages: [{ role: 'user', content: 'a', images: [1] }] }, '/messages/0/images'],
  [{ messages: [{ role: 'assistant', tool_calls: [{ function: {} }] }] }, '/messages/0/tool_calls/0/function/name'],
  [{ options: { temperature: 'hot' } }, '/options/temperature'],
  [{ options: { stop: [1] } }, '/options/stop'],
  [{ format: 3 }, '/format'],
  [{ think: 'hard' }, '/think'],
  [{ prompt: 'a', system: 3 }, '/system', ollamaGenerate],
]

for (const [body, pointer, dialect = ollama] of WRONG) {
  test(`translation stops at what it cannot understand: ${JSON.stringify(body)}`, () => {
    const outcome = read({ model: 'm', messages: [{ role: 'user', content: 'a' }], ...body }, dialect).decode()
    assert.ok(!outcome.ok)
    assert.equal(outcome.pointer, pointer)
    assert.match(outcome.message, /must be|missing/)
  })
}
