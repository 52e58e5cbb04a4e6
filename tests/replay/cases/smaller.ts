import { bodies, type Case } from './case.ts'
import type { JsonObject } from '../types.ts'

const USER = { role: 'user', content: 'Hello' }
const call = (id: string, name = 'f'): JsonObject => ({ id, type: 'function', function: { name, arguments: '{}' } })
const asks = (...ids: string[]): JsonObject => ({ role: 'assistant', content: '', tool_calls: ids.map((id) => call(id)) })
const answers = (id: string): JsonObject => ({ role: 'tool', tool_call_id: id, content: 'done' })
const tool = (name: string, more: object = { parameters: {} }): JsonObject => ({ type: 'function', function: { name, ...more } })
const A = 'aaaaaaaa1'
const B = 'bbbbbbbb2'

const mistral: Case[] = [
  { rule: 'mistral.json', base: 'mistral', breaks: { raw: 'null' }, keeps: {} },
  ...bodies('mistral', [
    ['mistral.required', { messages: undefined }, {}],
    ['mistral.unknown-member', { seed: 1 }, { random_seed: 1 }],
    ['mistral.unknown-nested', { messages: [{ ...USER, name: 'me' }] }, { messages: [USER] }],
    ['mistral.role', { messages: [{ role: 'developer', content: 'x' }] }, { messages: [{ role: 'system', content: 'x' }, USER] }],
    ['mistral.member-required', { tools: [tool('f', {})] }, { tools: [tool('f')] }],
    ['mistral.type', { safe_prompt: 'yes' }, { safe_prompt: true }],
    ['mistral.enum', { tool_choice: 'all', tools: [tool('f')] }, { tool_choice: 'any', tools: [tool('f')] }],
    ['mistral.range', { temperature: 1.6 }, { temperature: 1.5 }],
    ['mistral.length', { model: '' }, {}],
    ['mistral.messages-empty', { messages: [] }, { messages: [USER] }],
    [
      'mistral.last-role',
      { messages: [USER, { role: 'assistant', content: 'x' }] },
      { messages: [USER, { role: 'assistant', content: 'x', prefix: true }] },
    ],
    ['mistral.order', { messages: [USER, asks(A), answers(A), USER] }, { messages: [USER, asks(A), answers(A)] }],
    ['mistral.tool-count', { messages: [USER, asks(A, B), answers(A)] }, { messages: [USER, asks(A, B), answers(A), answers(B)] }],
    ['mistral.tool-id', { messages: [USER, asks('call_1'), answers('call_1')] }, { messages: [USER, asks(A), answers(A)] }],
    ['mistral.tool-known', { messages: [USER, asks(A), answers(B)] }, { messages: [USER, asks(A), answers(A)] }],
    ['mistral.function-name', { tools: [tool('my.tool')] }, { tools: [tool('my-tool')] }],
    [
      'mistral.assistant-empty',
      { messages: [USER, { role: 'assistant', content: '' }, USER] },
      { messages: [USER, { role: 'assistant', content: 'x' }, USER] },
    ],
    [
      'mistral.prefix-last',
      { messages: [USER, { role: 'assistant', content: 'x', prefix: true }, USER] },
      { messages: [USER, { role: 'assistant', content: 'x', prefix: true }] },
    ],
  ]),
]

const deepseek: Case[] = [
  { rule: 'deepseek.json', base: 'deepseek', breaks: { raw: '' }, keeps: {} },
  ...bodies('deepseek', [
    ['deepseek.role', { messages: [{ role: 'developer', content: 'x' }] }, { messages: [{ role: 'system', content: 'x' }, USER] }],
    [
      'deepseek.text-only',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    ],
    ['deepseek.json-schema', { response_format: { type: 'json_schema' } }, { response_format: { type: 'text' } }],
    ['deepseek.form', { messages: 'Hello' }, { messages: [USER], a_member_that_it_does_not_know: 1 }],
    ['deepseek.limits', { max_tokens: 0 }, { max_tokens: 1 }],
    [
      'deepseek.tool-answers',
      { messages: [USER, asks(A), USER], thinking: { type: 'disabled' } },
      { messages: [USER, asks(A), answers(A)], thinking: { type: 'disabled' } },
    ],
    ['deepseek.tool-orphan', { messages: [USER, answers(A)] }, { messages: [USER, asks(A), answers(A)], thinking: { type: 'disabled' } }],
    [
      'deepseek.reasoning-back',
      { messages: [USER, asks(A), answers(A)] },
      { messages: [USER, { ...asks(A), reasoning_content: 'So.' }, answers(A)] },
    ],
    [
      'deepseek.json-word',
      { response_format: { type: 'json_object' } },
      { response_format: { type: 'json_object' }, messages: [{ role: 'user', content: 'as json' }] },
    ],
  ]),
  ...bodies('compatible', [['compatible.form', { messages: [] }, { anything: 1 }]]),
]

