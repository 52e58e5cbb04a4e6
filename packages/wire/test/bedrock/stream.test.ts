import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bedrock } from '../../src/bedrock/dialect.ts'
import { EventStreamSplitter } from '../../src/bedrock/event-stream-splitter.ts'
import type { StreamEvent } from '../../src/index.ts'
import { event, exception, message } from './frames.ts'

type Said = [type: string, payload: unknown]

function decode(...said: Said[]): StreamEvent[] {
  const splitter = new EventStreamSplitter()
  const decoder = bedrock.streamDecoder()
  return said
    .map(([type, payload]) => (type.endsWith('xception') ? exception(type, payload) : event(type, payload)))
    .flatMap((bytes) => splitter.push(bytes))
    .flatMap((raw) => decoder.decode(raw))
}

function delta(contentBlockIndex: number, value: unknown): Said {
  return ['contentBlockDelta', { contentBlockIndex, delta: value, p: 'abcdefgh' }]
}

function stopBlock(contentBlockIndex: number): Said {
  return ['contentBlockStop', { contentBlockIndex }]
}

function startTool(contentBlockIndex: number, name: string, rest: Record<string, unknown> = {}): Said {
  return ['contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: `id-${name}`, name, ...rest } } }]
}

const END: Said = ['messageStop', { stopReason: 'end_turn' }]
const USAGE: Said = ['metadata', { usage: { inputTokens: 12, outputTokens: 5, totalTokens: 17 }, metrics: { latencyMs: 8 } }]

test('an answer: its beginning, text, stop reason and usage; padding and empty deltas say nothing', () => {
  const events = decode(
    ['messageStart', { role: 'assistant', p: 'abc' }],
    delta(0, { text: '' }),
    delta(0, { text: 'OK' }),
    stopBlock(0),
    END,
    USAGE,
  )
  assert.deepEqual(events, [
    { type: 'start' },
    { type: 'text', choice: 0, text: 'OK' },
    { type: 'finish', choice: 0, stop: { reason: 'stop' } },
    { type: 'usage', usage: { ok: true, buckets: { input: 12, output: 5 } } },
  ])
})

test('S4: thought and text are told apart by their content; a signature ends the thought', () => {
  assert.deepEqual(
    decode(
      delta(0, { reasoningContent: { text: 'hm' } }),
      delta(0, { reasoningContent: { signature: 'S' } }),
      stopBlock(0),
      delta(1, { text: 'Hi' }),
    ),
    [
      { type: 'reasoning', choice: 0, text: 'hm' },
      { type: 'reasoning_signature', choice: 0, signature: 'S', origin: 'bedrock' },
      { type: 'text', choice: 0, text: 'Hi' },
    ],
  )
})

test('M6: thought that is not shown is put together from its pieces', () => {
  assert.deepEqual(
    decode(
      delta(0, { reasoningContent: { redactedContent: 'AAA' } }),
      delta(0, { reasoningContent: { redactedContent: 'BBB' } }),
      stopBlock(0),
    ),
    [{ type: 'redacted_reasoning', choice: 0, data: 'AAABBB', origin: 'bedrock' }],
  )
})

test('T1: parallel calls are counted in order of their beginning; fragments find their call though blocks interleave', () => {
  const events = decode(
    startTool(1, 'a'),
    startTool(2, 'b'),
    delta(2, { toolUse: { input: '{"x":' } }),
    delta(1, { toolUse: { input: '{}' } }),
    delta(2, { toolUse: { input: '1}' } }),
    stopBlock(1),
    stopBlock(2),
    ['messageStop', { stopReason: 'tool_use' }],
  )
  assert.deepEqual(events, [
    { type: 'tool_call', choice: 0, call: 0, id: 'id-a', name: 'a' },
    { type: 'tool_call', choice: 0, call: 1, id: 'id-b', name: 'b' },
    { type: 'tool_arguments', choice: 0, call: 1, text: '{"x":' },
    { type: 'tool_arguments', choice: 0, call: 0, text: '{}' },
    { type: 'tool_arguments', choice: 0, call: 1, text: '1}' },
    { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } },
  ])
})

test('T2: a call without arguments has empty ones, also if its block never ends; an object is understood; lost beginnings are not', () => {
  const none = [
    { type: 'tool_call', choice: 0, call: 0, id: 'id-f', name: 'f' },
    { type: 'tool_arguments', choice: 0, call: 0, text: '{}' },
  ]
  assert.deepEqual(decode(startTool(0, 'f'), delta(0, { toolUse: { input: '' } }), stopBlock(0)), none)
  assert.deepEqual(decode(startTool(0, 'f'), END), [...none, { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } }])
  assert.deepEqual(decode(startTool(0, 'f'), delta(0, { toolUse: { input: {} } }), stopBlock(0)), none)
  assert.deepEqual(decode(delta(0, { toolUse: { input: '{}' } }), stopBlock(0)), [])
})

