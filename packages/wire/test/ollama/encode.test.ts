import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Tool, ToolChoice } from '../../src/canonical/conversation.ts'
import { encoded, HI, turn } from './support.ts'

const tool = (name: string): Tool => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties: { z: {}, a: {} } },
  at: `/tools/${name}`,
})

test('M5: nothing is sent that was not said, but that the answer is no stream', () => {
  assert.deepEqual(encoded({ maxOutputTokens: 9 }).body, { model: 'qwen3', messages: [{ role: 'user', content: 'hi' }], stream: false })
  assert.deepEqual(encoded({}, { outputLimit: 7 }).body['options'], { num_predict: 7 })
})

test("M1, M2: the system's words stay where they are; a turn has one text; what is empty is left out", () => {
  const { body } = encoded({
    turns: [
      turn('developer', { type: 'text', text: 'one', at: '' }),
      turn('user', { type: 'text', text: 'a', at: '' }, { type: 'text', text: 'b', at: '' }),
      turn('assistant', { type: 'text', text: '', at: '' }),
      turn('system', { type: 'text', text: 'two', at: '' }),
    ],
  })
  assert.deepEqual(body['messages'], [
    { role: 'system', content: 'one' },
    { role: 'user', content: 'a\nb' },
    { role: 'system', content: 'two' },
  ])
})

test('T6, T11, M6: calls with their arguments as objects; results before what the user says, under name and id', () => {
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
        { type: 'tool_result', callId: 'lost', content: [], at: '' },
      ),
    ],
  })
  assert.deepEqual(body['messages'], [
    {
      role: 'assistant',
      content: 'let me see',
      thinking: 'open',
      tool_calls: [
        { id: 'toolu_1', function: { index: 0, name: 'f', arguments: { b: 1, a: 2 } } },
        { id: 'toolu_2', function: { index: 1, name: 'g', arguments: {} } },
      ],
    },
    { role: 'tool', content: 'ok', tool_name: 'f', tool_call_id: 'toolu_1' },
    { role: 'tool', content: '{"error":"bad"}', tool_name: 'g', tool_call_id: 'toolu_2' },
    { role: 'tool', content: '', tool_call_id: 'lost' },
    { role: 'user', content: 'and?' },
  ])
  assert.deepEqual(unsupported, [])
})

const CHOICES: [choice: ToolChoice | undefined, names: string[], dropped: string[]][] = [
  [undefined, ['f', 'g'], []],
  [{ kind: 'auto' }, ['f', 'g'], []],
  [{ kind: 'none' }, [], []],
  [{ kind: 'required' }, ['f', 'g'], ['/toolChoice']],
  [{ kind: 'tool', name: 'g' }, ['f', 'g'], ['/toolChoice']],
  [{ kind: 'allowed', names: ['f'], required: false }, ['f'], []],
  [{ kind: 'allowed', names: ['f'], required: true }, ['f'], ['/toolChoice']],
]

for (const [toolChoice, names, dropped] of CHOICES) {
  test(`T5: Ollama knows no tool choice, so ${JSON.stringify(toolChoice)} is said by what is sent, or named`, () => {
    const { body, unsupported } = encoded({ tools: [tool('f'), tool('g')], ...(toolChoice === undefined ? {} : { toolChoice }) })
    const sent = (body['tools'] ?? []) as { function: { name: string } }[]
    assert.deepEqual([sent.map((each) => each.function.name), unsupported.map(({ at }) => at)], [names, dropped])
  })
}

test('T9, T10: schemas keep their order; strictness and foreign tools are named', () => {
  const { body, unsupported } = encoded({
    tools: [
      { ...tool('f'), type: 'function', strict: true },
      { type: 'vendor', dialect: 'gemini', name: 'googleSearch', value: {}, at: '/tools/1' },
    ],
  })
  assert.equal(
    JSON.stringify(body['tools']),
    '[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"z":{},"a":{}}}}}]',
  )
  assert.deepEqual(
    unsupported.map(({ at }) => at),
    ['/tools/f', '/tools/1'],
  )
})

