import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Quirks } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'

function encode(
  members: Partial<Conversation>,
  model = 'gpt-4.1',
  quirks: Quirks = {},
): { body: Record<string, unknown>; unsupported: [string, string][] } {
  const { body, unsupported } = openaiResponses.encodeRequest(
    { stream: false, turns: [], others: {}, ...members },
    { model, outputLimit: undefined, quirks },
  )
  return { body: JSON.parse(body.toString()) as Record<string, unknown>, unsupported: unsupported.map(({ at, what }) => [at, what]) }
}

test('T5, T8: functions are not strict unless they say so; every tool choice has its form', () => {
  const tools: Conversation['tools'] = [
    { type: 'function', name: 'f', at: '' },
    { type: 'function', name: 'g', description: 'd', parameters: { type: 'object', properties: { z: {}, a: {} } }, strict: true, at: '' },
    { type: 'vendor', dialect: 'openai-responses', name: 'custom', value: { type: 'custom', name: 'c' }, at: '' },
  ]
  const { body } = encode({ tools, toolChoice: { kind: 'required' }, parallelToolCalls: false })
  assert.equal(
    JSON.stringify((body['tools'] as unknown[]).slice(0, 2)),
    '[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false},' +
      '{"type":"function","name":"g","description":"d","parameters":{"type":"object","properties":{"z":{},"a":{}}},"strict":true}]',
  )
  assert.deepEqual([body['tool_choice'], body['parallel_tool_calls']], ['required', false])
  const choose = (toolChoice: Conversation['toolChoice']): unknown =>
    encode({ tools, ...(toolChoice && { toolChoice }) }).body['tool_choice']
  assert.deepEqual(choose({ kind: 'tool', name: 'f' }), { type: 'function', name: 'f' })
  assert.deepEqual(choose({ kind: 'tool', name: 'c' }), { type: 'custom', name: 'c' })
  assert.deepEqual(choose({ kind: 'allowed', names: ['f', 'c'], required: false }), {
    type: 'allowed_tools',
    mode: 'auto',
    tools: [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'c' },
    ],
  })
  assert.deepEqual(encode({ toolChoice: { kind: 'auto' }, parallelToolCalls: true }).body, { model: 'gpt-4.1', input: [], store: false })
})

test('M4: how much to say is for models that can be told; of others it is named', () => {
  const asked = { verbosity: 'low' as const, output: { kind: 'json' as const } }
  assert.deepEqual(encode(asked, 'gpt-5.1').body['text'], { format: { type: 'json_object' }, verbosity: 'low' })
  const { body, unsupported } = encode(asked, 'gpt-4.1')
  assert.deepEqual([body['text'], unsupported.map(([at]) => at)], [{ format: { type: 'json_object' } }, ['/verbosity']])
})

test('M4, M5: settings under their names, nothing that was not said, the rest refused by canonical name', () => {
  const { body, unsupported } = encode({
    stream: true,
    temperature: 0.2,
    topP: 0.9,
    logprobs: { top: 2 },
    user: 'u',
    metadata: { a: 'b' },
    serviceTier: 'standard_only',
    promptCacheKey: 'k',
    topK: 5,
    seed: 1,
    stop: ['x'],
    choices: 2,
    logitBias: { a: 1 },
    presencePenalty: 1,
  })
  const { input: _input, model: _model, ...settings } = body
  assert.deepEqual(settings, {
    temperature: 0.2,
    top_p: 0.9,
    top_logprobs: 2,
    include: ['message.output_text.logprobs'],
    user: 'u',
    metadata: { a: 'b' },
    service_tier: 'default',
    prompt_cache_key: 'k',
    stream: true,
    store: false,
  })
  assert.deepEqual(
    unsupported.map(([at]) => at),
    ['/topK', '/presencePenalty', '/seed', '/logitBias', '/stop', '/choices'],
  )
  const refusing = encode({ user: 'u', metadata: {}, temperature: 0.2, serviceTier: 'batch' }, 'm', { refuses: ['user', 'temperature'] })
  assert.deepEqual(
    refusing.unsupported.map(([at]) => at),
    ['/temperature', '/serviceTier', '/user'],
  )
  assert.deepEqual(refusing.body, { model: 'm', input: [], metadata: {}, store: false })
})

test('M4: models that reason take no temperature; the default of one is left out without a word', () => {
  const rows: [model: string, members: Partial<Conversation>, refused: string[]][] = [
    ['gpt-5-mini', { temperature: 0, topP: 0.5, logprobs: {} }, ['/temperature', '/topP', '/logprobs']],
    ['openai/o3', { temperature: 1, topP: 1 }, []],
    ['gpt-5.2', { temperature: 0 }, []],
    ['gpt-5.2', { temperature: 0, reasoning: { effort: 'low' } }, ['/temperature']],
    ['gpt-5.2', { temperature: 0, reasoning: { effort: 'none' } }, []],
    ['gpt-5-chat-latest', { temperature: 0 }, []],
    ['gpt-5.1-codex', { temperature: 0 }, ['/temperature']],
    ['gpt-4o', { temperature: 0, topP: 0.5, logprobs: {} }, []],
  ]
  for (const [model, members, refused] of rows)
    assert.deepEqual(
      encode(members, model).unsupported.map(([at]) => at),
      refused,
      model,
    )
  assert.equal('temperature' in encode({ temperature: 1 }, 'o3').body, false)
})

test('M6: efforts as they are; budgets stand for efforts; what is to be shown is a summary', () => {
  const rows: [model: string, Conversation['reasoning'], unknown][] = [
    ['gpt-5', { effort: 'xhigh' }, { effort: 'xhigh' }],
    ['gpt-5', { budgetTokens: 1024 }, { effort: 'low' }],
    ['gpt-5', { budgetTokens: 8000, show: true }, { effort: 'medium', summary: 'auto' }],
    ['gpt-5', { budgetTokens: 30_000, summary: 'detailed' }, { effort: 'high', summary: 'detailed' }],
    ['gpt-5', { budgetTokens: 0 }, { effort: 'minimal' }],
    ['gpt-5.2', { budgetTokens: 0 }, { effort: 'none' }],
    ['o3', { budgetTokens: 0 }, { effort: 'low' }],
    ['gpt-4o', { budgetTokens: 0 }, undefined],
    ['gpt-5', { adaptive: true }, undefined],
    ['gpt-5.1-codex', { adaptive: true }, undefined],
    ['gpt-5.1-codex', { budgetTokens: 0 }, { effort: 'low' }],
    ['gpt-5.2-pro', { budgetTokens: 0 }, { effort: 'high' }],
    ['gpt-5.1', { adaptive: true }, { effort: 'medium' }],
  ]
  for (const [model, reasoning, expected] of rows)
    assert.deepEqual(
      encode({ ...(reasoning && { reasoning }) }, model).body['reasoning'],
      expected,
      `${model} ${JSON.stringify(reasoning)}`,
    )
  assert.deepEqual(encode({ reasoning: { effort: 'low' } }, 'o3').body['include'], ['reasoning.encrypted_content'])
  assert.equal('include' in encode({ reasoning: { effort: 'none' } }, 'gpt-5.2').body, false)
})

test('M8: structured output, with a name where none was given', () => {
  const schema = { type: 'object', properties: { z: {}, a: {} } }
  assert.equal(
    JSON.stringify(encode({ output: { kind: 'schema', schema, strict: true } }).body['text']),
    `{"format":{"type":"json_schema","name":"response","schema":${JSON.stringify(schema)},"strict":true}}`,
  )
  assert.deepEqual(encode({ output: { kind: 'json' } }).body['text'], { format: { type: 'json_object' } })
})
