import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Part, Turn } from '../../src/index.ts'
import { conversationOf, encode, placeless, read } from './support.ts'

function turn(role: Turn['role'], ...parts: Part[]): Turn {
  return { role, parts, at: '' }
}

const PNG = { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } as const
const SCHEMA = { type: 'object', properties: { z: { type: 'string' }, a: { $ref: '#/$defs/n' } }, $defs: { n: { type: 'number' } } }

const CONVERSATIONS: [what: string, said: Omit<Conversation, 'stream' | 'others'>][] = [
  [
    'talk with media',
    {
      turns: [
        turn('system', { type: 'text', text: 'Be brief.', at: '' }),
        turn(
          'user',
          { type: 'text', text: 'What is this? 🙂', at: '' },
          { type: 'image', source: PNG, at: '' },
          { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png', mediaType: 'image/png' }, at: '' },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, at: '' },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' }, at: '' },
          { type: 'video', source: { kind: 'file', id: 'gs://bucket/v.mp4', mediaType: 'video/mp4' }, at: '' },
        ),
        turn('assistant', { type: 'text', text: 'A picture.', at: '' }),
        turn('user', { type: 'text', text: 'And?', at: '' }),
      ],
    },
  ],
  [
    'agents: thought, parallel and sequential calls, results with errors and images',
    {
      turns: [
        turn('user', { type: 'text', text: 'Weather?', at: '' }),
        turn(
          'assistant',
          { type: 'reasoning', text: 'Two cities.', signature: 'U0lHMQ==', origin: 'gemini', at: '' },
          { type: 'tool_call', id: 'call_a', name: 'weather', arguments: '{"city":"Rome","days":[1,2]}', signature: 'U0lHMg==', at: '' },
          { type: 'tool_call', id: 'call_b', name: 'weather', arguments: '{"city":"Oslo"}', at: '' },
        ),
        turn(
          'user',
          { type: 'tool_result', callId: 'call_a', name: 'weather', content: [{ type: 'text', text: '{"sun":true}', at: '' }], at: '' },
          {
            type: 'tool_result',
            callId: 'call_b',
            name: 'weather',
            content: [{ type: 'text', text: 'no station', at: '' }],
            isError: true,
            at: '',
          },
        ),
        turn('assistant', { type: 'tool_call', id: 'call_c', name: 'map.draw-1', arguments: '{}', signature: 'U0lHMw==', at: '' }),
        turn('user', {
          type: 'tool_result',
          callId: 'call_c',
          name: 'map.draw-1',
          content: [
            { type: 'text', text: 'drawn', at: '' },
            { type: 'image', source: PNG, at: '' },
          ],
          at: '',
        }),
        turn(
          'assistant',
          { type: 'text', text: 'Sunny.', at: '' },
          { type: 'reasoning', text: '', signature: 'U0lHNA==', origin: 'gemini', at: '' },
        ),
        turn('user', { type: 'text', text: 'Thanks', at: '' }),
      ],
      tools: [
        { type: 'function', name: 'weather', description: 'Looks it up', parameters: SCHEMA, strict: true, at: '' },
        { type: 'function', name: 'map.draw-1', strict: true, at: '' },
        { type: 'vendor', dialect: 'gemini', name: 'googleSearch', value: { timeRangeFilter: {} }, at: '' },
      ],
      toolChoice: { kind: 'auto' },
    },
  ],
  [
    'every setting',
    {
      turns: [turn('user', { type: 'text', text: 'hi', at: '' })],
      tools: [{ type: 'function', name: 'f', at: '' }],
      toolChoice: { kind: 'allowed', names: ['f', 'g'], required: true },
      temperature: 0,
      topP: 0.1,
      topK: 3,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      seed: 7,
      maxOutputTokens: 100,
      choices: 2,
      stop: ['a', 'b'],
      output: { kind: 'schema', schema: SCHEMA },
      reasoning: { effort: 'low', show: true },
      logprobs: { top: 2 },
      metadata: { team: 'a' },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      serviceTier: 'flex',
    },
  ],
  [
    'parts and members that only Gemini knows',
    {
      turns: [
        turn('user', {
          type: 'vendor',
          dialect: 'gemini',
          value: { fileData: { fileUri: 'https://youtu.be/x' }, videoMetadata: { fps: 2 } },
          at: '',
        }),
        turn('assistant', { type: 'vendor', dialect: 'gemini', value: { executableCode: { code: '1+1', language: 'PYTHON' } }, at: '' }),
        turn('user', { type: 'text', text: 'Why?', at: '' }),
      ],
      tools: [{ type: 'vendor', dialect: 'gemini', name: 'codeExecution', value: {}, at: '' }],
      reasoning: { adaptive: true },
      output: { kind: 'json' },
    },
  ],
]

for (const [what, said] of CONVERSATIONS) {
  for (const stream of [false, true]) {
    test(`encoded and decoded again, a conversation is the same: ${what}${stream ? ', streamed' : ''}`, () => {
      const whole: Conversation = { stream, others: {}, ...said }
      const { body, unsupported } = encode(whole, 'gemini-3-flash-preview')
      const path = `/v1beta/models/gemini-3-flash-preview:${stream ? 'streamGenerateContent' : 'generateContent'}`
      assert.deepEqual(placeless(conversationOf(read(body, path).decode())), whole)
      assert.deepEqual(unsupported, [])
    })
  }
}

test('M9: members that only Gemini knows are sent on where the caller spoke Gemini', () => {
  const others = {
    cachedContent: 'cachedContents/1',
    generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW', speechConfig: { a: 1 }, responseModalities: ['AUDIO'] },
    toolConfig: { retrievalConfig: { latLng: {} } },
  }
  const { body } = encode(conversationOf(read({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...others }).decode()))
  assert.deepEqual(body, { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...others })
})
