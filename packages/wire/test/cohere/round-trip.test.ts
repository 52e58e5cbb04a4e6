import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '../../src/canonical/conversation.ts'
import { cohere } from '../../src/cohere/dialect.ts'
import { read, TARGET } from './support.ts'

const RICH: Record<string, Conversation> = {
  plain: {
    stream: true,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '/messages/0/content' }], at: '/messages/0' }],
    others: {},
  },
  'blocks and settings': {
    stream: false,
    turns: [
      { role: 'system', parts: [{ type: 'text', text: 'be brief', at: '/messages/0/content' }], at: '/messages/0' },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'see', at: '/messages/1/content/0' },
          {
            type: 'image',
            source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgoAAAA=' },
            detail: 'low',
            at: '/messages/1/content/1',
          },
          { type: 'image', source: { kind: 'url', url: 'https://x/y.jpg' }, at: '/messages/1/content/2' },
        ],
        at: '/messages/1',
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', at: '/messages/2/content/0' },
          { type: 'text', text: 'a cat', at: '/messages/2/content/1' },
        ],
        at: '/messages/2',
      },
      { role: 'user', parts: [{ type: 'text', text: 'thanks', at: '/messages/3/content' }], at: '/messages/3' },
    ],
    output: { kind: 'schema', schema: { type: 'object', properties: { z: {}, a: {} } } },
    reasoning: { budgetTokens: 200, show: true },
    maxOutputTokens: 900,
    temperature: 0,
    topP: 0.5,
    topK: 20,
    seed: 7,
    presencePenalty: 0.25,
    stop: ['END'],
    logprobs: {},
    others: {},
  },
  tools: {
    stream: true,
    turns: [
      { role: 'user', parts: [{ type: 'text', text: 'weather?', at: '/messages/0/content' }], at: '/messages/0' },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'I will look', at: '/messages/1/tool_plan' },
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
            content: [
              { type: 'text', text: 'see', at: '/messages/2/content/0' },
              {
                type: 'document',
                source: { kind: 'text', text: '{"t":3}', mediaType: 'application/json' },
                filename: 'd',
                at: '/messages/2/content/1/document',
              },
            ],
            at: '/messages/2',
          },
        ],
        at: '/messages/2',
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool_result', callId: 'n_2', content: [{ type: 'text', text: 'noon', at: '/messages/3/content' }], at: '/messages/3' },
        ],
        at: '/messages/3',
      },
    ],
    tools: [
      {
        type: 'function',
        name: 'weather',
        description: 'd',
        parameters: { type: 'object', properties: { z: {}, a: {} } },
        strict: true,
        at: '/tools/0',
      },
    ],
    toolChoice: { kind: 'required' },
    reasoning: { effort: 'none', budgetTokens: 0 },
    others: {},
  },
  documents: {
    stream: false,
    turns: [
      {
        role: 'user',
        parts: [
          {
            type: 'document',
            source: { kind: 'text', text: 'x', mediaType: 'text/plain' },
            title: 'T',
            filename: 'doc-a',
            citations: true,
            at: '/documents/0',
          },
          {
            type: 'document',
            source: { kind: 'text', text: '{"k":[1]}', mediaType: 'application/json' },
            citations: true,
            at: '/documents/1',
          },
          { type: 'text', text: 'sum up', at: '/messages/0/content' },
        ],
        at: '/messages/0',
      },
    ],
    toolChoice: { kind: 'none' },
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, at: '/tools/0' }],
    others: {},
  },
}

for (const [name, conversation] of Object.entries(RICH)) {
  test(`what is encoded is decoded to the same conversation: ${name}`, () => {
    const target = { ...TARGET, outputLimit: conversation.maxOutputTokens }
    const { body, unsupported } = cohere.encodeRequest(conversation, target)
    assert.deepEqual(unsupported, [])
    const result = read(body).decode()
    assert.ok(result.ok)
    assert.deepEqual(result.conversation, conversation)
  })

  test(`T9: the same conversation gives the same bytes: ${name}`, () => {
    assert.deepEqual(cohere.encodeRequest(conversation, TARGET).body, cohere.encodeRequest(structuredClone(conversation), TARGET).body)
  })
}
