/** The providers of the matrix, as an operator connects them, and what each tells and takes; from their documentation. */
import type { Scene, SceneUsage } from '../replay/answers/scene.ts'
import type { Dialect, Vendor } from '../replay/types.ts'
import type { Conversation } from './conversation.ts'
import type { Said } from './surfaces/surface.ts'

export interface Provider {
  /** Of the entry, and before the dash of its models' names at the gateway. */
  name: string
  vendor: Vendor
  title: string
  /** The kind of the entry. */
  kind: string
  /** What follows the origin in its base URL. */
  base: string
  key: string
  models: { plain: string } & Partial<Record<Conversation['model'], string>>
  /** In which dialects it is called; a caller of one of them gets its answers as they are. */
  dialects: Dialect[]
  /** The buckets that its usage tells apart; others are counted in `input` and `output`. */
  tells: (keyof SceneUsage)[]
  /** Why an answer ended, where its words say less than the scene. */
  says?: Partial<Record<Said, Said>>
  /** How a request looks that asks for thinking; absent: its model thinks by itself. */
  thinks?: RegExp
  /** Conversations, by name, that it has no place for, and why. */
  lacks?: Record<string, string>
}

export const PROVIDERS: Provider[] = [
  {
    name: 'openai',
    vendor: 'openai',
    title: 'OpenAI',
    kind: 'openai',
    base: '/v1',
    key: 'sk-matrix-openai',
    models: { plain: 'gpt-4.1', reasoning: 'gpt-5.1' },
    dialects: ['openai-chat', 'openai-responses'],
    tells: ['cacheRead', 'reasoning'],
    says: { stop_sequence: 'stop', refusal: 'refusal_text' },
    thinks: /"reasoning_effort":"(low|medium|high)"|"reasoning":\{"effort":"medium"/,
    lacks: { 'stop-sequences': 'it takes four at most' },
  },
  {
    name: 'codex',
    vendor: 'openai',
    title: 'OpenAI, by Responses',
    kind: 'openai',
    base: '/v1',
    key: 'sk-matrix-codex',
    models: { plain: 'gpt-5.1-codex' },
    dialects: ['openai-responses'],
    tells: ['cacheRead', 'reasoning'],
    says: { stop_sequence: 'stop', refusal: 'refusal_text' },
    lacks: { 'stop-sequences': 'its Responses API has none', plain: 'a model that reasons takes no temperature' },
  },
  {
    name: 'anthropic',
    vendor: 'anthropic',
    title: 'Anthropic',
    kind: 'anthropic',
    base: '/v1',
    key: 'sk-ant-matrix',
    models: { plain: 'claude-sonnet-4-5' },
    dialects: ['anthropic'],
    tells: ['cacheRead', 'cacheWrite'],
    thinks: /"thinking":\{"type":"enabled","budget_tokens":\d+/,
  },
  {
    name: 'gemini',
    vendor: 'gemini',
    title: 'Gemini',
    kind: 'google',
    base: '/v1beta',
    key: 'AIza-matrix',
    models: { plain: 'gemini-2.5-flash', reasoning: 'gemini-3-pro-preview' },
    dialects: ['gemini'],
    tells: ['cacheRead', 'reasoning'],
    says: { stop_sequence: 'stop', refusal: 'content_filter' },
    thinks: /"thinkingConfig":/,
  },
  {
    name: 'mistral',
    vendor: 'mistral',
    title: 'Mistral',
    kind: 'mistral',
    base: '/v1',
    key: 'matrix-mistral',
    models: { plain: 'mistral-medium-latest', reasoning: 'magistral-medium-latest' },
    dialects: ['openai-chat'],
    tells: ['cacheRead'],
    says: { stop_sequence: 'stop', refusal: 'stop' },
    lacks: { pdf: 'it takes documents by their address, and no files' },
  },
  {
    name: 'cohere',
    vendor: 'cohere',
    title: 'Cohere',
    kind: 'cohere',
    base: '',
    key: 'matrix-cohere',
    models: { plain: 'command-a-03-2025', vision: 'command-a-vision-07-2025', reasoning: 'command-a-reasoning-08-2025' },
    dialects: ['cohere'],
    tells: [],
    says: { refusal: 'stop' },
    thinks: /"thinking":\{"type":"enabled"/,
    lacks: { pdf: 'it takes documents as text, and no files' },
  },
  {
    name: 'ollama',
    vendor: 'ollama',
    title: 'Ollama',
    kind: 'ollama',
    base: '',
    key: 'matrix-ollama',
    models: { plain: 'qwen3', vision: 'qwen3-vl' },
    dialects: ['ollama', 'openai-chat'],
    tells: [],
    says: { stop_sequence: 'stop', refusal: 'stop' },
    thinks: /"think":(true|"medium")|"reasoning_effort":"medium"/,
    lacks: { pdf: 'it takes images, and no documents' },
  },
  {
    name: 'bedrock',
    vendor: 'bedrock',
    title: 'Bedrock',
    kind: 'bedrock',
    base: '',
    key: 'bedrock-api-key-matrix',
    models: {
      plain: 'amazon.nova-pro-v1:0',
      structured: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      reasoning: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    },
    dialects: ['bedrock'],
    tells: ['cacheRead', 'cacheWrite'],
    says: { refusal: 'stop' },
    thinks: /"(thinking|reasoning_config)":\{"type":"enabled"/,
  },
  {
    name: 'deepseek',
    vendor: 'deepseek',
    title: 'DeepSeek',
    kind: 'deepseek',
    base: '/v1',
    key: 'sk-matrix-deepseek',
    models: { plain: 'deepseek-chat', reasoning: 'deepseek-reasoner' },
    dialects: ['openai-chat'],
    tells: ['cacheRead', 'reasoning'],
    says: { stop_sequence: 'stop', refusal: 'stop' },
    lacks: { image: 'it takes text only', pdf: 'it takes text only', structured: 'it has a JSON mode, and no schemas' },
  },
]

/** The model of a conversation at a provider, by the name that the gateway offers it under, and by the provider's. */
export function modelFor(provider: Provider, { model }: Pick<Conversation, 'model'>): { alias: string; name: string } {
  const name = provider.models[model]
  return name === undefined
    ? { alias: `${provider.name}-plain`, name: provider.models.plain }
    : { alias: `${provider.name}-${model}`, name }
}

/** The usage of a scene in the buckets that a provider tells apart. */
export function toldBy({ tells, vendor }: Provider, { usage }: Scene): Required<SceneUsage> {
  const { input, output, cacheRead = 0, cacheWrite = 0, reasoning = 0 } = usage
  const told = (bucket: keyof SceneUsage, count: number): number => (tells.includes(bucket) ? count : 0)
  const buckets = {
    cacheRead: told('cacheRead', cacheRead),
    cacheWrite: told('cacheWrite', cacheWrite),
    reasoning: told('reasoning', reasoning),
  }
  // Of cached input Cohere bills nothing: it is in `tokens` but not in `billed_units`.
  const rest = vendor === 'cohere' ? 0 : cacheRead + cacheWrite - buckets.cacheRead - buckets.cacheWrite
  return { ...buckets, input: input + rest, output: output + reasoning - buckets.reasoning }
}
