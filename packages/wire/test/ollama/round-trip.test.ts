import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '../../src/canonical/conversation.ts'
import { ollama } from '../../src/ollama/dialect.ts'
import { read, TARGET } from './support.ts'

const RICH: Record<string, Conversation> = {
  plain: {
    stream: true,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '/messages/0/content' }], at: '/messages/0' }],
    others: {},
  },
  'images and settings': {
    stream: false,
    turns: [
      { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '/messages/0/content' }], at: '/messages/0' },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'see', at: '/messages/1/content' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgoAAAA=' }, at: '/messages/1/images/0' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/AAAA' }, at: '/messages/1/images/1' },
        ],
        at: '/messages/1',
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', at: '/messages/2/thinking' },
          { type: 'text', text: 'a cat', at: '/messages/2/content' },
        ],
        at: '/messages/2',
      },
      { role: 'user', parts: [{ type: 'text', text: 'thanks', at: '/messages/3/content' }], at: '/messages/3' },
    ],
    output: { kind: 'schema', schema: { type: 'object', properties: { z: {}, a: {} } } },
    reasoning: { effort: 'none', budgetTokens: 0 },
    maxOutputTokens: 900,
    stop: ['END'],
    logprobs: { top: 2 },
    temperature: 0,
    topP: 0.5,
    topK: 20,
    minP: 0.05,
    seed: 7,
    repetitionPenalty: 1.1,
    presencePenalty: 0.25,
    frequencyPenalty: -0.5,
    others: {},
  },
  tools: {
    stream: true,
    turns: [
      { role: 'user', parts: [{ type: 'text', text: 'weather?', at: '/messages/0/content' }], at: '/messages/0' },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'I will look', at: '/messages/1/content' },
          {
            type: 'tool_call',
            id: 'w_1',
            name: 'weather',
            arguments: '{"city":"Köln","n":12345678901234567890}',
            at: '/messages/1/tool_calls/0',
          },
          { type: 'tool_call', id: 'n_2', name: 'now', arguments: '{}', at: '/messages/1/tool_calls/1' },
        ],
        at: '/messages/1',
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool_result',
            callId: 'w_1',
            name: 'weather',
            content: [{ type: 'text', text: '3', at: '/messages/2/content' }],
            at: '/messages/2',
          },
        ],
        at: '/messages/2',
      },
      {
        role: 'tool',
        parts: [{ type: 'tool_result', callId: 'n_2', name: 'now', content: [], at: '/messages/3' }],
        at: '/messages/3',
      },
    ],
    tools: [
      { type: 'function', name: 'weather', description: 'd', parameters: { type: 'object', properties: { z: {}, a: {} } }, at: '/tools/0' },
    ],
    output: { kind: 'json' },
    reasoning: { adaptive: true, show: true },
    others: {},
  },
}

for (const [name, conversation] of Object.entries(RICH)) {
  test(`what is encoded is decoded to the same conversation: ${name}`, () => {
    const target = { ...TARGET, outputLimit: conversation.maxOutputTokens }
    const { body, unsupported } = ollama.encodeRequest(conversation, target)
    assert.deepEqual(unsupported, [])
    const result = read(body).decode()
    assert.ok(result.ok)
    assert.deepEqual(result.conversation, conversation)
  })

  test(`T9: the same conversation gives the same bytes: ${name}`, () => {
    assert.deepEqual(ollama.encodeRequest(conversation, TARGET).body, ollama.encodeRequest(structuredClone(conversation), TARGET).body)
  })
}
