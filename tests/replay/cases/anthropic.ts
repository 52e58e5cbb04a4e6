import { bodies, type Case } from './case.ts'
import type { JsonObject } from '../types.ts'

const USER = { role: 'user', content: 'Hello' }
const SYSTEM = { role: 'system', content: 'Be kind' }
const said = (...content: object[]): JsonObject => ({ role: 'assistant', content })
const told = (...content: object[]): JsonObject => ({ role: 'user', content })
const text = (value: string, more: object = {}): JsonObject => ({ type: 'text', text: value, ...more })
const use = (id: string): JsonObject => ({ type: 'tool_use', id, name: 'f', input: {} })
const result = (id: string): JsonObject => ({ type: 'tool_result', tool_use_id: id, content: 'done' })
const tool = (name: string, more: object = {}): JsonObject => ({ name, input_schema: { type: 'object' }, ...more })
const cached = (ttl?: string): JsonObject => ({ cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } })
const marks = (count: number): object[] => Array.from({ length: count }, (_, index) => text(`part ${index}`, cached()))
const image = (media_type: string): JsonObject => ({ type: 'image', source: { type: 'base64', media_type, data: 'AA==' } })
const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'So.' } }
const LATER = { 'anthropic-version': '2026-10-21' }
const thinking = (budget: number): JsonObject => ({ type: 'enabled', budget_tokens: budget })
const thought = { type: 'thinking', thinking: 'So.', signature: 'forged' }
const THINK = { max_tokens: 5000, thinking: thinking(2000) }
const schema = (more: object): JsonObject => ({
  output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {}, ...more } } },
})

const form = bodies('messages', [
  ['anthropic.required', { max_tokens: undefined }, {}],
  ['anthropic.unknown-member', { n: 2 }, { top_k: 5 }],
  ['anthropic.unknown-nested', { messages: [{ ...USER, name: 'me' }] }, { messages: [USER] }],
  ['anthropic.messages-empty', { messages: [] }, { messages: [USER] }],
  ['anthropic.system-role', { messages: [USER, SYSTEM] }, { system: 'Be kind' }],
  ['anthropic.system-first', { messages: [SYSTEM, USER] }, { system: 'Be kind' }, 'claude-opus-4-8'],
  ['anthropic.system-place', { messages: [USER, SYSTEM, USER] }, { messages: [USER, SYSTEM, said(text('Yes')), USER] }, 'claude-opus-5'],
  ['anthropic.first-user', { messages: [said(text('Hello')), USER] }, { messages: [USER, USER] }],
  ['anthropic.member-required', { messages: [told({ type: 'text' })] }, { messages: [told(text('Hello'))] }],
  ['anthropic.type', { max_tokens: '100' }, { max_tokens: 100 }],
  ['anthropic.block-type', { messages: [told({ type: 'image_url', image_url: 'x' })] }, { messages: [told(text('Hello'))] }],
  ['anthropic.image-type', { messages: [told(image('image/heic'))] }, { messages: [told(image('image/webp'))] }],
  ['anthropic.enum', { service_tier: 'fast' }, { service_tier: 'auto' }],
  ['anthropic.thinking-budget', { max_tokens: 5000, thinking: thinking(1023) }, { max_tokens: 5000, thinking: thinking(1024) }],
  ['anthropic.range', { temperature: 1.5 }, { temperature: 1 }],
  ['anthropic.tool-name', { tools: [tool('my.tool')] }, { tools: [tool('my-tool')] }],
  [
    'anthropic.tool-id',
    { messages: [USER, said(use('a.b')), told(result('a.b'))] },
    { messages: [USER, said(use('a-b')), told(result('a-b'))] },
  ],
  ['anthropic.length', { metadata: { user_id: 'u'.repeat(513) } }, { metadata: { user_id: 'u' } }],
  ['anthropic.tool-names-unique', { tools: [tool('f'), tool('f')] }, { tools: [tool('f'), tool('g')] }],
  ['anthropic.tool-choice-alone', { tool_choice: { type: 'auto' } }, { tool_choice: { type: 'auto' }, tools: [tool('f')] }],
  [
    'anthropic.tool-choice-known',
    { tool_choice: { type: 'tool', name: 'g' }, tools: [tool('f')] },
    { tool_choice: { type: 'tool', name: 'f' }, tools: [tool('f')] },
  ],
  ['anthropic.cache-count', { system: marks(5) }, { system: marks(4) }],
  [
    'anthropic.cache-order',
    { system: [text('a', cached('5m')), text('b', cached('1h'))] },
    { system: [text('a', cached('1h')), text('b', cached('5m'))] },
  ],
  ['anthropic.cache-empty', { system: [text('', cached())] }, { system: [text('Be kind', cached())] }],
  ['anthropic.stop-blank', { stop_sequences: [' \n'] }, { stop_sequences: ['END'] }],
  ['anthropic.output-schema', schema({}), schema({ additionalProperties: false })],
])

