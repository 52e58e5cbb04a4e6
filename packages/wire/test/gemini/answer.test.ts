import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, AnswerFrame, Part, Stop } from '../../src/index.ts'
import { gemini } from '../../src/gemini/dialect.ts'
import type { JsonObject } from '../../src/json/object.ts'
import { answerBody, answerOf, conversation } from './support.ts'

const frame: AnswerFrame = {
  model: 'fast',
  requestId: 'req_1',
  created: 1,
  includeUsage: true,
  conversation: conversation({ reasoning: { show: true } }),
}
const USAGE = { ok: true, buckets: { input: 1, output: 2 } } as const

function partsOf(parts: unknown[]): Part[] {
  return answerOf(gemini.decodeAnswer(answerBody(parts))).choices[0]?.parts ?? []
}

function encoded(answer: Partial<Answer> & { parts?: Part[]; stop?: Stop }): JsonObject {
  const { parts = [], stop = { reason: 'stop' }, ...members } = answer
  return JSON.parse(
    gemini.encodeAnswer({ choices: [{ parts, stop }], usage: USAGE, ...members }, frame, USAGE.buckets).toString(),
  ) as JsonObject
}

function candidate(body: JsonObject): JsonObject {
  return (body['candidates'] as JsonObject[])[0] ?? {}
}

const STOPS: [finishReason: string, stop: Stop][] = [
  ['STOP', { reason: 'stop' }],
  ['MAX_TOKENS', { reason: 'length' }],
  ['SAFETY', { reason: 'content_filter', raw: 'SAFETY' }],
  ['RECITATION', { reason: 'content_filter', raw: 'RECITATION' }],
  ['BLOCKLIST', { reason: 'content_filter', raw: 'BLOCKLIST' }],
  ['IMAGE_SAFETY', { reason: 'content_filter', raw: 'IMAGE_SAFETY' }],
  ['MALFORMED_FUNCTION_CALL', { reason: 'error', raw: 'MALFORMED_FUNCTION_CALL' }],
  ['CONTINUATION', { reason: 'pause', raw: 'CONTINUATION' }],
  ['OTHER', { reason: 'stop', raw: 'OTHER' }],
  ['SOMETHING_NEW', { reason: 'stop', raw: 'SOMETHING_NEW' }],
]

test('R1: every finish reason has a neutral word; what is unknown is a stop, and its own word is kept', () => {
  for (const [finishReason, stop] of STOPS) {
    const body = answerBody([], { candidates: [{ content: { role: 'model' }, finishReason }] })
    assert.deepEqual(answerOf(gemini.decodeAnswer(body)).choices[0]?.stop, stop)
  }
})

test('R2: STOP after function calls is a stop for tool calls', () => {
  const [choice] = answerOf(gemini.decodeAnswer(answerBody([{ text: 'x' }, { functionCall: { name: 'f' } }]))).choices
  assert.deepEqual(choice?.stop, { reason: 'tool_calls' })
})

test('R3: a blocked prompt has no candidates, and is filtered content, with usage', () => {
  const usageMetadata = { promptTokenCount: 7, totalTokenCount: 7 }
  const body = Buffer.from(JSON.stringify({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata, modelVersion: 'm' }))
  const answer = answerOf(gemini.decodeAnswer(body))
  assert.deepEqual(answer.choices, [{ parts: [], stop: { reason: 'content_filter', raw: 'PROHIBITED_CONTENT' } }])
  assert.deepEqual([answer.usage, gemini.readAnswer(body)?.hasOutput], [{ ok: true, buckets: { input: 7, output: 0 } }, false])
})

test('what is no answer is none: an error under 200, cut JSON, HTML, an array', () => {
  const bodies = [
    '{"error":{"code":400,"message":"x"}}',
    '{"candidates":[',
    '<html>',
    '[{"candidates":[]}]',
    '{}',
    '{"candidates":[],"error":{}}',
  ]
  for (const body of bodies) assert.equal(gemini.readAnswer(Buffer.from(body)), undefined, body)
})

