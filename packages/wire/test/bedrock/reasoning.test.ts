import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Part, Reasoning, Turn } from '../../src/index.ts'
import { assistant, lost, turn, user, write } from './asking.ts'

const SONNET_4_5 = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
const OPUS_4_6 = 'us.anthropic.claude-opus-4-6-v1'
const OPUS_4_7 = 'us.anthropic.claude-opus-4-7'
const OPUS_5 = 'global.anthropic.claude-opus-5'
const FABLE = 'global.anthropic.claude-fable-5'
const HAIKU_3 = 'anthropic.claude-3-haiku-20240307-v1:0'
const NOVA_2 = 'global.amazon.nova-2-lite-v1:0'
const GPT_OSS = 'openai.gpt-oss-120b-1:0'
const GPT_5 = 'us.openai.gpt-5.6'
const LLAMA = 'meta.llama3-3-70b-instruct-v1:0'

interface Case {
  model: string
  reasoning: Reasoning
  limit?: number | 'none'
  fields?: unknown
  effort?: string
  refused?: boolean
}

const budget = (tokens: number): unknown => ({ thinking: { type: 'enabled', budget_tokens: tokens } })
const ADAPTIVE = { thinking: { type: 'adaptive' } }
const OFF = { thinking: { type: 'disabled' } }

/** M6: what is sent for what was asked, by generation of model; a limit of 40,000 tokens unless another is given. */
const CASES: Case[] = [
  { model: SONNET_4_5, reasoning: { budgetTokens: 5000 }, fields: budget(5000) },
  { model: SONNET_4_5, reasoning: { effort: 'high' }, fields: budget(16_384) },
  { model: SONNET_4_5, reasoning: { effort: 'high' }, limit: 4000, fields: budget(3200) },
  { model: SONNET_4_5, reasoning: { budgetTokens: 3999 }, limit: 4000, fields: budget(3999) },
  { model: SONNET_4_5, reasoning: { effort: 'minimal' }, limit: 1024, refused: true },
  { model: SONNET_4_5, reasoning: { effort: 'max' }, limit: 'none', fields: budget(32_000) },
  { model: SONNET_4_5, reasoning: { effort: 'none' }, fields: OFF },
  { model: SONNET_4_5, reasoning: { show: true } },
  { model: HAIKU_3, reasoning: { effort: 'low' }, refused: true },
  { model: HAIKU_3, reasoning: { effort: 'none' } },
  { model: OPUS_4_6, reasoning: { effort: 'xhigh' }, fields: ADAPTIVE, effort: 'high' },
  { model: OPUS_4_6, reasoning: { effort: 'max' }, fields: ADAPTIVE, effort: 'max' },
  { model: OPUS_4_6, reasoning: { adaptive: true }, fields: ADAPTIVE },
  { model: OPUS_4_7, reasoning: { effort: 'xhigh' }, fields: ADAPTIVE, effort: 'xhigh' },
  { model: OPUS_4_7, reasoning: { budgetTokens: 5000 }, fields: ADAPTIVE, effort: 'medium' },
  { model: OPUS_4_7, reasoning: { adaptive: true, show: true }, fields: { thinking: { type: 'adaptive', display: 'summarized' } } },
  {
    model: OPUS_5,
    reasoning: { effort: 'minimal', show: false },
    fields: { thinking: { type: 'adaptive', display: 'omitted' } },
    effort: 'low',
  },
  { model: OPUS_5, reasoning: { effort: 'none' }, fields: OFF },
  { model: FABLE, reasoning: { effort: 'none' }, effort: 'low', refused: true },
  { model: NOVA_2, reasoning: { effort: 'low' }, fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } } },
  { model: NOVA_2, reasoning: { budgetTokens: 0 }, fields: { reasoningConfig: { type: 'disabled' } } },
  {
    model: NOVA_2,
    reasoning: { effort: 'high' },
    limit: 'none',
    fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
  },
  {
    model: NOVA_2,
    reasoning: { effort: 'high' },
    fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    refused: true,
  },
  { model: 'amazon.nova-pro-v1:0', reasoning: { effort: 'low' }, refused: true },
  { model: GPT_OSS, reasoning: { effort: 'minimal' }, fields: { reasoning_effort: 'low' } },
  { model: GPT_OSS, reasoning: { effort: 'none' }, refused: true },
  { model: GPT_5, reasoning: { effort: 'none' }, fields: { reasoning: { effort: 'none' } } },
  { model: GPT_5, reasoning: { effort: 'max' }, fields: { reasoning: { effort: 'high' } } },
  { model: LLAMA, reasoning: { effort: 'high' }, refused: true },
  { model: LLAMA, reasoning: { effort: 'none' } },
]

for (const { model, reasoning, limit = 40_000, fields, effort, refused = false } of CASES) {
  test(`M6: ${JSON.stringify(reasoning)} with the limit ${limit} for ${model}`, () => {
    const written = write({ reasoning }, model, limit)
    assert.deepEqual(written.body['additionalModelRequestFields'], fields)
    assert.deepEqual(written.body['outputConfig'], effort === undefined ? undefined : { effort })
    assert.deepEqual(lost(written), refused ? ['/reasoning'] : [])
    if (limit !== 'none') assert.deepEqual(written.body['inferenceConfig'], { maxTokens: limit })
  })
}

test('M4: what does not go with thinking is refused by name; the default of a setting says nothing', () => {
  const written = write({ reasoning: { budgetTokens: 2000 }, temperature: 0.3, topK: 5 }, SONNET_4_5)
  assert.deepEqual(lost(written), ['/topK', '/temperature'])
  assert.deepEqual(lost(write({ reasoning: { budgetTokens: 2000 }, temperature: 1 }, SONNET_4_5)), [])
})

test('M6: a tool that must be called goes before thinking', () => {
  const written = write(
    { reasoning: { effort: 'high' }, tools: [{ type: 'function', name: 'a', at: '/t' }], toolChoice: { kind: 'required' } },
    SONNET_4_5,
  )
  assert.deepEqual(lost(written), ['/reasoning'])
  assert.equal('additionalModelRequestFields' in written.body, false)
})

test('M6: results of tools whose calls came back without their signed thought are not thought about, as with Anthropic itself', () => {
  const call: Part = { type: 'tool_call', id: 'c', name: 'a', arguments: '{}', at: '/c' }
  const result: Part = { type: 'tool_result', callId: 'c', content: [{ type: 'text', text: 'y', at: '' }], at: '/r' }
  const signed: Part = { type: 'reasoning', text: 'hm', signature: 'S', origin: 'bedrock', at: '/th' }
  const asked: Partial<Conversation> = { reasoning: { budgetTokens: 2000 }, tools: [{ type: 'function', name: 'a', at: '/t' }] }
  const thinks = (turns: Turn[]): boolean => {
    const written = write({ ...asked, turns }, SONNET_4_5)
    assert.deepEqual(lost(written), [])
    return JSON.stringify(written.body).includes('"thinking":{"type":"enabled"')
  }
  assert.equal(thinks([user('x'), assistant(call), turn('tool', [result])]), false)
  assert.equal(thinks([user('x'), assistant(signed, call), turn('tool', [result])]), true)
  const later = [user('x'), assistant(call), turn('tool', [result]), assistant('done'), user('again')]
  assert.equal(thinks(later), true)
})

test('M8: effort and structured output share their place', () => {
  const output = { kind: 'schema' as const, schema: { type: 'object' } }
  const { body } = write({ output, reasoning: { effort: 'medium' } }, OPUS_4_6)
  assert.deepEqual(body['outputConfig'], {
    textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}' } } },
    effort: 'medium',
  })
})
