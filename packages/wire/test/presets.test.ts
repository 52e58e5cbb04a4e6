import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { takesPreamble, withPresets, type DialectName, type Presets } from '@faregate/wire'

const TEXT = { role: 'user', content: 'x' }
const FIRST = { role: 'system', content: 'P' }

function preset(dialect: DialectName, body: unknown, presets: Presets): unknown {
  return JSON.parse(withPresets(dialect, Buffer.from(JSON.stringify(body)), presets).toString('utf8'))
}

describe('a preamble stands before what the model is told, in the place that each dialect has for it', () => {
  for (const [dialect, body, told] of [
    ['openai-chat', { messages: [TEXT] }, { messages: [FIRST, TEXT] }],
    ['openai-chat', { messages: [] }, { messages: [FIRST] }],
    ['cohere', { messages: [TEXT] }, { messages: [FIRST, TEXT] }],
    ['ollama', { messages: [TEXT] }, { messages: [FIRST, TEXT] }],
    ['ollama-generate', { prompt: 'x' }, { prompt: 'x', system: 'P' }],
    ['openai-responses', { input: 'x', instructions: 'own' }, { input: 'x', instructions: 'P\n\nown' }],
    ['openai-responses', { input: 'x', instructions: null }, { input: 'x', instructions: 'P' }],
    ['anthropic', { messages: [TEXT] }, { messages: [TEXT], system: 'P' }],
    [
      'anthropic',
      { system: [{ type: 'text', text: 'own' }] },
      {
        system: [
          { type: 'text', text: 'P' },
          { type: 'text', text: 'own' },
        ],
      },
    ],
    ['anthropic-count-tokens', { system: 'own' }, { system: 'P\n\nown' }],
    ['gemini', { contents: [] }, { contents: [], systemInstruction: { parts: [{ text: 'P' }] } }],
    ['gemini', { system_instruction: { parts: [{ text: 'own' }] } }, { system_instruction: { parts: [{ text: 'P' }, { text: 'own' }] } }],
    ['gemini', { systemInstruction: { parts: { text: 'own' } } }, { systemInstruction: { parts: [{ text: 'P' }, { text: 'own' }] } }],
  ] as const) {
    test(`${dialect}: ${JSON.stringify(body)}`, () => {
      assert.deepEqual(preset(dialect, body, { system: 'P' }), told)
      assert.ok(takesPreamble(dialect))
    })
  }

  test('a dialect without such a place says so, and its body stays', () => {
    assert.equal(takesPreamble('openai-completions'), false)
    assert.deepEqual(preset('openai-completions', { prompt: 'x' }, { system: 'P' }), { prompt: 'x' })
  })
})

describe('a setting stands where the caller says nothing of it', () => {
  const both = { temperature: 0.5, topP: 0.25 }
  for (const [dialect, body, told] of [
    ['openai-chat', { model: 'm' }, { model: 'm', temperature: 0.5, top_p: 0.25 }],
    ['openai-chat', { temperature: null, top_p: 1 }, { temperature: null, top_p: 1 }],
    ['cohere', {}, { temperature: 0.5, p: 0.25 }],
    ['gemini', { generationConfig: { topP: 1 } }, { generationConfig: { topP: 1, temperature: 0.5 } }],
    ['gemini', { generation_config: {} }, { generation_config: { temperature: 0.5, topP: 0.25 } }],
    ['ollama', {}, { options: { temperature: 0.5, top_p: 0.25 } }],
    ['ollama', { options: null }, { options: null }],
    ['openai-embeddings', { input: 'x' }, { input: 'x' }],
  ] as const)
    test(`${dialect}: ${JSON.stringify(body)}`, () => assert.deepEqual(preset(dialect, body, both), told))
})

test('what the caller sent stays byte for byte, and nothing is copied where nothing is preset', () => {
  const body = Buffer.from('{ "messages" : [ {"content":"\\u0041","role":"user"} ], "seed": 1.0 }')
  assert.equal(withPresets('openai-chat', body, {}), body)
  const told = withPresets('openai-chat', body, { system: 'P', temperature: 1 }).toString('utf8')
  assert.equal(
    told,
    '{ "messages" : [{"role":"system","content":"P"}, {"content":"\\u0041","role":"user"} ], "seed": 1.0,"temperature":1 }',
  )
  const broken = Buffer.from('no JSON')
  assert.equal(withPresets('openai-chat', broken, { system: 'P' }), broken)
})
