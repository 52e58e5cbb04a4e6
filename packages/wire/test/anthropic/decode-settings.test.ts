import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMessages } from '../../src/anthropic/decode.ts'
import type { Conversation } from '../../src/canonical/conversation.ts'
import type { Json } from './support.ts'

function decode(parts: Json): Conversation {
  const decoded = decodeMessages({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...parts })
  assert.ok(decoded.ok, JSON.stringify(decoded))
  return decoded.conversation
}

test('T9, T10: tools of the caller keep their schema; others are named by their type', () => {
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 5 }
  const schema = { type: 'object', properties: { z: { type: 'string' }, a: { type: 'number' } } }
  const tools = [
    { name: 't', description: 'T', input_schema: schema, strict: true, cache_control: { type: 'ephemeral' } },
    { type: 'custom', name: 'u', input_schema: { type: 'object' }, eager_input_streaming: true, allowed_callers: ['direct'] },
    search,
  ]
  assert.deepEqual(decode({ tools }).tools, [
    { type: 'function', name: 't', description: 'T', parameters: schema, strict: true, cacheControl: {}, at: '/tools/0' },
    { type: 'function', name: 'u', parameters: { type: 'object' }, at: '/tools/1' },
    { type: 'vendor', dialect: 'anthropic', name: 'web_search_20250305', value: search, at: '/tools/2' },
  ])
})

test('M9: to clear what was thought before asks for nothing of others, who never get it; to clear anything else does', () => {
  const clear = { type: 'clear_thinking_20251015', keep: 'all' }
  assert.deepEqual(decode({ context_management: { edits: [clear] } }).others, {})
  for (const given of [{ edits: [clear, { type: 'clear_tool_uses_20250919' }] }, { edits: [clear], more: 1 }, 'x']) {
    assert.deepEqual(decode({ context_management: given }).others, { context_management: { at: '/context_management', value: given } })
  }
})

test('M9: members without a neutral form are kept by name and place, also those inside of tools and settings', () => {
  const { others } = decode({
    container: 'c1',
    context_management: null,
    speed: 'fast',
    tools: [{ name: 't', input_schema: {}, defer_loading: true, input_examples: [{}] }],
    output_config: { effort: 'low', task_budget: { type: 'tokens', total: 20_000 } },
  })
  assert.deepEqual(others, {
    container: { at: '/container', value: 'c1' },
    speed: { at: '/speed', value: 'fast' },
    'tools/0/defer_loading': { at: '/tools/0/defer_loading', value: true },
    'tools/0/input_examples': { at: '/tools/0/input_examples', value: [{}] },
    'output_config/task_budget': { at: '/output_config/task_budget', value: { type: 'tokens', total: 20_000 } },
  })
})

const SETTINGS: [what: string, members: Json, expected: Partial<Conversation>][] = [
  ['T5: auto', { tool_choice: { type: 'auto' } }, { toolChoice: { kind: 'auto' } }],
  [
    'T5: any, one at a time',
    { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
    { toolChoice: { kind: 'required' }, parallelToolCalls: false },
  ],
  ['T5: one tool', { tool_choice: { type: 'tool', name: 't' } }, { toolChoice: { kind: 'tool', name: 't' } }],
  ['T5: none', { tool_choice: { type: 'none' } }, { toolChoice: { kind: 'none' } }],
  [
    'M6: a budget',
    { thinking: { type: 'enabled', budget_tokens: 2_000, display: 'summarized' } },
    { reasoning: { budgetTokens: 2_000, show: true } },
  ],
  [
    'M6: adaptive with effort',
    { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'xhigh' } },
    { reasoning: { effort: 'xhigh', adaptive: true, show: false } },
  ],
  ['M6: off', { thinking: { type: 'disabled' } }, { reasoning: { budgetTokens: 0 } }],
  [
    'M8: output by a schema',
    { output_config: { format: { type: 'json_schema', schema: { b: 1, a: 2 } } } },
    { output: { kind: 'schema', schema: { b: 1, a: 2 } } },
  ],
  ['M8: under its earlier name', { output_format: { type: 'json_schema', schema: {} } }, { output: { kind: 'schema', schema: {} } }],
  [
    'R3 and the rest',
    {
      stream: true,
      stop_sequences: ['a', 'b'],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      cache_control: { type: 'ephemeral' },
    },
    {
      stream: true,
      stop: ['a', 'b'],
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      user: 'u',
      serviceTier: 'default',
      cacheControl: {},
    },
  ],
  ['M5: null is absent', { temperature: null, top_k: null, thinking: null, tool_choice: null, stop_sequences: null }, {}],
]

for (const [what, members, expected] of SETTINGS) {
  test(`decoded: ${what}`, () => {
    const { turns: _, others: __, ...settings } = decode(members)
    assert.deepEqual(settings, { stream: false, maxOutputTokens: 9, ...expected })
  })
}
