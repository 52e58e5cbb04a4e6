import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Tool, ToolChoice } from '../../src/index.ts'
import { decode, placeless, read } from './support.ts'

const CONTENTS = [{ role: 'user', parts: [{ text: 'hi' }] }]

function faultOf(body: unknown): string {
  const decoded = read(body).decode()
  assert.ok(!decoded.ok, `not refused: ${JSON.stringify(body)}`)
  return decoded.pointer
}

const TOOLS: [what: string, tools: unknown[], decoded: unknown[]][] = [
  [
    'JSON Schema as it is',
    [{ functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: { type: 'object', $defs: {} } }] }],
    [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object', $defs: {} }, at: '' }],
  ],
  [
    'the subset of OpenAPI',
    [
      {
        function_declarations: [
          {
            name: 'f',
            parameters: {
              type: 'OBJECT',
              properties: { b: { type: 'STRING', nullable: true }, a: { type: 'ARRAY', items: { type: 'INTEGER' }, maxItems: '3' } },
              propertyOrdering: ['a', 'b'],
              required: ['a'],
            },
          },
        ],
      },
    ],
    [
      {
        type: 'function',
        name: 'f',
        parameters: {
          type: 'object',
          properties: { a: { type: 'array', items: { type: 'integer' }, maxItems: 3 }, b: { type: ['string', 'null'] } },
          required: ['a'],
        },
        at: '',
      },
    ],
  ],
  ['nothing to take', [{ functionDeclarations: [{ name: 'f' }] }], [{ type: 'function', name: 'f', at: '' }]],
  [
    'tools of Google',
    [{ google_search: {}, functionDeclarations: [{ name: 'f' }] }, { codeExecution: {} }],
    [
      { type: 'vendor', dialect: 'gemini', name: 'googleSearch', value: {}, at: '' },
      { type: 'function', name: 'f', at: '' },
      { type: 'vendor', dialect: 'gemini', name: 'codeExecution', value: {}, at: '' },
    ],
  ],
]

test('T8, T10: functions come with JSON Schema, in the order of their properties; everything else is a tool of the vendor', () => {
  for (const [what, tools, decoded] of TOOLS) {
    const found: Tool[] | undefined = decode({ contents: CONTENTS, tools }).tools
    assert.equal(JSON.stringify(placeless(found)), JSON.stringify(decoded), what)
  }
})

const CHOICES: [config: object, choice: ToolChoice | undefined][] = [
  [{ mode: 'AUTO' }, { kind: 'auto' }],
  [{ mode: 'none' }, { kind: 'none' }],
  [{ mode: 'ANY' }, { kind: 'required' }],
  [
    { mode: 'ANY', allowedFunctionNames: ['f'] },
    { kind: 'tool', name: 'f' },
  ],
  [
    { mode: 'ANY', allowed_function_names: ['f', 'g'] },
    { kind: 'allowed', names: ['f', 'g'], required: true },
  ],
  [
    { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    { kind: 'allowed', names: ['f'], required: false },
  ],
  [{ mode: 'VALIDATED' }, { kind: 'auto' }],
  [{}, undefined],
]

test('T5: modes of calling in neutral words; VALIDATED keeps arguments to their schemas', () => {
  const tools = [{ functionDeclarations: [{ name: 'f' }] }]
  for (const [functionCallingConfig, choice] of CHOICES) {
    const { toolChoice, tools: found } = decode({ contents: CONTENTS, tools, tool_config: { functionCallingConfig } })
    assert.deepEqual(toolChoice, choice)
    const strict = found?.[0]?.type === 'function' ? found[0].strict : undefined
    assert.equal(strict, 'mode' in functionCallingConfig && functionCallingConfig.mode === 'VALIDATED' ? true : undefined)
  }
})

const CONFIGS: [config: object, said: Partial<Conversation>][] = [
  [
    { temperature: 0, top_p: 0.5, topK: 4, seed: 1 },
    { temperature: 0, topP: 0.5, topK: 4, seed: 1 },
  ],
  [
    { candidateCount: 2, maxOutputTokens: 9, stopSequences: ['a'] },
    { choices: 2, maxOutputTokens: 9, stop: ['a'] },
  ],
  [
    { presencePenalty: 1, frequencyPenalty: -1 },
    { presencePenalty: 1, frequencyPenalty: -1 },
  ],
  [{ responseLogprobs: true, logprobs: 3 }, { logprobs: { top: 3 } }],
  [{ responseMimeType: 'text/plain' }, { output: { kind: 'text' } }],
  [{ responseMimeType: 'application/json' }, { output: { kind: 'json' } }],
  [
    { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } },
    { output: { kind: 'schema', schema: { type: 'object' } } },
  ],
  [
    { response_mime_type: 'application/json', _responseJsonSchema: { type: 'object', $ref: '#' } },
    { output: { kind: 'schema', schema: { type: 'object', $ref: '#' } } },
  ],
  [{ thinkingConfig: { thinkingBudget: 0 } }, { reasoning: { budgetTokens: 0 } }],
  [{ thinkingConfig: { thinkingBudget: -1, includeThoughts: true } }, { reasoning: { adaptive: true, show: true } }],
  [{ thinking_config: { thinking_level: 'HIGH' } }, { reasoning: { effort: 'high' } }],
  [{ responseModalities: ['TEXT'] }, {}],
]

