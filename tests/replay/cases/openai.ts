import { bodies, type Case } from './case.ts'
import type { JsonObject } from '../types.ts'

const USER = { role: 'user', content: 'Hello' }
const tool = (name: string, more: object = {}): JsonObject => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: {} }, ...more },
})
const call = (id: string): JsonObject => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
const asks = (...ids: string[]): JsonObject => ({ role: 'assistant', content: null, tool_calls: ids.map(call) })
const answers = (id: string): JsonObject => ({ role: 'tool', tool_call_id: id, content: 'done' })
const schema = (more: object = {}): JsonObject => ({
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
  ...more,
})
const format = (of: object): JsonObject => ({ type: 'json_schema', json_schema: { name: 'thing', strict: true, schema: of } })
const parts = (type: string): JsonObject => ({
  role: 'user',
  content: [{ type, ...(type === 'text' ? { text: 'Hello' } : { image_url: { url: 'data:image/png;base64,AA==' } }) }],
})

const chat = bodies('chat', [
  ['openai.model-required', { model: undefined }, {}],
  ['openai.messages-required', { messages: undefined }, {}],
  ['openai.unknown-member', { top_k: 3 }, { top_p: 0.5 }],
  ['openai.unknown-nested', { messages: [{ ...USER, cache_control: { type: 'ephemeral' } }] }, { messages: [{ ...USER, name: 'me' }] }],
  ['openai.member-required', { messages: [{ role: 'user' }] }, { messages: [USER] }],
  ['openai.type', { temperature: 'hot' }, { temperature: 1.5 }],
  ['openai.role', { messages: [{ role: 'model', content: 'Hello' }] }, { messages: [{ role: 'developer', content: 'Be kind' }, USER] }],
  ['openai.part-type', { messages: [USER, { ...parts('image_url'), role: 'assistant' }] }, { messages: [parts('image_url')] }],
  ['openai.enum', { verbosity: 'chatty' }, { verbosity: 'low' }],
  ['openai.temperature-range', { temperature: 2.1 }, { temperature: 2 }],
  ['openai.top-p-range', { top_p: 1.1 }, { top_p: 1 }],
  ['openai.penalty-range', { presence_penalty: -2.5 }, { presence_penalty: -2 }],
  ['openai.n-range', { n: 0 }, { n: 1 }],
  ['openai.limit-range', { max_completion_tokens: 0 }, { max_completion_tokens: 1 }],
  ['openai.top-logprobs-range', { logprobs: true, top_logprobs: 21 }, { logprobs: true, top_logprobs: 20 }],
  ['openai.logit-bias-range', { logit_bias: { 50256: -101 } }, { logit_bias: { 50256: -100 } }],
  ['openai.stop-count', { stop: ['a', 'b', 'c', 'd', 'e'] }, { stop: ['a', 'b', 'c', 'd'] }],
  ['openai.tools-count', { tools: Array.from({ length: 129 }, (_, index) => tool(`f${index}`)) }, { tools: [tool('f')] }],
  ['openai.metadata', { metadata: { key: 'v'.repeat(513) } }, { store: true, metadata: { key: 'v'.repeat(512) } }],
  ['openai.user', { user: 'u'.repeat(65) }, { user: 'u'.repeat(64) }],
  ['openai.empty-array', { tools: [] }, { tools: [tool('f')] }],
  ['openai.tool-name', { tools: [tool('my.tool')] }, { tools: [tool('my-tool_1')] }],
  ['openai.two-limits', { max_tokens: 5, max_completion_tokens: 5 }, { max_tokens: 5 }],
  ['openai.stream-options', { stream_options: { include_usage: true } }, { stream: true, stream_options: { include_usage: true } }],
  ['openai.metadata-stored', { metadata: { key: 'v' } }, { metadata: { key: 'v' }, store: true }],
  ['openai.top-logprobs-alone', { top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
  ['openai.tool-choice-alone', { tool_choice: 'auto' }, { tool_choice: 'auto', tools: [tool('f')] }],
  [
    'openai.tool-choice-known',
    { tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'g' } } },
    { tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'f' } } },
  ],
  [
    'openai.tool-answers',
    { messages: [USER, asks('a', 'b'), answers('a'), USER] },
    { messages: [USER, asks('a', 'b'), answers('b'), answers('a')] },
  ],
  ['openai.tool-orphan', { messages: [USER, answers('a')] }, { messages: [USER, asks('a'), answers('a')] }],
  [
    'openai.json-word',
    { response_format: { type: 'json_object' } },
    { response_format: { type: 'json_object' }, messages: [{ role: 'user', content: 'as JSON' }] },
  ],
  ['openai.strict-schema', { response_format: format(schema({ required: [] })) }, { response_format: format(schema()) }],
])

