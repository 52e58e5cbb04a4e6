import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bedrock } from '../../src/bedrock/dialect.ts'
import type { Answer, Stop } from '../../src/index.ts'

const USAGE = { inputTokens: 10, outputTokens: 5, totalTokens: 15 }

function body(content: unknown, rest: Record<string, unknown> = {}): Buffer {
  return Buffer.from(JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage: USAGE, ...rest }))
}

function decoded(bytes: Buffer): Answer {
  const answer = bedrock.decodeAnswer(bytes)
  assert.ok(answer)
  return answer
}

function choice(content: unknown, rest: Record<string, unknown> = {}): { parts: unknown[]; stop: Stop } {
  const [only, ...more] = decoded(body(content, rest)).choices
  assert.ok(only)
  assert.deepEqual(more, [])
  return only
}

test('text, thought, calls and images come in their order', () => {
  const { parts, stop } = choice([
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'S' } } },
    { reasoningContent: { redactedContent: 'UkVE' } },
    { text: 'Look: ' },
    { text: '' },
    { toolUse: { toolUseId: 'tooluse_1', name: 'look', input: { b: 1, a: 12 } } },
    { image: { format: 'png', source: { bytes: 'iVBO' } } },
  ])
  assert.deepEqual(parts, [
    { type: 'reasoning', origin: 'bedrock', at: '', text: 'hm', signature: 'S' },
    { type: 'reasoning', origin: 'bedrock', at: '', text: '', redacted: 'UkVE' },
    { type: 'text', text: 'Look: ', at: '' },
    { type: 'tool_call', id: 'tooluse_1', name: 'look', arguments: '{"b":1,"a":12}', at: '' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' }, at: '' },
  ])
  assert.deepEqual(stop, { reason: 'tool_calls' })
})

test('T2: arguments may be text, or none at all; long numbers stay as they are', () => {
  const inputs = [{}, null, undefined, '', '{"a":1}'].map((input) => choice([{ toolUse: { toolUseId: 'x', name: 'f', input } }]).parts[0])
  assert.deepEqual(
    inputs.map((part) => (part as { arguments: string }).arguments),
    ['{}', '{}', '{}', '{}', '{"a":1}'],
  )
  const long = body([{ toolUse: { toolUseId: 'x', name: 'f', input: { id: 1 } } }])
    .toString()
    .replace('"id":1', '"id":12345678901234567890')
  assert.match(JSON.stringify(decoded(Buffer.from(long)).choices[0]?.parts), /12345678901234567890/)
})

test('a tool that the vendor runs itself is no call for the caller', () => {
  const { parts, stop } = choice([
    { toolUse: { toolUseId: 'x', name: 'nova_grounding', input: {}, type: 'server_tool_use' } },
    { text: 'found' },
  ])
  assert.deepEqual(
    parts.map((part) => (part as { type: string }).type),
    ['vendor', 'text'],
  )
  assert.equal(stop.reason, 'stop')
})

test('cited text has its sources', () => {
  const citation = {
    title: 'report',
    sourceContent: [{ text: 'AI is ' }, { text: 'a field.' }],
    location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
  }
  const web = { location: { web: { url: 'https://example.com', domain: 'example.com' } } }
  const { parts } = choice([{ citationsContent: { content: [{ text: 'AI is a field' }], citations: [citation, web] } }])
  assert.deepEqual(parts, [
    {
      type: 'text',
      text: 'AI is a field',
      citations: [
        { title: 'report', citedText: 'AI is a field.', document: 0, raw: { dialect: 'bedrock', value: citation } },
        { url: 'https://example.com', raw: { dialect: 'bedrock', value: web } },
      ],
      at: '',
    },
  ])
})

const STOPS: [stopReason: unknown, expected: Stop][] = [
  ['end_turn', { reason: 'stop' }],
  ['tool_use', { reason: 'tool_calls' }],
  ['max_tokens', { reason: 'length' }],
  ['stop_sequence', { reason: 'stop_sequence' }],
  ['guardrail_intervened', { reason: 'content_filter', raw: 'guardrail_intervened' }],
  ['content_filtered', { reason: 'content_filter', raw: 'content_filtered' }],
  ['malformed_model_output', { reason: 'error', raw: 'malformed_model_output' }],
  ['malformed_tool_use', { reason: 'error', raw: 'malformed_tool_use' }],
  ['model_context_window_exceeded', { reason: 'context' }],
  ['brand_new', { reason: 'stop', raw: 'brand_new' }],
  [undefined, { reason: 'stop' }],
]

for (const [stopReason, expected] of STOPS) {
  test(`R1: stop reason ${String(stopReason)}`, () => assert.deepEqual(choice([{ text: 'x' }], { stopReason }).stop, expected))
}

test('R2: a turn that ends as any other, but calls a tool, ends in a call', () => {
  const call = { toolUse: { toolUseId: 'x', name: 'f', input: {} } }
  assert.deepEqual(choice([call], { stopReason: 'end_turn' }).stop, { reason: 'tool_calls' })
  assert.deepEqual(choice([call], { stopReason: 'max_tokens' }).stop, { reason: 'length' })
})

test('R3: which stop sequence matched is told, wherever it stands', () => {
  for (const fields of [{ stop_sequence: 'END' }, { delta: { stop_sequence: 'END' } }]) {
    const { stop } = choice([{ text: 'x' }], { stopReason: 'stop_sequence', additionalModelResponseFields: fields })
    assert.deepEqual(stop, { reason: 'stop_sequence', sequence: 'END' })
  }
  const none = choice([{ text: 'x' }], { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: null } })
  assert.deepEqual(none.stop, { reason: 'stop_sequence' })
})

test('R3: an answer without `output` is an empty answer that says why it ended', () => {
  const bytes = Buffer.from(JSON.stringify({ stopReason: 'content_filtered', usage: USAGE }))
  assert.deepEqual(decoded(bytes), {
    choices: [{ parts: [], stop: { reason: 'content_filter', raw: 'content_filtered' } }],
    usage: { ok: true, buckets: { input: 10, output: 5 } },
  })
  assert.equal(bedrock.readAnswer(bytes)?.hasOutput, false)
})

test('S5: what is no answer is none: HTML, cut JSON, an error under status 200, a list', () => {
  const bodies = [
    '<html>',
    body([{ text: 'x' }])
      .toString()
      .slice(0, -5),
    '{"message":"The security token included in the request is expired"}',
    '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}',
    '[]',
    'null',
    '',
  ]
  for (const text of bodies) {
    assert.equal(bedrock.decodeAnswer(Buffer.from(text)), undefined, text)
    assert.equal(bedrock.readAnswer(Buffer.from(text)), undefined, text)
  }
})

test('money: a reading has usage, the text for an estimate, and whether anything was generated', () => {
  const reading = bedrock.readAnswer(body([{ text: 'a' }, { toolUse: { toolUseId: 'x', name: 'f', input: {} } }]))
  assert.deepEqual([reading?.usage, reading?.text(), reading?.hasOutput], [{ ok: true, buckets: { input: 10, output: 5 } }, 'af{}', true])
  const odd = bedrock.readAnswer(body([{ text: 'a' }], { usage: { inputTokens: 3, outputTokens: 0, totalTokens: 3 } }))
  assert.deepEqual(odd?.usage.ok, false)
})

test('usage of an answer that is too large to collect is read from its one member', () => {
  assert.equal(bedrock.usageMember.name, 'usage')
  assert.deepEqual(bedrock.usageMember.read(USAGE), { ok: true, buckets: { input: 10, output: 5 } })
})
