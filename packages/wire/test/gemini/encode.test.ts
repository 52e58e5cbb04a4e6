import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Part, Reasoning, ToolChoice, Turn } from '../../src/index.ts'
import type { JsonObject } from '../../src/json/object.ts'
import { encodeRequest } from '../../src/gemini/encode.ts'
import { conversation, encode } from './support.ts'

function turn(role: Turn['role'], ...parts: Part[]): Turn {
  return { role, parts, at: '' }
}

function text(said: string): Part {
  return { type: 'text', text: said, at: '' }
}

function call(id: string, members: Partial<Extract<Part, { type: 'tool_call' }>> = {}): Part {
  return { type: 'tool_call', id, name: 'f', arguments: '{}', at: '/call', ...members }
}

function result(callId: string, members: Partial<Extract<Part, { type: 'tool_result' }>> = {}): Part {
  return { type: 'tool_result', callId, content: [{ type: 'text', text: 'ok', at: '' }], at: '/result', ...members }
}

function contentsOf(turns: Turn[], model?: string): JsonObject[] {
  return encode(conversation({ turns }), model).body['contents'] as JsonObject[]
}

test('M1, M2: the system’s words stand apart, wherever they were; turns of one side are one, empty text is left out', () => {
  const { body } = encode(
    conversation({
      turns: [
        turn('system', text('s')),
        turn('user', text('a')),
        turn('developer', text('d')),
        turn('user', text('b')),
        turn('assistant', text(''), text('c')),
      ],
    }),
  )
  assert.deepEqual(body, {
    systemInstruction: { parts: [{ text: 's' }, { text: 'd' }] },
    contents: [
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }] },
    ],
  })
})

test('T3, T6: all results of a turn stand in one content, first, under the names of their calls', () => {
  const contents = contentsOf([
    turn('assistant', call('1', { arguments: '{"b":1,"a":2}' }), call('2', { name: 'g' })),
    turn('tool', result('1')),
    turn('user', text('and?'), result('2', { isError: true })),
  ])
  assert.deepEqual(contents, [
    {
      role: 'model',
      parts: [{ functionCall: { id: '1', name: 'f', args: { b: 1, a: 2 } } }, { functionCall: { id: '2', name: 'g', args: {} } }],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: '1', name: 'f', response: { result: 'ok' } } },
        { functionResponse: { id: '2', name: 'g', response: { error: 'ok' } } },
        { text: 'and?' },
      ],
    },
  ])
})

const RESPONSES: [said: string, response: object][] = [
  ['plain', { result: 'plain' }],
  ['', { result: '' }],
  ['{"a":1}', { a: 1 }],
  ['[1,{"a":2}]', { result: [1, { a: 2 }] }],
  ['42', { result: '42' }],
  ['[half', { result: '[half' }],
  ['{"id":12345678901234567890}', { result: '{"id":12345678901234567890}' }],
]

test('T3: a response is an object: of JSON that is one, else wrapped; digits are never lost', () => {
  for (const [said, response] of RESPONSES) {
    const contents = contentsOf([
      turn('assistant', call('1')),
      turn('tool', result('1', { content: [{ type: 'text', text: said, at: '' }] })),
    ])
    assert.deepEqual(contents[1], { role: 'user', parts: [{ functionResponse: { id: '1', name: 'f', response } }] }, said)
  }
})

test('I2: an image in a result goes with it from generation 3 on, and after it before', () => {
  const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, at: '' }
  const turns = [turn('assistant', call('1')), turn('tool', result('1', { content: [image] }))]
  const partsFor = (model: string) => contentsOf(turns, model)[1]?.['parts']
  const inline = { inlineData: { mimeType: 'image/png', data: 'AA' } }
  assert.deepEqual(partsFor('gemini-3-pro-preview'), [
    { functionResponse: { id: '1', name: 'f', response: { result: '' }, parts: [inline] } },
  ])
  assert.deepEqual(partsFor('gemini-2.5-pro'), [{ functionResponse: { id: '1', name: 'f', response: { result: '' } } }, inline])
})