const reasoning = bodies('chat', [
  ['openai.reasoning-max-tokens', { max_tokens: 50 }, { max_completion_tokens: 50 }, 'gpt-5.1'],
  ['openai.reasoning-stop', { stop: 'x' }, {}, 'o3'],
  ['openai.reasoning-logit-bias', { logit_bias: { 1: 1 } }, {}, 'gpt-5.1'],
  ['openai.reasoning-temperature', { temperature: 0.2 }, { temperature: 0.2, reasoning_effort: 'none' }, 'gpt-5.1'],
  ['openai.reasoning-top-p', { top_p: 0.5 }, { top_p: 0.5, reasoning_effort: 'none' }, 'gpt-5.1'],
  ['openai.reasoning-penalties', { presence_penalty: 1 }, {}, 'o4-mini'],
  ['openai.reasoning-logprobs', { logprobs: true }, {}, 'gpt-5-mini'],
  ['openai.effort-without-reasoning', { reasoning_effort: 'low' }, {}, 'gpt-4o'],
])

const others: Case[] = [
  { rule: 'openai.json', base: 'chat', breaks: { raw: '{"model":' }, keeps: {} },
  ...bodies('responses', [['openai-other.model-required', { model: undefined }, {}]]),
  ...bodies('embeddings', [['embeddings.input', { input: [] }, { input: ['Hello', 'there'] }]]),
  ...bodies('speech', [
    ['speech.input', { input: 'x'.repeat(4097) }, { input: 'x'.repeat(4096) }],
    ['speech.speed', { speed: 5 }, { speed: 4 }],
  ]),
  ...bodies('images', [
    ['images.prompt', { prompt: undefined }, {}],
    ['images.n', { n: 11 }, { n: 2 }],
  ]),
  ...bodies('moderations', [['moderations.input', { input: undefined }, {}]]),
  ...bodies('completions', [['completions.prompt', { prompt: undefined }, {}]]),
  ...bodies('responses', [
    ['openai-other.unknown-member', { messages: [] }, { instructions: 'Be kind' }],
    ['openai-other.member-required', { input: [{ role: 'user' }] }, { input: [USER] }],
    ['openai-other.type', { parallel_tool_calls: 'yes' }, { parallel_tool_calls: true }],
    ['openai-other.enum', { truncation: 'often' }, { truncation: 'auto' }],
    ['openai-other.limits', { temperature: 3 }, { temperature: 1 }],
  ]),
  {
    rule: 'transcription.multipart',
    base: 'transcription',
    breaks: { form: { model: 'whisper-1' } },
    keeps: { form: { model: 'whisper-1', file: 'RIFF' } },
  },
  {
    rule: 'transcription.format',
    base: 'transcription',
    breaks: { form: { model: 'whisper-1', file: 'RIFF', response_format: 'pdf' } },
    keeps: { form: { model: 'whisper-1', file: 'RIFF', response_format: 'srt' } },
  },
]

export const OPENAI_CASES: Case[] = [...chat, ...reasoning, ...others]