const PARTS: [what: string, given: unknown[], parts: Part[]][] = [
  ['text', [{ text: 'a' }, { text: '' }], [{ type: 'text', text: 'a', at: '' }]],
  ['thought', [{ text: 'a', thought: true }], [{ type: 'reasoning', text: 'a', at: '' }]],
  [
    'an image',
    [{ inlineData: { mimeType: 'image/png', data: 'AA' } }],
    [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, at: '' }],
  ],
  [
    'signed text',
    [{ text: 'a', thoughtSignature: 'S' }],
    [
      { type: 'text', text: 'a', at: '' },
      { type: 'vendor', dialect: 'gemini', value: { text: '', thoughtSignature: 'S' }, at: '' },
    ],
  ],
  ['code', [{ executableCode: { code: '1' } }], [{ type: 'vendor', dialect: 'gemini', value: { executableCode: { code: '1' } }, at: '' }]],
  [
    'a signed call',
    [{ functionCall: { id: 'own', name: 'f', args: { a: 1 } }, thoughtSignature: 'S' }],
    [{ type: 'tool_call', id: 'own', name: 'f', arguments: '{"a":1}', signature: 'S', at: '' }],
  ],
]

test('T2, T4: the parts of a candidate; arguments are text, `{}` where there are none; signatures stay with their calls', () => {
  for (const [what, given, parts] of PARTS) assert.deepEqual(partsOf(given), parts, what)
  const [call] = partsOf([{ functionCall: { name: 'f' } }])
  assert.equal(call?.type === 'tool_call' && call.arguments, '{}')
})

test('T3: ids of calls are the same each time an answer is read, and never those of another answer', () => {
  const calls = [{ functionCall: { name: 'f' } }, { functionCall: { name: 'f' } }]
  const idsIn = (members: JsonObject) =>
    (gemini.decodeAnswer(answerBody(calls, members))?.choices[0]?.parts ?? []).map((part) => part.type === 'tool_call' && part.id)
  const [first, second] = idsIn({})
  assert.deepEqual(idsIn({}), [first, second])
  const all = [
    first,
    second,
    ...idsIn({ responseId: 'r2' }),
    ...idsIn({ responseId: undefined }),
    ...idsIn({ responseId: undefined, createTime: 'x' }),
  ]
  assert.equal(new Set(all).size, 8)
  for (const id of all) assert.match(String(id), /^call_[0-9a-f]{24}$/)
})

test('citations go to their text, with bytes made characters, and back', () => {
  const text = 'Näh: Rome is old.'
  const start = Buffer.byteLength('Näh: ')
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }, { web: { uri: 'https://b.example' } }],
    groundingSupports: [{ segment: { startIndex: start, endIndex: start + 4, text: 'Rome' }, groundingChunkIndices: [0, 1] }],
  }
  const body = answerBody([], { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP', groundingMetadata }] })
  const answer = answerOf(gemini.decodeAnswer(body))
  const [part] = answer.choices[0]?.parts ?? []
  const citations = part?.type === 'text' ? part.citations : undefined
  assert.deepEqual(
    citations?.map(({ raw: _raw, ...citation }) => citation),
    [
      { url: 'https://a.example', title: 'A', citedText: 'Rome', start: 5, end: 9 },
      { url: 'https://b.example', citedText: 'Rome', start: 5, end: 9 },
    ],
  )
  const { groundingChunks, groundingSupports } = candidate(encoded(answer))['groundingMetadata'] as Record<string, JsonObject[]>
  assert.deepEqual(groundingChunks, groundingMetadata.groundingChunks)
  assert.deepEqual(groundingSupports?.[1], {
    segment: { startIndex: start, endIndex: start + 4, text: 'Rome' },
    groundingChunkIndices: [1],
  })
})

