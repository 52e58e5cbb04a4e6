/** Every way in which a vendor streams. */
import type { Dialect, Framing, JsonObject, Vendor } from '../types.ts'

export interface StreamCase {
  name: string
  vendor: Vendor
  dialect: Dialect
  framing: Framing
  path: (stream: boolean) => string
  headers: Record<string, string>
  body: (stream: boolean) => JsonObject
  /** Reasoning is not shown here at all. */
  shows?: boolean
  /** Calls have no place here. */
  textOnly?: boolean
  refuses?: boolean
}

const BEARER = { authorization: 'Bearer a-key' }
const MESSAGES = [{ role: 'user', content: 'Hello' }]
const CONTENTS = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
const USAGE = { stream_options: { include_usage: true } }

function openai(vendor: Vendor, path: string, model: string, more: Partial<StreamCase> = {}): StreamCase {
  return {
    name: `${vendor} chat`,
    vendor,
    dialect: 'openai-chat',
    framing: 'sse-done',
    path: () => path,
    headers: { ...BEARER, 'api-key': 'a-key' },
    body: (stream) => ({ model, messages: MESSAGES, stream, ...(stream && vendor !== 'mistral' ? USAGE : {}) }),
    ...more,
  }
}

function google(vendor: Vendor, prefix: string, framing: 'sse' | 'json-array'): StreamCase {
  const action = (stream: boolean): string => (stream ? `streamGenerateContent${framing === 'sse' ? '?alt=sse' : ''}` : 'generateContent')
  return {
    name: `${vendor} ${framing}`,
    vendor,
    dialect: 'gemini',
    framing,
    path: (stream) => `${prefix}/models/gemini-2.5-flash:${action(stream)}`,
    headers: { ...BEARER },
    body: () => CONTENTS,
  }
}

export const STREAMS: StreamCase[] = [
  openai('openai', '/v1/chat/completions', 'gpt-4o', { shows: false }),
  openai('azure', '/openai/deployments/d/chat/completions?api-version=2024-10-21', 'gpt-4o', { shows: false }),
  openai('mistral', '/v1/chat/completions', 'mistral-small-latest', { shows: false }),
  openai('deepseek', '/v1/chat/completions', 'deepseek-v4-pro'),
  openai('compatible', '/v1/chat/completions', 'llama'),
  {
    ...openai('openai', '/v1/responses', 'gpt-5.1'),
    name: 'openai responses',
    dialect: 'openai-responses',
    framing: 'sse-named',
    body: (stream) => ({ model: 'gpt-5.1', input: 'Hello', stream }),
  },
  {
    ...openai('openai', '/v1/completions', 'davinci-002'),
    name: 'openai completions',
    dialect: 'completions',
    body: (stream) => ({ model: 'davinci-002', prompt: 'Hello', stream, ...(stream ? USAGE : {}) }),
    shows: false,
    textOnly: true,
  },
  {
    name: 'anthropic',
    vendor: 'anthropic',
    dialect: 'anthropic',
    framing: 'sse-named',
    path: () => '/v1/messages',
    headers: { 'x-api-key': 'a-key', 'anthropic-version': '2023-06-01' },
    body: (stream) => ({ model: 'claude-sonnet-4-5', max_tokens: 100, messages: MESSAGES, stream }),
  },
  {
    name: 'vertex claude',
    vendor: 'vertex',
    dialect: 'anthropic',
    framing: 'sse-named',
    path: (stream) =>
      `/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5:${stream ? 'streamRawPredict' : 'rawPredict'}`,
    headers: BEARER,
    body: (stream) => ({ anthropic_version: 'vertex-2023-10-16', max_tokens: 100, messages: MESSAGES, stream }),
  },
  google('gemini', '/v1beta', 'sse'),
  google('gemini', '/v1beta', 'json-array'),
  google('vertex', '/v1/projects/p/locations/l/publishers/google', 'sse'),
  {
    name: 'cohere',
    vendor: 'cohere',
    dialect: 'cohere',
    framing: 'sse-named-done',
    path: () => '/v2/chat',
    headers: BEARER,
    body: (stream) => ({ model: 'command-a-03-2025', messages: MESSAGES, stream }),
  },
  {
    name: 'ollama chat',
    vendor: 'ollama',
    dialect: 'ollama',
    framing: 'ndjson',
    path: () => '/api/chat',
    headers: {},
    body: (stream) => ({ model: 'llama3.2', messages: MESSAGES, ...(stream ? {} : { stream: false }) }),
  },
  {
    name: 'ollama generate',
    vendor: 'ollama',
    dialect: 'ollama-generate',
    framing: 'ndjson',
    path: () => '/api/generate',
    headers: {},
    body: (stream) => ({ model: 'llama3.2', prompt: 'Hello', ...(stream ? {} : { stream: false }) }),
    shows: false,
    textOnly: true,
    refuses: true,
  },
  {
    name: 'bedrock',
    vendor: 'bedrock',
    dialect: 'bedrock',
    framing: 'event-stream',
    path: (stream) => `/model/anthropic.claude-sonnet-4-5/converse${stream ? '-stream' : ''}`,
    headers: BEARER,
    body: () => ({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }),
  },
]