test('M5, M6, M8: a configuration says what it says, and nothing more', () => {
  for (const [generationConfig, said] of CONFIGS) {
    const { stream: _stream, turns: _turns, ...rest } = decode({ contents: CONTENTS, generationConfig })
    assert.deepEqual(rest, { ...said, others: {} }, JSON.stringify(generationConfig))
  }
})

test('M9: members without a neutral form are kept by name, with their places', () => {
  const { others, metadata, safetySettings, serviceTier } = decode({
    model: 'models/m',
    contents: CONTENTS,
    cached_content: 'cachedContents/1',
    labels: { team: 'a' },
    safetySettings: [{ category: 'C' }],
    serviceTier: 'standard',
    store: true,
    generationConfig: { media_resolution: 'MEDIA_RESOLUTION_LOW', responseMimeType: 'text/x.enum' },
    toolConfig: { retrievalConfig: {} },
    tools: [{ functionDeclarations: [{ name: 'f', response: { type: 'OBJECT' } }] }],
  })
  const places = Object.entries(others).map(([name, { at }]) => [name, at])
  assert.deepEqual(
    Object.fromEntries(places),
    Object.fromEntries([
      ['cachedContent', '/cached_content'],
      ['generationConfig.mediaResolution', '/generationConfig/media_resolution'],
      ['generationConfig.responseMimeType', '/generationConfig/responseMimeType'],
      ['store', '/store'],
      ['toolConfig.retrievalConfig', '/toolConfig/retrievalConfig'],
      ['tools.0.functionDeclarations.0.response', '/tools/0/functionDeclarations/0/response'],
    ]),
  )
  assert.deepEqual([metadata, safetySettings, serviceTier], [{ team: 'a' }, [{ category: 'C' }], 'default'])
})

test('M8, M9: a schema without the type JSON beside it is no format, and is told by name', () => {
  for (const type of [{}, { responseMimeType: 'text/plain' }]) {
    const { others } = decode({ contents: CONTENTS, generationConfig: { ...type, response_schema: { type: 'OBJECT' } } })
    assert.deepEqual(
      Object.entries(others).map(([name, { at }]) => [name, at]),
      [['generationConfig.responseSchema', '/generationConfig/response_schema']],
    )
  }
})

test('what has the wrong type is refused with its place', () => {
  const wrong: [body: object, pointer: string][] = [
    [{ contents: [{ role: 'assistant', parts: [] }] }, '/contents/0/role'],
    [{ contents: [{ parts: [{}] }] }, '/contents/0/parts/0'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, '/contents/0/parts/0/text'],
    [{ contents: [{ parts: [{ inline_data: { data: 'AA' } }] }] }, '/contents/0/parts/0/inline_data/mimeType'],
    [{ contents: [{ parts: [{ fileData: {} }] }] }, '/contents/0/parts/0/fileData/fileUri'],
    [{ contents: [{ parts: [{ functionCall: { args: {} } }] }] }, '/contents/0/parts/0/functionCall/name'],
    [{ contents: [{ parts: [{ functionResponse: { name: 'f', response: 'text' } }] }] }, '/contents/0/parts/0/functionResponse/response'],
    [
      { contents: CONTENTS, tools: [{ functionDeclarations: [{ name: 'f', parameters: 'x' }] }] },
      '/tools/0/functionDeclarations/0/parameters',
    ],
    [{ contents: CONTENTS, toolConfig: { functionCallingConfig: { mode: 'SOMETIMES' } } }, '/toolConfig/functionCallingConfig/mode'],
    [{ contents: CONTENTS, generationConfig: { temperature: 'hot' } }, '/generationConfig/temperature'],
    [{ contents: CONTENTS, generationConfig: { stopSequences: 'x' } }, '/generationConfig/stopSequences'],
    [{ contents: CONTENTS, labels: { a: 1 } }, '/labels'],
  ]
  for (const [body, pointer] of wrong) assert.equal(faultOf(body), pointer, JSON.stringify(body))
})
