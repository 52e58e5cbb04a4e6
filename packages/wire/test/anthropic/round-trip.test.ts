import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMessages } from '../../src/anthropic/decode.ts'
import { anthropic } from '../../src/anthropic/dialect.ts'
import { readMessages } from '../../src/anthropic/request.ts'
import type { Conversation, Part, Turn } from '../../src/canonical/conversation.ts'
import { conversation, target, withoutPlaces, type Json } from './support.ts'

function turn(role: Turn['role'], ...parts: Part[]): Turn {
  return { role, parts, at: '' }
}

const text = (value: string): Part => ({ type: 'text', text: value, at: '' })

const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } }
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }
const citation = { type: 'web_search_result_location', url: 'https://x.example', title: 'X', cited_text: 'x', encrypted_index: 'E' }

const RICH: [what: string, conversation: Conversation, model?: string][] = [
  ['a question', conversation({})],
  [
    'words of the system in blocks with breakpoints, and media',
    conversation({
      turns: [
        turn('system', { type: 'text', text: 'A', cacheControl: { ttl: '1h' }, at: '' }, text('B')),
        turn(
          'user',
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo' }, cacheControl: {}, at: '' },
          { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, at: '' },
          {
            type: 'document',
            source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi' },
            title: 'T',
            context: 'C',
            citations: true,
            at: '',
          },
          { type: 'document', source: { kind: 'url', url: 'https://x.example/a.pdf' }, citations: false, at: '' },
          { type: 'document', source: { kind: 'text', text: 'abc', mediaType: 'text/plain' }, at: '' },
          text('What is this?'),
        ),
      ],
    }),
  ],
  [
    'parallel tool calls with thinking before them, and results of every kind',
    conversation({
      stream: true,
      reasoning: { budgetTokens: 2_000 },
      tools: [
        {
          type: 'function',
          name: 'look-up_1',
          description: 'D',
          parameters: { type: 'object', properties: { z: { type: 'string' }, a: {} }, required: ['z'] },
          cacheControl: {},
          at: '',
        },
        { type: 'function', name: 'now', parameters: { type: 'object' }, strict: false, at: '' },
      ],
      toolChoice: { kind: 'auto' },
      parallelToolCalls: true,
      turns: [
        turn('user', text('A')),
        turn(
          'assistant',
          { type: 'reasoning', text: 'hm', signature: 'EqQB', origin: 'anthropic', at: '' },
          { type: 'reasoning', text: '', redacted: 'Emw', origin: 'anthropic', at: '' },
          text('Let me see'),
          { type: 'tool_call', id: 'toolu_1', name: 'look-up_1', arguments: '{"z":"é","a":[1,{"y":null}]}', at: '' },
          { type: 'tool_call', id: 'toolu_2', name: 'now', arguments: '{}', at: '' },
          { type: 'tool_call', id: 'toolu_3', name: 'now', arguments: '{}', at: '' },
        ),
        turn(
          'user',
          { type: 'tool_result', callId: 'toolu_1', content: [{ type: 'text', text: '12', at: '' }], at: '' },
          {
            type: 'tool_result',
            callId: 'toolu_2',
            content: [
              { type: 'text', text: 'a', at: '' },
              { type: 'image', source: { kind: 'url', url: 'https://x.example' }, at: '' },
              { type: 'document', source: { kind: 'text', text: 'abc', mediaType: 'text/plain' }, title: 'T', at: '' },
            ],
            isError: false,
            cacheControl: { ttl: '5m' },
            at: '',
          },
          { type: 'tool_result', callId: 'toolu_3', content: [], isError: true, at: '' },
          text('Go on'),
        ),
      ],
    }),
  ],
  [
    'tools that the vendor runs, their results and citations',
    conversation({
      tools: [
        {
          type: 'vendor',
          dialect: 'anthropic',
          name: 'web_search_20250305',
          value: { type: 'web_search_20250305', name: 'web_search' },
          at: '',
        },
      ],
      turns: [
        turn('user', text('A')),
        turn(
          'assistant',
          { type: 'vendor', dialect: 'anthropic', value: search, at: '' },
          { type: 'vendor', dialect: 'anthropic', value: found, at: '' },
          {
            type: 'text',
            text: 'B',
            citations: [{ url: 'https://x.example', title: 'X', citedText: 'x', raw: { dialect: 'anthropic', value: citation } }],
            at: '',
          },
        ),
        turn('user', text('C')),
      ],
    }),
  ],
  [
    'settings of an older model',
    conversation({
      temperature: 0.5,
      topK: 7,
      stop: ['a', 'b'],
      user: 'u',
      serviceTier: 'auto',
      cacheControl: { ttl: '1h' },
      maxOutputTokens: 8_000,
    }),
  ],
  [
    'settings of a newer model, with output by a schema',
    conversation({
      reasoning: { adaptive: true, effort: 'xhigh', show: true },
      serviceTier: 'default',
      output: {
        kind: 'schema',
        schema: {
          type: 'object',
          properties: { z: { type: 'string' }, a: { type: 'null' } },
          required: ['z'],
          additionalProperties: false,
        },
      },
    }),
    'claude-opus-5',
  ],
  ['thinking switched off', conversation({ reasoning: { budgetTokens: 0 } }), 'claude-opus-5'],
]

for (const [what, asked, model] of RICH) {
  test(`what is written is read again as it was: ${what}`, () => {
    const { body, unsupported } = anthropic.encodeRequest(asked, target(model))
    assert.deepEqual(unsupported, [])
    const decoded = decodeMessages(JSON.parse(body.toString()) as Json)
    assert.ok(decoded.ok, JSON.stringify(decoded))
    assert.deepEqual(withoutPlaces(decoded.conversation), withoutPlaces({ ...asked, maxOutputTokens: 8_000 }))
    const again = anthropic.encodeRequest(decoded.conversation, target(model))
    assert.equal(again.body.toString(), body.toString())
    assert.ok(readMessages({ path: '', query: '', headers: {}, body }).ok)
  })
}
