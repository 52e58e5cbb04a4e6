import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Part, Quirks, Turn } from '../../src/index.ts'
import { conversationOf, decoded, encoded, placeless } from './support.ts'

const text = (value: string): Part => ({ type: 'text', text: value, at: '' })
const turn = (role: Turn['role'], ...parts: Part[]): Turn => ({ role, parts, at: '' })

const AGENT: Turn[] = [
  turn('system', text('Be brief.')),
  turn('developer', { type: 'text', text: 'Use tools.', cacheControl: { ttl: '1h' }, at: '' }),
  {
    ...turn('user', text('What is in the picture?'), {
      type: 'image',
      source: { kind: 'url', url: 'https://x/i.png' },
      detail: 'high',
      at: '',
    }),
    name: 'ann',
  },
  turn(
    'assistant',
    { type: 'reasoning', text: 'I should look.', at: '' },
    text('I look.'),
    { type: 'tool_call', id: 'call_1', name: 'see', arguments: '{"z":1,"a":[{"k":null}]}', at: '' },
    { type: 'tool_call', id: 'call_2', name: 'sh', arguments: 'ls', custom: true, at: '' },
  ),
  turn('tool', { type: 'tool_result', callId: 'call_1', content: [{ type: 'text', text: 'a cat', at: '' }], at: '' }),
  turn('tool', {
    type: 'tool_result',
    callId: 'call_2',
    content: [
      { type: 'text', text: 'one', at: '' },
      { type: 'text', text: 'two', at: '' },
    ],
    at: '',
  }),
  turn('assistant', { type: 'refusal', text: 'I will not say.', at: '' }),
  turn('user', text('Then draw it.'), text('Please.')),
]

const CONVERSATIONS: [what: string, conversation: Conversation, quirks: Quirks][] = [
  ['an agent’s turns', conversationOf({ turns: AGENT }), { reasoningContentBack: true }],
  [
    'signed and hidden reasoning',
    conversationOf({
      turns: [
        turn('user', text('go')),
        turn(
          'assistant',
          { type: 'reasoning', text: 'so', signature: 'sig', origin: 'openai-chat', at: '' },
          { type: 'reasoning', text: '', redacted: 'data', origin: 'openai-chat', id: 'rs_1', at: '' },
          text('done'),
        ),
        turn('user', text('on')),
      ],
    }),
    {},
  ],
  [
    'media of every kind',
    conversationOf({
      turns: [
        turn(
          'user',
          text('compare'),
          { type: 'image', source: { kind: 'base64', mediaType: 'image/gif', data: 'R0lGODlhAQABAAAAACw=' }, cacheControl: {}, at: '' },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'SUQz' }, at: '' },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, filename: 'a.pdf', at: '' },
          { type: 'document', source: { kind: 'file', id: 'file-1' }, at: '' },
          { type: 'video', source: { kind: 'url', url: 'https://x/v.mp4' }, at: '' },
          { type: 'vendor', dialect: 'openai-chat', value: { type: 'document_url', document_url: 'https://x/d.pdf' }, at: '' },
        ),
      ],
    }),
    {},
  ],
  [
    'every setting',
    conversationOf({
      stream: true,
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'd',
          parameters: { type: 'object', properties: { z: { $ref: '#/$defs/x' }, a: {} }, $defs: { x: {} } },
          strict: true,
          cacheControl: {},
          at: '',
        },
        { type: 'vendor', dialect: 'openai-chat', name: 'custom', value: { type: 'custom', custom: { name: 'sh' } }, at: '' },
      ],
      toolChoice: { kind: 'allowed', names: ['f', 'sh'], required: true },
      parallelToolCalls: false,
      output: { kind: 'schema', schema: { type: 'object', properties: { z: {}, a: {} } }, name: 'n', description: 'd', strict: false },
      reasoning: { effort: 'minimal' },
      maxOutputTokens: 77,
      temperature: 0,
      topP: 1,
      topK: 1,
      minP: 0.5,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      repetitionPenalty: 1.5,
      seed: 0,
      stop: ['a', 'b', 'c', 'd'],
      choices: 2,
      logitBias: { '7': 5 },
      logprobs: { top: 0 },
      user: 'u',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'k',
      cacheControl: { ttl: '5m' },
    }),
    {},
  ],
]

for (const [what, conversation, quirks] of CONVERSATIONS) {
  test(`what is written is read back as it was: ${what}`, () => {
    const { body, unsupported } = encoded(conversation, quirks, conversation.maxOutputTokens)
    assert.deepEqual(unsupported, [])
    const back = decoded(body)
    assert.deepEqual(placeless(back), placeless(conversation))
    assert.deepEqual(encoded(back, quirks, conversation.maxOutputTokens).body, body)
    assert.equal(JSON.stringify(back.tools?.map(keys)), JSON.stringify(conversation.tools?.map(keys)))
  })
}

/** The keys of a schema, in their order (T9). */
function keys(tool: NonNullable<Conversation['tools']>[number]): string {
  return tool.type === 'function' ? JSON.stringify(tool.parameters) : JSON.stringify(tool.value)
}

test('places lead into the caller’s body', () => {
  const { turns, tools } = decoded(encoded(CONVERSATIONS[0]?.[1] ?? conversationOf({}), { reasoningContentBack: true }).body)
  const places = turns.flatMap(({ at, parts }) => [at, ...parts.map((part) => part.at)])
  assert.equal(new Set(places).size >= turns.length, true)
  for (const place of places) assert.match(place, /^\/messages\/\d+(\/|$)/)
  assert.equal(tools, undefined)
})
