import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import { decoded, read } from './support.ts'

test('every message becomes a turn, in order, with places', () => {
  const { turns } = decoded({
    model: 'm',
    messages: [
      { role: 'system', content: 'be brief' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is it' },
          { type: 'image_url', image_url: { url: 'https://x/a.png', detail: 'low' } },
        ],
      },
      { role: 'user', content: 'again' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'a cat' },
        ],
      },
    ],
  })
  assert.deepEqual(turns, [
    { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '/messages/0/content' }], at: '/messages/0' },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'what is it', at: '/messages/1/content/0' },
        { type: 'image', source: { kind: 'url', url: 'https://x/a.png' }, detail: 'low', at: '/messages/1/content/1' },
      ],
      at: '/messages/1',
    },
    { role: 'user', parts: [{ type: 'text', text: 'again', at: '/messages/2/content' }], at: '/messages/2' },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hm', at: '/messages/3/content/0' },
        { type: 'text', text: 'a cat', at: '/messages/3/content/1' },
      ],
      at: '/messages/3',
    },
  ])
})

test('T11, T4: a plan is text before the calls; ids give back the signature that they carried', () => {
  const id = withSignature('weather_1', 'sig')
  const { turns } = decoded({
    model: 'm',
    messages: [
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        tool_plan: 'I will look',
        tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: '{"b":1,"a":2}' } }],
      },
      { role: 'tool', tool_call_id: id, content: '{"t":3}' },
      { role: 'tool', tool_call_id: 'x', content: [{ type: 'document', document: { id: 'd1', data: { rows: [1, 2] } } }] },
    ],
  })
  assert.deepEqual(turns[1]?.parts, [
    { type: 'text', text: 'I will look', at: '/messages/1/tool_plan' },
    { type: 'tool_call', id: 'weather_1', signature: 'sig', name: 'weather', arguments: '{"b":1,"a":2}', at: '/messages/1/tool_calls/0' },
  ])
  assert.deepEqual(turns[2]?.parts, [
    {
      type: 'tool_result',
      callId: 'weather_1',
      content: [{ type: 'text', text: '{"t":3}', at: '/messages/2/content' }],
      at: '/messages/2',
    },
  ])
  const [result] = turns[3]?.parts ?? []
  assert.deepEqual(result?.type === 'tool_result' && result.content, [
    {
      type: 'document',
      source: { kind: 'text', text: '{"rows":[1,2]}', mediaType: 'application/json' },
      filename: 'd1',
      at: '/messages/3/content/0/document',
    },
  ])
})

test('T2: a call of a tool that takes nothing has the arguments {}', () => {
  for (const text of ['', 'null', undefined]) {
    const call = { id: 'a', type: 'function', function: { name: 'now', ...(text === undefined ? {} : { arguments: text }) } }
    const [turn] = decoded({ model: 'm', messages: [{ role: 'assistant', tool_calls: [call] }] }).turns
    assert.ok(turn?.parts[0]?.type === 'tool_call' && turn.parts[0].arguments === '{}')
  }
})

test('settings get their neutral names; what has none is kept with its place', () => {
  const { turns: _turns, ...settings } = decoded({
    model: 'm',
    messages: [{ role: 'user', content: 'a' }],
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
    strict_tools: true,
    tool_choice: 'REQUIRED',
    response_format: { type: 'json_object', schema: { type: 'object' } },
    thinking: { type: 'enabled', token_budget: 300 },
    max_tokens: 5,
    stop_sequences: ['x'],
    temperature: 0,
    p: 0.5,
    k: 3,
    seed: 1,
    frequency_penalty: 0.1,
    presence_penalty: null,
    logprobs: true,
    safety_mode: 'STRICT',
    priority: 3,
  })
  assert.deepEqual(settings, {
    stream: false,
    tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: true, at: '/tools/0' }],
    toolChoice: { kind: 'required' },
    output: { kind: 'schema', schema: { type: 'object' } },
    reasoning: { budgetTokens: 300, show: true },
    maxOutputTokens: 5,
    stop: ['x'],
    logprobs: {},
    temperature: 0,
    topP: 0.5,
    topK: 3,
    seed: 1,
    frequencyPenalty: 0.1,
    others: { safety_mode: { at: '/safety_mode', value: 'STRICT' }, priority: { at: '/priority', value: 3 } },
  })
})

test('documents of the request are what the user says last, to be cited unless that is off', () => {
  const body = {
    model: 'm',
    messages: [{ role: 'user', content: 'sum up' }],
    documents: ['plain', { id: 'a', data: { title: 'T', text: 'x' } }],
  }
  const parts = decoded(body).turns[0]?.parts ?? []
  assert.deepEqual(parts.slice(0, 2), [
    { type: 'document', source: { kind: 'text', text: 'plain', mediaType: 'text/plain' }, citations: true, at: '/documents/0' },
    {
      type: 'document',
      source: { kind: 'text', text: 'x', mediaType: 'text/plain' },
      title: 'T',
      filename: 'a',
      citations: true,
      at: '/documents/1',
    },
  ])
  const off = decoded({ ...body, citation_options: { mode: 'OFF' } })
  assert.deepEqual([off.turns[0]?.parts[0]?.type === 'document' && off.turns[0].parts[0].citations, off.others], [false, {}])
  assert.deepEqual(Object.keys(decoded({ ...body, citation_options: { mode: 'FAST' } }).others), ['citation_options'])
})

const WRONG: [body: object, pointer: string][] = [
  [{ messages: [{ role: 'narrator', content: 'a' }] }, '/messages/0/role'],
  [{ messages: [{ role: 'user' }] }, '/messages/0/content'],
  [{ messages: [{ role: 'user', content: 3 }] }, '/messages/0/content'],
  [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, '/messages/0/content/0/text'],
  [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, '/messages/0/content/0/image_url'],
  [{ messages: [{ role: 'tool', content: 'a' }] }, '/messages/0/tool_call_id'],
  [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] }, '/messages/0/tool_calls/0/function/name'],
  [{ temperature: '1' }, '/temperature'],
  [{ tool_choice: 'AUTO' }, '/tool_choice'],
  [{ response_format: { type: 'xml' } }, '/response_format/type'],
  [{ documents: [3] }, '/documents/0'],
  [{ stop_sequences: 'x' }, '/stop_sequences'],
  [{ thinking: { type: 'enabled', token_budget: 'much' } }, '/thinking/token_budget'],
]

for (const [body, pointer] of WRONG) {
  test(`translation stops at what it cannot understand: ${pointer}`, () => {
    const result = read({ model: 'm', messages: [{ role: 'user', content: 'a' }], ...body }).decode()
    assert.ok(!result.ok)
    assert.equal(result.pointer, pointer)
    assert.match(result.message, /must be|missing|is a string/)
  })
}