const SKIP = 'skip_thought_signature_validator'
const STEPS: [what: string, model: string, calls: Part[][], signatures: (string | undefined)[][]][] = [
  ['parallel calls, signed', 'gemini-3-pro-preview', [[call('1', { signature: 'A' }), call('2')]], [['A', undefined]]],
  ['sequential calls, signed', 'gemini-3-pro-preview', [[call('1', { signature: 'A' })], [call('2', { signature: 'B' })]], [['A'], ['B']]],
  ['sequential calls of another vendor', 'gemini-3-pro-preview', [[call('1'), call('2')], [call('3')]], [[SKIP, undefined], [SKIP]]],
  ['a name without a number', 'gemini-flash-latest', [[call('1')]], [[SKIP]]],
  ['a model that does not check', 'gemini-2.5-flash', [[call('1'), call('2', { signature: 'B' })]], [[undefined, 'B']]],
]

test('T4: signatures go back with their calls; where one is missing, the first call of a step says that it is', () => {
  for (const [what, model, steps, signatures] of STEPS) {
    const turns = steps.flatMap((calls) => [
      turn('assistant', ...calls),
      turn('tool', ...calls.map((one) => result(one.type === 'tool_call' ? one.id : ''))),
    ])
    const sent = contentsOf(turns, model).filter(({ role }) => role === 'model')
    const found = sent.map(({ parts }) => (parts as JsonObject[]).map((part) => part['thoughtSignature']))
    assert.deepEqual(found, signatures, what)
  }
})

test('M6: reasoning goes back to the vendor that signed it and to no other, which is no loss to report', () => {
  const own: Part = { type: 'reasoning', text: 't', signature: 'S', origin: 'gemini', at: '' }
  const others: Part = { type: 'reasoning', text: 'u', signature: 'T', origin: 'anthropic', at: '' }
  const { body, unsupported } = encode(conversation({ turns: [turn('user', text('a')), turn('assistant', own, others, text('b'))] }))
  assert.deepEqual((body['contents'] as JsonObject[])[1], {
    role: 'model',
    parts: [{ text: 't', thought: true, thoughtSignature: 'S' }, { text: 'b' }],
  })
  assert.deepEqual(unsupported, [])
})