test('S8: a fragment of arguments is told with the event that brings it', () => {
  const decoder = bedrock.streamDecoder()
  const read = (name: string, data: unknown): StreamEvent[] =>
    decoder.decode({ raw: Buffer.alloc(0), event: name, data: JSON.stringify(data) })
  read(...startTool(0, 'f'))
  assert.deepEqual(read(...delta(0, { toolUse: { input: '{"lo' } })), [{ type: 'tool_arguments', choice: 0, call: 0, text: '{"lo' }])
})

test('a tool that the vendor runs itself is not told', () => {
  assert.deepEqual(
    decode(startTool(0, 'nova_grounding', { type: 'server_tool_use' }), delta(0, { toolUse: { input: '{}' } }), stopBlock(0), END),
    [{ type: 'finish', choice: 0, stop: { reason: 'stop' } }],
  )
})

test('citations follow the text that they belong to, though they come before it', () => {
  const citation = { title: 'doc', sourceContent: [{ text: 'source' }], location: { documentChar: { documentIndex: 1, start: 3, end: 9 } } }
  assert.deepEqual(decode(delta(1, { citation }), delta(1, { text: 'cited' }), stopBlock(1)), [
    { type: 'text', choice: 0, text: 'cited' },
    {
      type: 'citation',
      choice: 0,
      citation: { title: 'doc', citedText: 'source', document: 1, raw: { dialect: 'bedrock', value: citation } },
    },
  ])
})

test('R3: which stop sequence matched', () => {
  const end: Said = ['messageStop', { stopReason: 'stop_sequence', additionalModelResponseFields: { delta: { stop_sequence: 'END' } } }]
  assert.deepEqual(decode(end), [{ type: 'finish', choice: 0, stop: { reason: 'stop_sequence', sequence: 'END' } }])
})

const EXCEPTIONS = [
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
  'somethingNewException',
]

for (const name of EXCEPTIONS) {
  test(`E3: ${name} in the stream is an error`, () => {
    assert.deepEqual(decode([name, { message: 'no luck', originalStatusCode: 500 }]), [
      { type: 'error', message: `${name}: no luck`, raw: { type: name, message: 'no luck', originalStatusCode: 500 } },
    ])
  })
}

test('E3: an error of the framing is an error, and so is an exception whose body is no JSON', () => {
  const decoder = bedrock.streamDecoder()
  const splitter = new EventStreamSplitter()
  const framing = message({ ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'it broke' }, '')
  const plain = message({ ':message-type': 'exception', ':exception-type': 'throttlingException' }, 'slow down')
  const errors = splitter.push(Buffer.concat([framing, plain])).flatMap((raw) => decoder.decode(raw))
  assert.deepEqual(errors, [
    { type: 'error', message: 'InternalFailure: it broke', raw: { type: 'InternalFailure', code: 'InternalFailure', message: 'it broke' } },
    { type: 'error', message: 'throttlingException', raw: { type: 'throttlingException', message: 'slow down' } },
  ])
})

test('events that are new, broken or empty say nothing, and throw nothing', () => {
  assert.deepEqual(
    decode(
      ['initial-response', {}],
      ['contentBlockDelta', 'text'],
      ['contentBlockDelta', {}],
      ['contentBlockStart', {}],
      ['metadata', {}],
      ['contentBlockStop', {}],
    ),
    [],
  )
  const decoder = bedrock.streamDecoder()
  assert.deepEqual(decoder.decode({ raw: Buffer.alloc(0), event: 'contentBlockDelta', data: '{"contentBlockInd' }), [])
  assert.deepEqual(decoder.decode({ raw: Buffer.alloc(0), event: undefined, data: undefined }), [])
})

test('M16: read beside a pass-through, everything from the stop reason on is kept back, and no event is the last', () => {
  const splitter = new EventStreamSplitter()
  const reader = bedrock.streamReader(1)
  const bytes = [delta(0, { text: 'OK' }), stopBlock(0), END, USAGE].map((said) => event(...said))
  const steps = splitter.push(Buffer.concat(bytes)).map((raw) => reader.read(raw))
  assert.deepEqual(
    steps.map(({ kind, text, finished, keepBack }) => [kind, text, finished, keepBack]),
    [
      ['delta', 'OK', false, undefined],
      ['other', '', false, undefined],
      ['delta', '', true, true],
      ['usage', '', true, true],
    ],
  )
  assert.equal(bedrock.missingEnd?.length, 0)
})

test('S11: what is kept of a block is bounded, whatever comes in it', () => {
  const decoder = bedrock.streamDecoder()
  const data = JSON.stringify({ contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: 'A'.repeat(100_000) } } })
  for (let count = 0; count < 100; count++) decoder.decode({ raw: Buffer.alloc(0), event: 'contentBlockDelta', data })
  const [kept] = decoder.decode({ raw: Buffer.alloc(0), event: 'contentBlockStop', data: '{"contentBlockIndex":0}' })
  assert.ok(kept?.type === 'redacted_reasoning' && kept.data.length <= 1024 * 1024)
})
