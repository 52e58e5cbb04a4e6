import { bodies, type Case } from './case.ts'
import type { JsonObject } from '../types.ts'

const user = (...parts: object[]): JsonObject => ({ role: 'user', parts })
const model = (...parts: object[]): JsonObject => ({ role: 'model', parts })
const text = { text: 'Hello' }
const call = (name: string, more: object = {}): JsonObject => ({ functionCall: { name, args: {} }, ...more })
const response = (name: string, value: unknown = { ok: true }): JsonObject => ({ functionResponse: { name, response: value } })
const declare = (parameters?: object, more: object = {}): JsonObject => ({
  tools: [{ functionDeclarations: [{ name: 'f', description: 'does it', ...(parameters === undefined ? {} : { parameters }), ...more }] }],
})
const config = (generationConfig: object): JsonObject => ({ generationConfig })
const calling = (functionCallingConfig: object): JsonObject => ({ toolConfig: { functionCallingConfig } })
const object = (properties: object, more: object = {}): JsonObject => ({ type: 'OBJECT', properties, ...more })
const a = { a: { type: 'STRING' } }
const DUMMY = { thoughtSignature: 'skip_thought_signature_validator' }
const say = (...contents: object[]): { contents: object[] } => ({ contents })

const form = bodies('gemini', [
  ['gemini.unknown-member', { messages: [] }, { systemInstruction: { parts: [text] } }],
  ['gemini.schema-keyword', declare(object(a, { additionalProperties: false })), declare(object(a))],
  ['gemini.unknown-nested', config({ frequency: 1 }), config({ frequency_penalty: 1 })],
  [
    'gemini.response-object',
    say(user(text), model(call('f')), user(response('f', 'done'))),
    say(user(text), model(call('f')), user(response('f'))),
  ],
  [
    'gemini.args-object',
    say(user(text), model({ functionCall: { name: 'f', args: '{}' } }), user(response('f'))),
    say(user(text), model(call('f')), user(response('f'))),
  ],
  ['gemini.type', config({ maxOutputTokens: '100' }), config({ maxOutputTokens: 100 })],
  ['gemini.enum', calling({ mode: 'FORCED' }), { ...declare(), ...calling({ mode: 'ANY' }) }],
  ['gemini.required', { contents: undefined }, {}],
  ['gemini.stop-count', config({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] }), config({ stopSequences: ['a', 'b', 'c', 'd', 'e'] })],
  ['gemini.temperature-range', config({ temperature: 2.1 }), config({ temperature: 2 })],
  ['gemini.range', config({ topP: 1.5 }), config({ topP: 1 })],
  ['gemini.function-name', declare(undefined, { name: '1st' }), declare(undefined, { name: 'my.tool:a-b_c' })],
  ['gemini.length', say(user(text), model({ functionCall: { name: '', args: {} } }), user(response('f'))), say(user(text))],
  [
    'gemini.two-schemas',
    declare(object(a), { parametersJsonSchema: {} }),
    declare(undefined, { parametersJsonSchema: { type: 'object', additionalProperties: false } }),
  ],
  ['gemini.config-without-functions', calling({ mode: 'AUTO' }), { ...declare(), ...calling({ mode: 'AUTO' }) }],
  [
    'gemini.allowed-mode',
    { ...declare(), ...calling({ mode: 'AUTO', allowedFunctionNames: ['f'] }) },
    { ...declare(), ...calling({ mode: 'ANY', allowedFunctionNames: ['f'] }) },
  ],
  [
    'gemini.allowed-known',
    { ...declare(), ...calling({ mode: 'ANY', allowedFunctionNames: ['g'] }) },
    { ...declare(), ...calling({ mode: 'ANY', allowed_function_names: ['f'] }) },
  ],
  [
    'gemini.schema-format',
    declare(object({ a: { type: 'STRING', format: 'uri' } })),
    declare(object({ a: { type: 'STRING', format: 'date-time' } })),
  ],
  ['gemini.schema-enum', declare(object({ a: { type: 'INTEGER', enum: ['1'] } })), declare(object({ a: { type: 'STRING', enum: ['1'] } }))],
  ['gemini.schema-items', declare(object({ a: { type: 'ARRAY' } })), declare(object({ a: { type: 'ARRAY', items: { type: 'STRING' } } }))],
  ['gemini.schema-required', declare(object(a, { required: ['b'] })), declare(object(a, { required: ['a'] }))],
  ['gemini.schema-empty', declare(object({})), declare()],
  [
    'gemini.schema-mime',
    config({ responseSchema: object(a) }),
    config({ responseSchema: object(a), responseMimeType: 'application/json' }),
  ],
  [
    'gemini.thinking-one',
    config({ thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 100 } }),
    config({ thinkingConfig: { thinkingBudget: 100 } }),
  ],
  ['gemini.thinking-level', config({ thinkingConfig: { thinkingLevel: 'LOW' } }), config({ thinkingConfig: { thinkingBudget: 0 } })],
  [
    'gemini.thinking-always',
    config({ thinkingConfig: { thinkingBudget: 0 } }),
    config({ thinkingConfig: { thinkingBudget: 128 } }),
    'gemini-2.5-pro',
  ],
  [
    'gemini.base64',
    say(user({ inlineData: { mimeType: 'image/png', data: 'https://x/y.png' } })),
    say(user({ inlineData: { mimeType: 'image/png', data: 'AA==' } })),
  ],
])

const turns = bodies('gemini', [
  ['gemini.contents-empty', say(), say(user(text))],
  ['gemini.role', say({ role: 'assistant', parts: [text] }), say({ parts: [text] })],
  ['gemini.parts-empty', say(user()), say(user(text))],
  [
    'gemini.part-one',
    say(user({ text: 'Hello', fileData: { fileUri: 'gs://a/b' } })),
    say(user(text, { fileData: { fileUri: 'gs://a/b' } })),
  ],
  ['gemini.first-user', say(model(text), user(text)), say(user(text), model(text), user(text))],
  ['gemini.alternate', say(user(text), user(text)), say(user(text, text))],
  ['gemini.call-order', say(model(call('f')), user(response('f'))), say(user(text), model(call('f')), user(response('f')))],
  ['gemini.response-order', say(user(text), model(text), user(response('f'))), say(user(text), model(call('f')), user(response('f')))],
  [
    'gemini.response-count',
    say(user(text), model(call('f'), call('g')), user(response('f'))),
    say(user(text), model(call('f'), call('g')), user(response('f'), response('g'))),
  ],
  ['gemini.call-unanswered', say(user(text), model(call('f'))), say(user(text), model(call('f')), user(response('f')))],
  ['gemini.response-name', say(user(text), model(call('f')), user(response('g'))), say(user(text), model(call('f')), user(response('f')))],
  [
    'gemini.signature-required',
    say(user(text), model(call('f')), user(response('f'))),
    say(user(text), model(call('f', DUMMY), call('g')), user(response('f'), response('g'))),
    'gemini-3-pro-preview',
  ],
  [
    'gemini.signature-valid',
    say(user(text), model(call('f', { thoughtSignature: 'forged' })), user(response('f'))),
    say(user(text), model(call('f', DUMMY)), user(response('f'))),
  ],
])

export const GEMINI_CASES: Case[] = [
  { rule: 'gemini.json', base: 'gemini', breaks: { raw: 'Hello' }, keeps: {} },
  ...form,
  ...turns,
  ...bodies('gemini-batch', [['gemini.batch-model', { requests: [{ model: 'embedding', content: { parts: [text] } }] }, {}]]),
]