const MEDIA: [what: string, source: Extract<Part, { type: 'image' }>['source'], part: object | undefined][] = [
  ['bytes', { kind: 'base64', mediaType: 'image/png', data: 'AA' }, { inlineData: { mimeType: 'image/png', data: 'AA' } }],
  [
    'bytes of another type than told',
    { kind: 'base64', mediaType: 'image/png', data: '/9j/AA' },
    { inlineData: { mimeType: 'image/jpeg', data: '/9j/AA' } },
  ],
  [
    'https',
    { kind: 'url', url: 'https://x.example/a.png?s=1' },
    { fileData: { mimeType: 'image/png', fileUri: 'https://x.example/a.png?s=1' } },
  ],
  ['https without a type', { kind: 'url', url: 'https://x.example/a' }, { fileData: { fileUri: 'https://x.example/a' } }],
  ['cloud storage', { kind: 'file', id: 'gs://b/a', mediaType: 'image/png' }, { fileData: { mimeType: 'image/png', fileUri: 'gs://b/a' } }],
  [
    'an uploaded file',
    { kind: 'file', id: 'files/abc' },
    { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
  ],
  ['http', { kind: 'url', url: 'http://x.example/a.png' }, undefined],
  ['an id of another vendor', { kind: 'file', id: 'file-abc' }, undefined],
]

test('I1: media go inline or as an address that Google fetches; what it cannot is named', () => {
  for (const [what, source, part] of MEDIA) {
    const { body, unsupported } = encode(conversation({ turns: [turn('user', text('a'), { type: 'image', source, at: '/image' })] }))
    assert.deepEqual((body['contents'] as { parts: unknown[] }[])[0]?.parts.slice(1), part === undefined ? [] : [part], what)
    assert.deepEqual(
      unsupported.map(({ at }) => at),
      part === undefined ? ['/image'] : [],
      what,
    )
  }
})

test('I2: a document by its address is a PDF, unless it ends in something else', () => {
  const documents: [url: string, mimeType: string][] = [
    ['https://x.example/signed?key=1', 'application/pdf'],
    ['https://x.example/a.txt', 'text/plain'],
  ]
  for (const [url, mimeType] of documents) {
    const { body } = encode(conversation({ turns: [turn('user', { type: 'document', source: { kind: 'url', url }, at: '' })] }))
    assert.deepEqual(body['contents'], [{ role: 'user', parts: [{ fileData: { mimeType, fileUri: url } }] }])
  }
})

const CHOICES: [choice: ToolChoice | undefined, strict: boolean, config: object | undefined][] = [
  [undefined, false, undefined],
  [undefined, true, { mode: 'VALIDATED' }],
  [{ kind: 'auto' }, false, { mode: 'AUTO' }],
  [{ kind: 'auto' }, true, { mode: 'VALIDATED' }],
  [{ kind: 'none' }, false, { mode: 'NONE' }],
  [{ kind: 'required' }, true, { mode: 'ANY' }],
  [{ kind: 'tool', name: 'f' }, false, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  [{ kind: 'allowed', names: ['f'], required: true }, false, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  [{ kind: 'allowed', names: ['f'], required: false }, false, { mode: 'VALIDATED', allowedFunctionNames: ['f'] }],
]

test('T5: how tools are to be used, in Gemini’s words', () => {
  for (const [toolChoice, strict, config] of CHOICES) {
    const { body } = encode(
      conversation({ tools: [{ type: 'function', name: 'f', strict, at: '' }], ...(toolChoice === undefined ? {} : { toolChoice }) }),
    )
    assert.deepEqual(body['toolConfig'], config && { functionCallingConfig: config }, JSON.stringify(toolChoice))
  }
})

test('T8, T9: JSON Schema is sent as it is, with its order, and the same conversation gives the same bytes', () => {
  const parameters = {
    type: 'object',
    $defs: { z: { const: 1 } },
    properties: { b: { $ref: '#/$defs/z' }, a: {} },
    additionalProperties: false,
  }
  const said = conversation({
    tools: [{ type: 'function', name: 'f', parameters, at: '' }],
    output: { kind: 'schema', schema: parameters },
  })
  const target = { model: 'gemini-2.5-flash', outputLimit: 9, quirks: {} }
  const { body } = encodeRequest(said, target)
  assert.ok(body.includes(`"parametersJsonSchema":${JSON.stringify(parameters)}`))
  assert.ok(
    body.includes(
      `"generationConfig":{"maxOutputTokens":9,"responseMimeType":"application/json","responseJsonSchema":${JSON.stringify(parameters)}}`,
    ),
  )
  assert.deepEqual(encodeRequest(structuredClone(said), target).body, body)
})

const THINKING: [reasoning: Reasoning, model: string, limit: number | undefined, config: object | undefined][] = [
  [{ effort: 'low' }, 'gemini-2.5-flash', undefined, { thinkingBudget: 1024 }],
  [{ effort: 'medium' }, 'gemini-2.5-flash', 4096, { thinkingBudget: 4095 }],
  [{ effort: 'max' }, 'gemini-2.5-pro', undefined, { thinkingBudget: 24_576 }],
  [{ effort: 'none' }, 'gemini-2.5-flash', undefined, { thinkingBudget: 0 }],
  [{ effort: 'none' }, 'gemini-2.5-pro', undefined, { thinkingBudget: 128 }],
  [{ budgetTokens: 100 }, 'gemini-2.5-flash-lite', undefined, { thinkingBudget: 512 }],
  [{ budgetTokens: 60_000, show: true }, 'gemini-2.5-flash', undefined, { thinkingBudget: 24_576, includeThoughts: true }],
  [{ adaptive: true }, 'gemini-2.5-flash', undefined, { thinkingBudget: -1 }],
  [{ summary: 'auto' }, 'gemini-2.5-flash', undefined, { includeThoughts: true }],
  [{ effort: 'medium' }, 'gemini-3-flash-preview', undefined, { thinkingLevel: 'MEDIUM' }],
  [{ effort: 'medium' }, 'gemini-3-pro-preview', undefined, { thinkingLevel: 'HIGH' }],
  [{ effort: 'medium' }, 'gemini-3.1-pro-preview', undefined, { thinkingLevel: 'MEDIUM' }],
  [{ effort: 'none' }, 'gemini-3.1-pro-preview', undefined, { thinkingLevel: 'LOW' }],
  [{ effort: 'xhigh', budgetTokens: 5 }, 'gemini-flash-latest', undefined, { thinkingLevel: 'HIGH' }],
  [{ budgetTokens: 0 }, 'gemini-3-flash-preview', undefined, { thinkingLevel: 'MINIMAL' }],
  [{ budgetTokens: 2048 }, 'gemini-3-flash-preview', undefined, { thinkingBudget: 2048 }],
  [{ effort: 'none' }, 'gemini-2.0-flash', undefined, undefined],
]

test('M6: how much to think, as a level or a budget, as the model takes it', () => {
  for (const [reasoning, model, outputLimit, config] of THINKING) {
    const { body, unsupported } = encode(conversation({ reasoning }), model, { outputLimit })
    const sent = body['generationConfig'] as JsonObject | undefined
    assert.deepEqual(sent?.['thinkingConfig'], config, `${JSON.stringify(reasoning)} for ${model}`)
    assert.deepEqual(unsupported, [])
  }
  assert.equal(encode(conversation({ reasoning: { effort: 'high' } }), 'gemini-2.0-flash').unsupported[0]?.at, '/reasoning')
})

const LEFT_OUT: [what: string, members: Partial<Conversation>, at: string][] = [
  ['a bias', { logitBias: { a: 1 } }, '/logitBias'],
  ['min_p', { minP: 0.1 }, '/minP'],
  ['a repetition penalty', { repetitionPenalty: 1 }, '/repetitionPenalty'],
  ['one call at a time', { tools: [{ type: 'function', name: 'f', at: '/tools/0' }], parallelToolCalls: false }, '/parallelToolCalls'],
  ['six stop sequences', { stop: ['1', '2', '3', '4', '5', '6'] }, '/stop'],
  ['a long seed', { seed: 2 ** 40 }, '/seed'],
  ['a tier', { serviceTier: 'scale' }, '/serviceTier'],
  ['metadata that is no label', { metadata: { Team: 'A b' } }, '/metadata'],
  [
    'a tool of another vendor',
    { tools: [{ type: 'vendor', dialect: 'anthropic', name: 'web_search_20250305', value: {}, at: '/tools/0' }] },
    '/tools/0',
  ],
  ['a part of another vendor', { turns: [turn('user', { type: 'vendor', dialect: 'cohere', value: {}, at: '/p' })] }, '/p'],
  ['a result without a call', { turns: [turn('tool', result('x'))] }, '/result'],
  ['arguments that are no object', { turns: [turn('assistant', call('1', { arguments: '[1]' }))] }, '/call'],
  [
    'an image of the system',
    { turns: [turn('system', { type: 'image', source: { kind: 'url', url: 'https://x.example/a' }, at: '/s' })] },
    '/s',
  ],
]

test('M4, T10: what cannot be carried is named once, and left out', () => {
  for (const [what, members, at] of LEFT_OUT) {
    const { body, unsupported } = encode(conversation(members))
    assert.deepEqual(
      unsupported.map((one) => one.at),
      [at],
      what,
    )
    assert.doesNotMatch(JSON.stringify(body), /null|""|logitBias|web_search/, what)
  }
  const quirky = encode(conversation({ seed: 1, temperature: 1, logprobs: {} }), 'gemini-2.5-flash', {
    quirks: { refuses: ['seed', 'logprobs'] },
  })
  assert.deepEqual([quirky.body['generationConfig'], quirky.unsupported.map(({ at }) => at)], [{ temperature: 1 }, ['/seed', '/logprobs']])
})

test('what Gemini does by itself, or others are told instead, is no loss: hints for caches, the user, parallel calls', () => {
  const { body, unsupported } = encode(
    conversation({
      user: 'u',
      promptCacheKey: 'k',
      cacheControl: {},
      parallelToolCalls: true,
      serviceTier: 'auto',
      metadata: { team: 'a-1' },
    }),
  )
  assert.deepEqual([body, unsupported], [{ contents: [{ role: 'user', parts: [{ text: 'hi' }] }], labels: { team: 'a-1' } }, []])
})
