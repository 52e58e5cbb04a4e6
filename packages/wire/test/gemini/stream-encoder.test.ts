import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SseSplitter, type AnswerFrame, type StreamEncoder, type StreamEvent } from '../../src/index.ts'
import { ArraySplitter } from '../../src/gemini/array-splitter.ts'
import { gemini, geminiArray } from '../../src/gemini/dialect.ts'
import type { JsonObject } from '../../src/json/object.ts'
import { conversation } from './support.ts'

const frame: AnswerFrame = {
  model: 'fast',
  requestId: 'req_1',
  created: 1,
  includeUsage: true,
  conversation: conversation({ reasoning: { show: true } }),
}

const EVENTS: StreamEvent[][] = [
  [{ type: 'start', id: 'chatcmpl-1', model: 'gpt' }],
  [
    { type: 'reasoning', choice: 0, text: 'hm' },
    { type: 'reasoning_signature', choice: 0, signature: 'S' },
    { type: 'text', choice: 0, text: 'a' },
  ],
  [{ type: 'text', choice: 0, text: '' }],
  [{ type: 'tool_call', choice: 0, call: 0, id: 'c0', name: 'f', signature: 'T' }],
  [{ type: 'tool_arguments', choice: 0, call: 0, text: '{"x":' }],
  [
    { type: 'tool_call', choice: 0, call: 1, id: 'c1', name: 'g' },
    { type: 'tool_arguments', choice: 0, call: 1, text: '' },
  ],
  [{ type: 'tool_arguments', choice: 0, call: 0, text: '1}' }],
  [
    { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } },
    { type: 'usage', usage: { ok: true, buckets: { input: 1 } } },
    { type: 'done' },
  ],
]

const FRAMED = [
  { what: 'events', dialect: gemini, splitter: () => new SseSplitter() },
  { what: 'an array', dialect: geminiArray, splitter: () => new ArraySplitter() },
]

for (const { what, dialect, splitter } of FRAMED) {
  test(`S2, S4, T1: a stream for a caller as ${what}: a chunk for what is shown, calls when they are whole, one end, with usage`, () => {
    const encoder = dialect.streamEncoder(frame)
    const before = encoder.ids.id
    const written = [...EVENTS.map((events) => encoder.encode(events)), encoder.end({ input: 3, output: 4 })]
    assert.deepEqual(
      written.map((bytes) => bytes.length > 0),
      [false, true, false, false, false, false, false, true, true],
    )
    assert.deepEqual([before, encoder.ids.id], [undefined, 'req_1'])
    const cutter = splitter()
    const chunks = cutter.push(Buffer.concat(written)).flatMap(({ data }) => (data === undefined ? [] : [JSON.parse(data) as JsonObject]))
    const shown = chunks.map(({ candidates }) => (candidates as { content: { parts: unknown[] }; finishReason?: string }[])[0])
    assert.deepEqual(
      shown.map((candidate) => [candidate?.content.parts, candidate?.finishReason]),
      [
        [[{ text: 'hm', thought: true }], undefined],
        [[{ text: 'a' }], undefined],
        [
          [
            { functionCall: { id: 'c0', name: 'f', args: { x: 1 } }, thoughtSignature: 'T' },
            { functionCall: { id: 'c1', name: 'g', args: {} } },
          ],
          undefined,
        ],
        [[{ text: '' }], 'STOP'],
      ],
    )
    assert.deepEqual(
      chunks.map(({ usageMetadata }) => usageMetadata),
      [undefined, undefined, undefined, { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 }],
    )
    assert.ok(chunks.every(({ modelVersion, responseId }) => modelVersion === 'fast' && responseId === 'req_1'))
    assert.doesNotMatch(Buffer.concat(written).toString(), /\[DONE\]/)
  })
}