test('log probabilities, there and back', () => {
  const logprobsResult = {
    chosenCandidates: [{ token: 'a', logProbability: -0.5 }],
    topCandidates: [
      {
        candidates: [
          { token: 'a', logProbability: -0.5 },
          { token: 'b', logProbability: -1 },
        ],
      },
    ],
  }
  const answer = answerOf(
    gemini.decodeAnswer(answerBody([], { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP', logprobsResult }] })),
  )
  assert.deepEqual(answer.choices[0]?.logprobs, [
    {
      token: 'a',
      logprob: -0.5,
      top: [
        { token: 'a', logprob: -0.5 },
        { token: 'b', logprob: -1 },
      ],
    },
  ])
  assert.deepEqual(candidate(encoded(answer))['logprobsResult'], logprobsResult)
})

test('E8, U1: a caller gets parts in their order, the name that was asked for, an id, and usage from what is charged', () => {
  const parts: Part[] = [
    { type: 'reasoning', text: 'hm', signature: 'T', origin: 'anthropic', at: '' },
    { type: 'text', text: 'a', at: '' },
    { type: 'refusal', text: 'no', at: '' },
    { type: 'vendor', dialect: 'cohere', value: {}, at: '' },
    { type: 'tool_call', id: 'call_1', name: 'f', arguments: '{"a":1}', signature: 'S', at: '' },
    { type: 'tool_call', id: 'call_2', name: 'g', arguments: '', at: '' },
  ]
  assert.deepEqual(encoded({ parts, stop: { reason: 'tool_calls' }, id: 'chatcmpl-1', model: 'gpt' }), {
    candidates: [
      {
        content: {
          parts: [
            { text: 'hm', thought: true },
            { text: 'a' },
            { text: 'no' },
            { functionCall: { id: 'call_1', name: 'f', args: { a: 1 } }, thoughtSignature: 'S' },
            { functionCall: { id: 'call_2', name: 'g', args: {} } },
          ],
          role: 'model',
        },
        finishReason: 'STOP',
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    modelVersion: 'fast',
    responseId: 'req_1',
  })
})

test('M6: a caller who did not ask for thoughts sees none, in an answer and in a stream', () => {
  for (const reasoning of [undefined, {}, { show: false }]) {
    const silent = { ...frame, conversation: conversation(reasoning === undefined ? {} : { reasoning }) }
    const choices: Answer['choices'] = [
      {
        parts: [
          { type: 'reasoning', text: 'hm', at: '' },
          { type: 'text', text: 'a', at: '' },
        ],
        stop: { reason: 'stop' },
      },
    ]
    const body = JSON.parse(gemini.encodeAnswer({ choices, usage: USAGE }, silent, { input: 1 }).toString()) as JsonObject
    assert.deepEqual(candidate(body)['content'], { parts: [{ text: 'a' }], role: 'model' })
    assert.equal(gemini.streamEncoder(silent).encode([{ type: 'reasoning', choice: 0, text: 'hm' }]).length, 0)
  }
})

test('R1: stop reasons in Gemini’s words; an answer that says nothing has a part all the same', () => {
  const reasons: [stop: Stop, finishReason: string][] = [
    [{ reason: 'stop_sequence', sequence: 'x' }, 'STOP'],
    [{ reason: 'length' }, 'MAX_TOKENS'],
    [{ reason: 'context' }, 'MAX_TOKENS'],
    [{ reason: 'content_filter' }, 'SAFETY'],
    [{ reason: 'content_filter', raw: 'RECITATION' }, 'RECITATION'],
    [{ reason: 'refusal' }, 'SAFETY'],
    [{ reason: 'error', raw: 'ERROR' }, 'OTHER'],
    [{ reason: 'pause' }, 'OTHER'],
    [{ reason: 'stop', raw: 'OTHER' }, 'OTHER'],
    [{ reason: 'stop', raw: 'COMPLETE' }, 'STOP'],
  ]
  for (const [stop, finishReason] of reasons) assert.equal(candidate(encoded({ stop }))['finishReason'], finishReason)
  assert.deepEqual(candidate(encoded({}))['content'], { parts: [{ text: '' }], role: 'model' })
})

test('T2: no arguments, however they are said, are an empty object', () => {
  for (const text of ['', ' ', '{}', 'null']) {
    const body = encoded({ parts: [{ type: 'tool_call', id: '1', name: 'f', arguments: text, at: '' }] })
    assert.deepEqual(candidate(body)['content'], { parts: [{ functionCall: { id: '1', name: 'f', args: {} } }], role: 'model' })
  }
})

test('T2: a call whose arguments are no object is what Gemini calls a malformed one; usage is told', () => {
  const body = encoded({ parts: [{ type: 'tool_call', id: '1', name: 'f', arguments: '{"a":', at: '' }], stop: { reason: 'tool_calls' } })
  assert.deepEqual(
    [candidate(body)['finishReason'], candidate(body)['content']],
    ['MALFORMED_FUNCTION_CALL', { parts: [{ text: '' }], role: 'model' }],
  )
  assert.deepEqual(body['usageMetadata'], { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 })
})
