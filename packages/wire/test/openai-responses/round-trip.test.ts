import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Turn } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'

/** Conversations as this dialect has them. */
const CONVERSATIONS: Record<string, Omit<Conversation, 'others'>> = {
  'words of every role': {
    stream: true,
    turns: [
      { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '' }], at: '' },
      { role: 'developer', parts: [{ type: 'text', text: 'be kind', at: '' }], at: '' },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'a "b" \u{1f600}\n', at: '' },
          { type: 'text', text: 'c', cacheControl: { ttl: '1h' }, at: '' },
        ],
        at: '',
      },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'd', at: '' },
          { type: 'refusal', text: 'no', at: '' },
        ],
        at: '',
      },
      { role: 'user', parts: [{ type: 'text', text: '', at: '' }], at: '' },
    ],
  },
  'media in every form': {
    stream: false,
    turns: [
      {
        role: 'user',
        parts: [
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, detail: 'high', at: '' },
          { type: 'image', source: { kind: 'url', url: 'https://a/b' }, cacheControl: {}, at: '' },
          { type: 'image', source: { kind: 'file', id: 'file-1' }, at: '' },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, filename: 'a.pdf', at: '' },
          { type: 'document', source: { kind: 'url', url: 'https://a/c.pdf' }, at: '' },
          { type: 'document', source: { kind: 'file', id: 'file-2' }, cacheControl: { ttl: '5m' }, at: '' },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' }, at: '' },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' }, at: '' },
        ],
        at: '',
      },
    ],
  },
  'tools, calls, results and thoughts': {
    stream: false,
    turns: [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', signature: 'g', origin: 'openai-responses', id: 'rs_1', at: '' },
          { type: 'reasoning', text: '', redacted: 'g', origin: 'openai-responses', id: 'rs_2', at: '' },
          { type: 'text', text: 'so', at: '' },
          { type: 'tool_call', id: 'call_1', name: 'f', arguments: '{"z":1,"a":[]}', at: '' },
          { type: 'tool_call', id: 'call_2', name: 'sql', arguments: 'select 1', custom: true, at: '' },
        ],
        at: '',
      },
      { role: 'tool', parts: [{ type: 'tool_result', callId: 'call_1', content: [{ type: 'text', text: 'ok', at: '' }], at: '' }], at: '' },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool_result',
            callId: 'call_2',
            content: [
              { type: 'text', text: 'a', at: '' },
              { type: 'image', source: { kind: 'url', url: 'https://a' }, at: '' },
              { type: 'document', source: { kind: 'file', id: 'file-3' }, at: '' },
            ],
            at: '',
          },
        ],
        at: '',
      },
      {
        role: 'assistant',
        parts: [{ type: 'vendor', dialect: 'openai-responses', value: { type: 'web_search_call', id: 'ws_1' }, at: '' }],
        at: '',
      },
    ],
    tools: [
      { type: 'function', name: 'f', description: 'd', parameters: { type: 'object', properties: { z: {}, a: {} } }, strict: true, at: '' },
      { type: 'vendor', dialect: 'openai-responses', name: 'custom', value: { type: 'custom', name: 'sql' }, at: '' },
    ],
    toolChoice: { kind: 'allowed', names: ['f', 'sql'], required: true },
    parallelToolCalls: false,
  },
  settings: {
    stream: true,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'x', at: '' }], at: '' }],
    output: { kind: 'schema', name: 'n', description: 'd', schema: { type: 'object', b: 1, a: 2 }, strict: false },
    reasoning: { effort: 'none', summary: 'concise', show: true },
    maxOutputTokens: 64,
    temperature: 0,
    topP: 0.25,
    logprobs: { top: 0 },
    user: 'u',
    metadata: { a: 'b' },
    serviceTier: 'flex',
    promptCacheKey: 'k',
  },
  'a tool by its name': {
    stream: false,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'x', at: '' }], at: '' }],
    tools: [{ type: 'function', name: 'f', parameters: {}, strict: false, at: '' }],
    toolChoice: { kind: 'tool', name: 'f' },
    output: { kind: 'text' },
  },
}

/** Without places: these are of the body, and there is another body. */
function placeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === 'at' ? undefined : member)))
}

test('what was encoded decodes to the same conversation, nothing refused', () => {
  for (const [name, written] of Object.entries(CONVERSATIONS)) {
    const conversation: Conversation = { ...written, turns: placed(written.turns), others: {} }
    const target = { model: 'gpt-5.6-sol', outputLimit: written.maxOutputTokens, quirks: {} }
    const { body, unsupported } = openaiResponses.encodeRequest(conversation, target)
    assert.deepEqual(unsupported, [], name)
    const read = openaiResponses.read({ path: '', query: '', headers: {}, body })
    assert.ok(read.ok, name)
    const decoded = read.request.decode()
    assert.ok(decoded.ok, name)
    assert.deepEqual(placeless(decoded.conversation), placeless(conversation), name)
  }
})

/** Each turn in a place of its own; a part of a message in the message, what is an item in the place of the item. */
function placed(turns: readonly Turn[]): Turn[] {
  return turns.map((turn, index) => {
    const at = `/input/${index}`
    return { ...turn, at, parts: turn.parts.map((part) => ({ ...part, at: part.type === 'vendor' ? at : `${at}/content` })) }
  })
}