test('a stream as an array is one JSON text, also where it says nothing', () => {
  const whole = geminiArray.streamEncoder(frame)
  const text = Buffer.concat([...EVENTS.map((events) => whole.encode(events)), whole.end({})]).toString()
  assert.equal((JSON.parse(text) as unknown[]).length, 4)
  const silent = JSON.parse(geminiArray.streamEncoder(frame).end({ input: 1 }).toString()) as JsonObject[]
  assert.deepEqual(silent[0]?.['candidates'], [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }])
})

test('T1: a call that is whole goes before the text that follows it; one that is not waits for the rest, or was broken', () => {
  const begun = (): { encoder: StreamEncoder; text: string } => {
    const encoder = gemini.streamEncoder(frame)
    const events: StreamEvent[] = [
      { type: 'tool_call', choice: 0, call: 0, id: 'c0', name: 'f' },
      { type: 'tool_arguments', choice: 0, call: 0, text: '{}' },
      { type: 'tool_call', choice: 0, call: 1, id: 'c1', name: 'g' },
      { type: 'tool_arguments', choice: 0, call: 1, text: '{"a"' },
      { type: 'text', choice: 0, text: 'x' },
    ]
    return { encoder, text: encoder.encode(events).toString() }
  }
  const { encoder, text } = begun()
  assert.match(text, /"parts":\[\{"functionCall":\{"id":"c0","name":"f","args":\{\}\}\},\{"text":"x"\}\]/)
  encoder.encode([{ type: 'tool_arguments', choice: 0, call: 1, text: ':1}' }])
  const whole = encoder.end({ input: 1 }).toString()
  assert.match(whole, /"parts":\[\{"functionCall":\{"id":"c1","name":"g","args":\{"a":1\}\}\}\],"role":"model"\},"finishReason":"STOP"/)
  assert.match(begun().encoder.end({ input: 1 }).toString(), /"finishReason":"MALFORMED_FUNCTION_CALL"/)
})

test('several choices end together, each with its own reason; media, citations and log probabilities are shown', () => {
  const encoder = gemini.streamEncoder(frame)
  const shown = encoder.encode([
    { type: 'part', choice: 1, part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, at: '' } },
    { type: 'part', choice: 1, part: { type: 'vendor', dialect: 'anthropic', value: {}, at: '' } },
    { type: 'citation', choice: 0, citation: { url: 'https://a.example', citedText: 'x' } },
    { type: 'text', choice: 0, text: 'y', logprobs: [{ token: 'y', logprob: -1, top: [] }] },
    { type: 'finish', choice: 1, stop: { reason: 'length' } },
    { type: 'finish', choice: 0, stop: { reason: 'content_filter' } },
  ])
  assert.equal(shown.toString().match(/data: /g)?.length, 3)
  assert.match(shown.toString(), /"inlineData":\{"mimeType":"image\/png","data":"AA"\}\}\],"role":"model"\},"index":1/)
  assert.match(shown.toString(), /"groundingChunks":\[\{"web":\{"uri":"https:\/\/a.example"\}\}\]/)
  assert.match(shown.toString(), /"chosenCandidates":\[\{"token":"y","logProbability":-1\}\]/)
  const end = JSON.parse(encoder.end({ input: 1 }).toString().slice(6)) as { candidates: JsonObject[] }
  assert.deepEqual(
    end.candidates.map(({ index, finishReason }) => [index, finishReason]),
    [
      [0, 'SAFETY'],
      [1, 'MAX_TOKENS'],
    ],
  )
})

test('S11: arguments are collected up to a bound, whatever the number of calls', () => {
  const encoder = gemini.streamEncoder(frame)
  const large = 'x'.repeat(600_000)
  const half: StreamEvent[] = [
    { type: 'tool_call', choice: 0, call: 0, id: 'c', name: 'f' },
    { type: 'tool_arguments', choice: 0, call: 0, text: `{"a":"${large}"}` },
  ]
  for (let count = 0; count < 5; count++) encoder.encode([...half, { type: 'text', choice: 0, text: 'y' }])
  encoder.encode(half)
  assert.throws(() => encoder.encode([{ type: 'tool_arguments', choice: 0, call: 0, text: large }]), /larger than/)
})