const turns = bodies('messages', [
  ['anthropic.content-empty', { messages: [{ role: 'user', content: '' }] }, { messages: [USER] }],
  ['anthropic.text-empty', { messages: [told(text(''), text('Hello'))] }, { messages: [told(text('Hello'))] }],
  ['anthropic.text-blank', { messages: [told(text(' \n'))] }, { messages: [told(text(' x '))] }],
  ['anthropic.final-whitespace', { messages: [USER, said(text('It is '))] }, { messages: [USER, said(text('It is'))] }],
  [
    'anthropic.tool-id-unique',
    { messages: [USER, said(use('a'), use('a')), told(result('a'))] },
    { messages: [USER, said(use('a')), told(result('a'))] },
  ],
  [
    'anthropic.tool-unanswered',
    { messages: [USER, said(use('a')), told(text('first'), result('a'))] },
    { messages: [USER, said(use('a'), use('b')), told(result('b')), told(result('a'), text('then'))] },
  ],
  ['anthropic.tool-orphan', { messages: [told(result('a'))] }, { messages: [USER, said(use('a')), told(result('a'))] }],
  [
    'anthropic.tool-twice',
    { messages: [USER, said(use('a')), told(result('a'), result('a'))] },
    { messages: [USER, said(use('a')), told(result('a'))] },
  ],
  ['anthropic.thinking-limit', { max_tokens: 2000, thinking: thinking(2000) }, { max_tokens: 2001, thinking: thinking(2000) }],
  ['anthropic.thinking-temperature', { ...THINK, temperature: 0.5 }, { ...THINK, temperature: 1 }],
  ['anthropic.thinking-top-k', { ...THINK, top_k: 5 }, THINK],
  ['anthropic.thinking-top-p', { ...THINK, top_p: 0.9 }, { ...THINK, top_p: 0.95 }],
  [
    'anthropic.thinking-forced-tool',
    { ...THINK, tools: [tool('f')], tool_choice: { type: 'any' } },
    { ...THINK, tools: [tool('f')], tool_choice: { type: 'auto' } },
  ],
  ['anthropic.thinking-prefill', { ...THINK, messages: [USER, said(text('It is'))] }, THINK],
  [
    'anthropic.thinking-first',
    { ...THINK, messages: [USER, said(use('a')), told(result('a'))] },
    { messages: [USER, said(use('a')), told(result('a'))] },
  ],
  ['anthropic.thinking-signature', { messages: [USER, said(thought, text('So.')), USER] }, { messages: [USER, said(text('So.')), USER] }],
  ['anthropic.sampling-both', { temperature: 0.5, top_p: 0.9 }, { temperature: 0.5 }],
  ['anthropic.prefill', { messages: [USER, said(text('It is'))] }, { messages: [USER] }, 'claude-opus-4-6'],
  ['anthropic.thinking-adaptive-only', THINK, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, 'claude-opus-5'],
  ['anthropic.sampling-newer', { temperature: 0.5 }, { temperature: 1 }, 'claude-sonnet-5'],
])

const later = bodies('messages', [
  ['anthropic.sampling-removed', { temperature: 1 }, {}],
  ['anthropic.assistant-document', { messages: [USER, said(document), USER] }, { messages: [told(document), said(text('So.')), USER] }],
  [
    'anthropic.user-citations',
    { messages: [told(text('So.', { citations: [{ type: 'char_location' }] }))] },
    { messages: [USER, said(text('So.', { citations: [{ type: 'char_location' }] })), USER] },
  ],
]).map(({ breaks, keeps, ...rest }) => ({ ...rest, breaks: { ...breaks, headers: LATER }, keeps: { ...keeps, headers: LATER } }))

const OFF = { thinking: { type: 'disabled' } }
const between = (effort: string): JsonObject => ({ thinking: { type: 'between_tools' }, output_config: { effort } })
const choose = (type: string): JsonObject => ({ tools: [tool('f')], tool_choice: { type } })
const newest = bodies('messages', [
  ['anthropic.thinking-always', OFF, { thinking: { type: 'adaptive' } }, 'claude-opus-5-5'],
  ['anthropic.thinking-between-tools', OFF, between('low'), 'claude-sonnet-5-5'],
  ['anthropic.thinking-between-effort', between('max'), between('high'), 'claude-sonnet-5-5'],
  ['anthropic.tool-choice-forced', choose('any'), choose('auto'), 'claude-opus-5-5'],
])

const bound = { type: 'thinking', thinking: '', signature: 'a-bound-signature' }
const conversation = { messages: [USER, said(bound, text('Hello.')), USER] }
const prefix: Case = {
  rule: 'anthropic.thinking-prefix',
  base: 'messages',
  first: { change: { model: 'claude-opus-5-5', body: { system: 'Be kind' } }, answer: { body: { content: [bound] } } },
  breaks: { model: 'claude-opus-5-5', body: { system: 'Be kind. It is Monday', ...conversation } },
  keeps: { model: 'claude-opus-5-5', body: { system: [text('Be kind', cached())], ...conversation } },
}

export const ANTHROPIC_CASES: Case[] = [
  { rule: 'anthropic.json', base: 'messages', breaks: { raw: '[]' }, keeps: {} },
  {
    rule: 'anthropic.beta-member',
    base: 'messages',
    breaks: { body: { mcp_servers: [] } },
    keeps: { body: { mcp_servers: [] }, headers: { 'anthropic-beta': 'mcp-client-2025-11-20' } },
  },
  ...form,
  ...turns,
  ...later,
  ...newest,
  prefix,
  ...bodies('vertex-claude', [
    ['vertex.anthropic-version', { anthropic_version: undefined }, {}],
    ['vertex.no-model', { model: 'claude-sonnet-4-5' }, {}],
  ]),
]