const cohere: Case[] = [
  { rule: 'cohere.json', base: 'cohere', breaks: { raw: '{' }, keeps: {} },
  ...bodies('cohere', [
    ['cohere.model-required', { model: undefined }, {}],
    ['cohere.unknown-member', { top_p: 0.5 }, { p: 0.5 }],
    ['cohere.unknown-nested', { messages: [{ ...USER, name: 'me' }] }, { messages: [USER] }],
    ['cohere.type', { seed: 'x' }, { seed: 1 }],
    ['cohere.temperature-range', { temperature: 1.1 }, { temperature: 1 }],
    ['cohere.range', { p: 1 }, { p: 0.99 }],
    ['cohere.tool-choice', { tool_choice: 'auto', tools: [tool('f')] }, { tool_choice: 'REQUIRED', tools: [tool('f')] }],
    ['cohere.enum', { safety_mode: 'NONE' }, { safety_mode: 'STRICT' }],
    ['cohere.count', { stop_sequences: ['1', '2', '3', '4', '5', '6'] }, { stop_sequences: ['1'] }],
    ['cohere.messages-required', { messages: [] }, { messages: [USER] }],
    ['cohere.tool-call-id', { messages: [USER, asks(A), { role: 'tool', content: 'done' }] }, { messages: [USER, asks(A), answers(A)] }],
    ['cohere.member-required', { messages: [{ role: 'user' }] }, { messages: [USER] }],
    ['cohere.tool-unknown', { messages: [USER, asks(A), answers(B)] }, { messages: [USER, asks(A), answers(A)] }],
    ['cohere.tool-duplicate', { messages: [USER, asks(A, A), answers(A)] }, { messages: [USER, asks(A, B), answers(A), answers(B)] }],
    ['cohere.tool-name', { tools: [tool('my-tool')] }, { tools: [tool('my_tool')] }],
    ['cohere.tool-choice-alone', { tool_choice: 'REQUIRED' }, { tool_choice: 'REQUIRED', tools: [tool('f')] }],
    ['cohere.two-penalties', { frequency_penalty: 0.1, presence_penalty: 0.1 }, { frequency_penalty: 0.1 }],
    [
      'cohere.json-with-tools',
      { response_format: { type: 'json_object' }, tools: [tool('f')] },
      { response_format: { type: 'json_object' } },
    ],
    ['cohere.safety-with-tools', { safety_mode: 'STRICT', tools: [tool('f')] }, { tools: [tool('f')] }],
    ['cohere.content-empty', { messages: [{ role: 'user', content: '' }] }, { messages: [USER] }],
  ]),
  ...bodies('cohere-embed', [['cohere.embed-input-type', { input_type: undefined }, {}]]),
  ...bodies('cohere-rerank', [
    ['cohere.rerank-query', { query: ' ' }, {}],
    ['cohere.rerank-documents', { documents: [] }, {}],
  ]),
]

const ollama: Case[] = [
  { rule: 'ollama.json', base: 'ollama', breaks: { raw: '' }, keeps: {} },
  ...bodies('ollama', [
    ['ollama.model', { model: '' }, {}],
    ['ollama.stream', { stream: 'false' }, { stream: false }],
    ['ollama.options', { options: { temperature: '1' } }, { options: { temperature: 1, unknown: 'x' } }],
    ['ollama.format', { format: 'xml' }, { format: 'json' }],
    ['ollama.think', { think: 'hard' }, { think: 'high' }],
    ['ollama.images', { messages: [{ ...USER, images: ['https://x/y.png'] }] }, { messages: [{ ...USER, images: ['AAAA'] }] }],
    ['ollama.messages', { messages: 'Hello' }, { messages: [USER] }],
    ['ollama.content', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }, { messages: [USER] }],
    [
      'ollama.arguments',
      { messages: [USER, { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }] },
      { messages: [USER, { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: {} } }] }] },
    ],
    ['ollama.tools', { tools: { f: {} } }, { tools: [tool('f')] }],
  ]),
  ...bodies('ollama-openai', [
    [
      'ollama.openai-parts',
      { messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    ],
  ]),
  ...bodies('ollama-generate', [['ollama.raw', { raw: true, system: 'Be kind' }, { raw: true }]]),
  ...bodies('ollama-embed', [['ollama.embed-input', { input: [1, 2] }, { input: ['Hello'] }]]),
]

export const SMALLER_CASES: Case[] = [...mistral, ...deepseek, ...cohere, ...ollama]