const SETTINGS: [settings: Partial<Conversation>, body: object, unsupported: string[]][] = [
  [
    {
      temperature: 0,
      topP: 1,
      topK: 5,
      minP: 0.1,
      seed: 3,
      repetitionPenalty: 1.1,
      presencePenalty: -1,
      frequencyPenalty: 2,
      stop: ['a', 'b'],
    },
    {
      options: {
        temperature: 0,
        top_p: 1,
        top_k: 5,
        min_p: 0.1,
        seed: 3,
        repeat_penalty: 1.1,
        presence_penalty: -1,
        frequency_penalty: 2,
        stop: ['a', 'b'],
      },
    },
    [],
  ],
  [{ logprobs: {} }, { logprobs: true }, []],
  [{ logprobs: { top: 3 } }, { logprobs: true, top_logprobs: 3 }, []],
  [{ output: { kind: 'text' } }, {}, []],
  [{ output: { kind: 'json' } }, { format: 'json' }, []],
  [{ output: { kind: 'schema', schema: { b: 1, a: 2 }, name: 'n' } }, { format: { b: 1, a: 2 } }, []],
  [{ choices: 2, logitBias: { 1: 2 }, user: 'u', parallelToolCalls: false }, {}, ['/logitBias', '/user', '/choices']],
  [{ choices: 1, parallelToolCalls: true, promptCacheKey: 'k', cacheControl: {} }, {}, []],
]

for (const [settings, expected, dropped] of SETTINGS) {
  test(`M4, M8, R3: ${JSON.stringify(settings)}`, () => {
    const { body, unsupported } = encoded(settings)
    const { model: _model, messages: _messages, stream: _stream, ...rest } = body
    assert.deepEqual(rest, expected)
    assert.deepEqual(
      unsupported.map(({ at }) => at),
      dropped,
    )
  })
}

const THOUGHT: [reasoning: Conversation['reasoning'], think: unknown, levelled: unknown][] = [
  [undefined, undefined, undefined],
  [{}, undefined, undefined],
  [{ effort: 'none' }, false, 'low'],
  [{ budgetTokens: 0 }, false, 'low'],
  [{ effort: 'minimal' }, true, 'low'],
  [{ effort: 'medium' }, true, 'medium'],
  [{ effort: 'max' }, true, 'high'],
  [{ budgetTokens: 2000 }, true, 'low'],
  [{ budgetTokens: 5000 }, true, 'medium'],
  [{ budgetTokens: 50_000 }, true, 'high'],
  [{ adaptive: true, show: true }, true, undefined],
]

for (const [reasoning, think, levelled] of THOUGHT) {
  test(`M6: reasoning ${JSON.stringify(reasoning)} is true or false, and a level for the models that take only that`, () => {
    const conversation = reasoning === undefined ? {} : { reasoning }
    assert.equal(encoded(conversation).body['think'], think)
    assert.equal(encoded(conversation, { model: 'gpt-oss:20b' }).body['think'], levelled)
  })
}

test('I1, I2: images go as bytes; what Ollama cannot see is named', () => {
  const { body, unsupported } = encoded({
    turns: [
      turn(
        'user',
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' }, at: '/0' },
        { type: 'image', source: { kind: 'url', url: 'https://x/y.png' }, at: '/1' },
        { type: 'image', source: { kind: 'file', id: 'f' }, at: '/2' },
        { type: 'document', source: { kind: 'text', text: 'inline', mediaType: 'text/plain' }, at: '/3' },
        { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, at: '/4' },
        { type: 'audio', source: { kind: 'url', url: 'https://x/a.mp3' }, at: '/5' },
        { type: 'vendor', dialect: 'anthropic', value: {}, at: '/6' },
      ),
      turn('tool', {
        type: 'tool_result',
        callId: 'a',
        name: 'f',
        content: [{ type: 'image', source: { kind: 'url', url: 'https://x' }, at: '/7' }],
        at: '',
      }),
    ],
  })
  assert.deepEqual(body['messages'], [
    { role: 'user', content: 'inline', images: ['iVBO'] },
    { role: 'tool', content: '', tool_name: 'f', tool_call_id: 'a' },
  ])
  assert.deepEqual(unsupported.map(({ at }) => at).toSorted(), ['/1', '/2', '/4', '/5', '/6', '/7'])
})

test('a call whose arguments are no object cannot be sent, and is named', () => {
  const call = (text: string, custom?: true): string[] =>
    encoded({
      turns: [HI, turn('assistant', { type: 'tool_call', id: 'a', name: 'f', arguments: text, ...(custom ? { custom } : {}), at: '/c' })],
    }).unsupported.map(({ at }) => at)
  assert.deepEqual([call('{"a":'), call('[1]'), call('free text', true), call('null'), call('{}')], [['/c'], ['/c'], ['/c'], [], []])
})

test('what a model is known to refuse is left out and named', () => {
  const { body, unsupported } = encoded({ seed: 1, temperature: 1 }, { quirks: { refuses: ['seed'] } })
  assert.deepEqual([body['options'], unsupported.map(({ at }) => at)], [{ temperature: 1 }, ['/seed']])
})
