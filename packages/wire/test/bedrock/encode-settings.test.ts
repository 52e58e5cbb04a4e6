import assert from 'node:assert/strict'
import { test } from 'node:test'
import { familyOf } from '../../src/bedrock/family.ts'
import type { Conversation } from '../../src/index.ts'
import { CLAUDE, lost, NOVA, write } from './asking.ts'

const COMMAND = 'cohere.command-r-plus-v1:0'

test('M5: what was not said is not sent', () => {
  assert.equal(write({}, CLAUDE, 'none').text, '{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}')
})

test('whose a model is, is told by its id, its inference profile or its ARN', () => {
  const models: [model: string, family: string][] = [
    ['anthropic.claude-3-haiku-20240307-v1:0', 'anthropic'],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic'],
    ['global.anthropic.claude-opus-5', 'anthropic'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'anthropic'],
    ['arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0', 'nova'],
    ['arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3', 'other'],
    ['us.meta.llama4-maverick-17b-instruct-v1:0', 'meta'],
    ['openai.gpt-oss-120b-1:0', 'openai'],
    ['us.deepseek.r1-v1:0', 'deepseek'],
    ['qwen.qwen3-235b-a22b-2507-v1:0', 'other'],
  ]
  for (const [model, family] of models) assert.equal(familyOf(model).name, family, model)
})

test('M4: limits and sampling go into `inferenceConfig`, the rest where the model has a field for it', () => {
  const claude = write({ temperature: 0.2, topK: 40, stop: ['END'], stream: true }, CLAUDE, 300)
  assert.deepEqual(claude.body['inferenceConfig'], { maxTokens: 300, temperature: 0.2, stopSequences: ['END'] })
  assert.deepEqual(claude.body['additionalModelRequestFields'], { top_k: 40 })
  const nova = write({ topP: 0.9, topK: 40 }, NOVA, 300)
  assert.deepEqual(nova.body['inferenceConfig'], { maxTokens: 300, topP: 0.9 })
  assert.deepEqual(nova.body['additionalModelRequestFields'], { inferenceConfig: { topK: 40 } })
  const command = write({ topK: 40, seed: 7, frequencyPenalty: 0.1, presencePenalty: 0 }, COMMAND)
  assert.deepEqual(command.body['additionalModelRequestFields'], { frequency_penalty: 0.1, seed: 7, k: 40 })
  for (const written of [claude, nova, command]) assert.deepEqual(lost(written), [])
})

const REFUSED: [given: Partial<Conversation>, model: string, at: string[]][] = [
  [{ temperature: 1.5 }, CLAUDE, ['/temperature']],
  [{ temperature: 0.5, topP: 0.9 }, CLAUDE, ['/topP']],
  [{ temperature: 0.5, topP: 1 }, CLAUDE, []],
  [{ temperature: 0.5, topP: 0.9 }, 'anthropic.claude-3-haiku-20240307-v1:0', []],
  [{ temperature: 0.5, topP: 0.9, topK: 3 }, 'global.anthropic.claude-opus-5', ['/topK', '/temperature', '/topP']],
  [{ temperature: 1, topP: 1 }, 'global.anthropic.claude-opus-5', []],
  [{ temperature: 0.5, stop: ['x'] }, 'us.openai.gpt-5.6', ['/stop', '/temperature']],
  [{ temperature: 0.5 }, 'openai.gpt-oss-120b-1:0', []],
  [{ topK: 3 }, 'meta.llama3-3-70b-instruct-v1:0', ['/topK']],
  [{ choices: 1, presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1 }, CLAUDE, []],
  [
    { choices: 2, seed: 1, logitBias: {}, logprobs: {}, minP: 0.1, presencePenalty: 1, promptCacheKey: 'k', safetySettings: [] },
    CLAUDE,
    ['/choices', '/minP', '/presencePenalty', '/seed', '/logitBias', '/logprobs', '/promptCacheKey', '/safetySettings'],
  ],
]

for (const [given, model, at] of REFUSED) {
  test(`M4: ${JSON.stringify(given)} for ${model}: ${at.length === 0 ? 'all is taken, or says nothing' : `${at.join(', ')} refused`}`, () => {
    assert.deepEqual(lost(write(given, model)), at)
  })
}

test('what a vendor is set to refuse is refused, whatever the model takes', () => {
  const written = write({ temperature: 0.2, stop: ['x'] }, CLAUDE, 10, { refuses: ['temperature', 'seed'] })
  assert.deepEqual(lost(written), ['/temperature'])
  assert.deepEqual(written.body['inferenceConfig'], { maxTokens: 10, stopSequences: ['x'] })
})

test('R3: Claude is asked which stop sequence matched, at the place where it tells it', () => {
  const paths = (given: Partial<Conversation>, model = CLAUDE): unknown => write(given, model).body['additionalModelResponseFieldPaths']
  assert.deepEqual(paths({ stop: ['x'], stream: true }), ['/delta/stop_sequence'])
  assert.deepEqual(paths({ stop: ['x'] }), ['/stop_sequence'])
  assert.equal(paths({ stop: [] }), undefined)
  assert.equal(paths({ stop: ['x'] }, NOVA), undefined)
})

test('M8, T9: a schema is text in its own order of keys, also beside tools; JSON without one is refused by name', () => {
  const schema = { type: 'object', properties: { z: { type: 'string' }, a: { type: 'number' } }, additionalProperties: false }
  const written = write({
    output: { kind: 'schema', schema, name: 'item', description: 'An item', strict: true },
    tools: [{ type: 'function', name: 'look', at: '/tools/0' }],
    stream: true,
  })
  assert.deepEqual(written.body['outputConfig'], {
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'item', description: 'An item' } },
    },
  })
  assert.ok('toolConfig' in written.body)
  assert.deepEqual(lost(written), [])
  assert.deepEqual(lost(write({ output: { kind: 'json' } })), ['/output'])
  assert.deepEqual(lost(write({ output: { kind: 'schema', schema } }, NOVA)), ['/output'])
  assert.deepEqual(lost(write({ output: { kind: 'schema', schema } }, 'anthropic.claude-3-haiku-20240307-v1:0')), ['/output'])
  assert.deepEqual(lost(write({ output: { kind: 'text' } })), [])
})

test('metadata goes to the invocation log if its letters allow, and so does the user', () => {
  assert.deepEqual(write({ metadata: { team: 'a/b' }, user: 'u_1' }).body['requestMetadata'], { user: 'u_1', team: 'a/b' })
  const odd = write({ metadata: { team: '{"a":1}' }, user: '{}' })
  assert.equal('requestMetadata' in odd.body, false)
  assert.deepEqual(lost(odd), ['/metadata'])
})

const TIERS: [asked: string, sent: unknown, at: string[]][] = [
  ['auto', undefined, []],
  ['default', { type: 'default' }, []],
  ['standard_only', { type: 'default' }, []],
  ['flex', { type: 'flex' }, []],
  ['priority', { type: 'priority' }, []],
  ['scale', undefined, ['/serviceTier']],
]

for (const [asked, sent, at] of TIERS) {
  test(`U7: the service tier ${asked}`, () => {
    const written = write({ serviceTier: asked })
    assert.deepEqual(written.body['serviceTier'], sent)
    assert.deepEqual(lost(written), at)
  })
}
