import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Buckets } from '@faregate/core'
import type { AnswerFrame, Conversation, StreamEvent } from '../../src/index.ts'
import { openaiResponses } from '../../src/openai-responses/dialect.ts'
import { MOST_KEPT_BYTES } from '../../src/openai-responses/output.ts'
import { proofOf } from '../../src/openai-responses/seal.ts'

type Written = Record<string, unknown> & {
  type: string
  sequence_number: number
  item?: Record<string, unknown>
  response?: Record<string, unknown>
}

function frame(conversation: Partial<Conversation> = {}): AnswerFrame {
  return {
    model: 'mine',
    requestId: 'req_01J',
    created: 7,
    includeUsage: true,
    conversation: { stream: true, turns: [], others: {}, ...conversation },
  }
}

function parse(bytes: Buffer): Written[] {
  const events = bytes.toString().split('\n\n')
  assert.equal(events.pop(), '')
  return events.map((event) => {
    const [name = '', data = '', ...more] = event.split('\n')
    const written = JSON.parse(data.replace('data: ', '')) as Written
    assert.deepEqual([name, more], [`event: ${written.type}`, []])
    return written
  })
}

function encode(events: StreamEvent[], conversation: Partial<Conversation> = {}, buckets: Buckets = { input: 1, output: 2 }): Written[] {
  const encoder = openaiResponses.streamEncoder(frame(conversation))
  const written = parse(Buffer.concat([...events.map((event) => encoder.encode([event])), encoder.end(buckets)]))
  assert.deepEqual(
    written.map(({ sequence_number: number }) => number),
    [...written.keys()],
  )
  return written
}

const START: StreamEvent = { type: 'start', id: 'chatcmpl-1', model: 'up' }
const say = (text: string): StreamEvent => ({ type: 'text', choice: 0, text })
const think = (text: string): StreamEvent => ({ type: 'reasoning', choice: 0, text })
const call = (number: number, more: object = {}): StreamEvent => ({
  type: 'tool_call',
  choice: 0,
  call: number,
  id: `c${number}`,
  name: `f${number}`,
  ...more,
})
const args = (number: number, text: string): StreamEvent => ({ type: 'tool_arguments', choice: 0, call: number, text })
const finish = (reason: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error'): StreamEvent => ({
  type: 'finish',
  choice: 0,
  stop: { reason },
})

function outputOf(written: Written[]): Record<string, unknown>[] {
  return (written.at(-1)?.response?.['output'] ?? []) as Record<string, unknown>[]
}

test('S2, S3: the whole sequence of a plain answer, one terminal event, no [DONE]', () => {
  const written = encode([START, say('a'), say('b'), finish('stop'), { type: 'done' }])
  assert.deepEqual(
    written.map(({ type }) => type.replace('response.', '')),
    [
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  )
  assert.deepEqual(written[4], {
    type: 'response.output_text.delta',
    sequence_number: 4,
    output_index: 0,
    item_id: 'msg_01J_0',
    content_index: 0,
    delta: 'a',
    logprobs: [],
  })
  const { response } = written.at(-1) ?? {}
  assert.deepEqual(
    [response?.['id'], response?.['status'], response?.['model'], response?.['created_at']],
    ['resp_01J', 'completed', 'mine', 7],
  )
  assert.deepEqual(response?.['usage'], {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 3,
  })
  assert.deepEqual(written[0]?.response?.['output'], [])
})

test('S4: blocks open with their first content, and what changes the block is not dropped', () => {
  const written = encode([
    START,
    think(''),
    say(''),
    think('hm'),
    say('a'),
    think('again'),
    { type: 'refusal', choice: 0, text: 'no' },
    say('b'),
  ])
  assert.deepEqual(
    outputOf(written).map(({ type, content, summary }) => [type, content ?? summary]),
    [
      ['reasoning', [{ type: 'summary_text', text: 'hm' }]],
      ['message', [{ type: 'output_text', text: 'a', annotations: [], logprobs: [] }]],
      ['reasoning', [{ type: 'summary_text', text: 'again' }]],
      [
        'message',
        [
          { type: 'refusal', refusal: 'no' },
          { type: 'output_text', text: 'b', annotations: [], logprobs: [] },
        ],
      ],
    ],
  )
  assert.equal(outputOf(encode([START])).length, 0)
})

test('S8, T1: fragments pass on at once; calls that interleave keep their places; the id comes with the first event', () => {
  const encoder = openaiResponses.streamEncoder(frame())
  encoder.encode([START, call(0, { signature: 'SIG' }), call(1)])
  const [fragment] = parse(encoder.encode([args(1, '{"a"')]))
  assert.deepEqual([fragment?.type, fragment?.['output_index'], fragment?.['delta']], ['response.function_call_arguments.delta', 1, '{"a"'])
  const written = encode([
    START,
    say('x'),
    call(0, { signature: 'SIG' }),
    call(1),
    args(1, '{"a"'),
    args(0, '{}'),
    args(1, ':1}'),
    call(2),
    call(3, { custom: true }),
    args(3, 'select'),
    finish('tool_calls'),
  ])
  assert.deepEqual(
    outputOf(written)
      .slice(1)
      .map((item) => [item['type'], item['id'], item['call_id'], item['name'], item['arguments'] ?? item['input']]),
    [
      ['function_call', 'fc_01J_1', 'c0__sig__U0lH_86fe358a', 'f0', '{}'],
      ['function_call', 'fc_01J_2', 'c1', 'f1', '{"a":1}'],
      ['function_call', 'fc_01J_3', 'c2', 'f2', '{}'],
      ['custom_tool_call', 'ctc_01J_4', 'c3', 'f3', 'select'],
    ],
  )
  const begun = written.filter(({ type }) => type === 'response.output_item.added').map(({ item }) => item?.['call_id'])
  assert.deepEqual(begun, [undefined, 'c0__sig__U0lH_86fe358a', 'c1', 'c2', 'c3'])
})

test("M6: another vendor's proof travels sealed in the thought's encrypted content, and comes out whose it is", () => {
  const written = encode([
    START,
    think('hm'),
    { type: 'reasoning_signature', choice: 0, signature: 'sig', origin: 'anthropic' },
    { type: 'redacted_reasoning', choice: 0, data: 'hid', origin: 'anthropic' },
    think('own'),
    { type: 'reasoning_signature', choice: 0, signature: 'gAAA', origin: 'openai-responses' },
    think('nobody'),
    { type: 'reasoning_signature', choice: 0, signature: 'x' },
    think('then'),
  ])
  const thoughts = outputOf(written)
  const sealed = thoughts.map(({ encrypted_content: encrypted }) => (typeof encrypted === 'string' ? proofOf(encrypted, true) : undefined))
  assert.deepEqual(sealed, [
    { signature: 'sig', origin: 'anthropic' },
    { redacted: 'hid', origin: 'anthropic' },
    { signature: 'gAAA', origin: 'openai-responses' },
    undefined,
    undefined,
  ])
  assert.deepEqual(
    thoughts.map(({ summary }) => (summary as { text: string }[]).map(({ text }) => text)),
    [['hm'], [], ['own'], ['nobody'], ['then']],
  )
})

test('citations annotate the text that is open; log probabilities only for who asked', () => {
  const logprobs = [{ token: 'a', logprob: -1, top: [] }]
  const events: StreamEvent[] = [
    START,
    { type: 'text', choice: 0, text: 'ab', logprobs },
    { type: 'citation', choice: 0, citation: { url: 'https://a' } },
    { type: 'citation', choice: 0, citation: { document: 0 } },
    say('c'),
  ]
  const annotation = { type: 'url_citation', start_index: 0, end_index: 2, url: 'https://a', title: 'https://a' }
  const [item] = outputOf(encode(events, { logprobs: {} }))
  const written = [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }]
  assert.deepEqual(item?.['content'], [{ type: 'output_text', text: 'abc', annotations: [annotation], logprobs: written }])
  const added = encode(events).find(({ type }) => type === 'response.output_text.annotation.added')
  assert.deepEqual([added?.['annotation_index'], added?.['annotation']], [0, annotation])
  assert.deepEqual(outputOf(encode(events))[0]?.['content'], [
    { type: 'output_text', text: 'abc', annotations: [annotation], logprobs: [] },
  ])
})

test('images become calls of the tool that makes them; items of this vendor stay as they are', () => {
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
  const written = encode([
    START,
    { type: 'part', choice: 0, part: { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AAAA' }, at: '' } },
    { type: 'part', choice: 0, part: { type: 'vendor', dialect: 'openai-responses', value: search, at: '' } },
    { type: 'part', choice: 0, part: { type: 'vendor', dialect: 'gemini', value: { executableCode: {} }, at: '' } },
  ])
  assert.deepEqual(outputOf(written), [
    { type: 'image_generation_call', status: 'completed', output_format: 'webp', result: 'AAAA', id: 'ig_01J_0' },
    search,
  ])
})

test('R1: an answer that is cut off ends incomplete, its last message too', () => {
  const written = encode([START, say('a'), finish('length')])
  const last = written.at(-1)
  assert.deepEqual(
    [last?.type, last?.response?.['status'], last?.response?.['incomplete_details']],
    ['response.incomplete', 'incomplete', { reason: 'max_output_tokens' }],
  )
  assert.equal(outputOf(written)[0]?.['status'], 'incomplete')
  assert.equal(encode([START, finish('error')]).at(-1)?.type, 'response.failed')
})

test('a stream without a first event, other choices and events of no meaning do no harm', () => {
  const written = encode([
    { type: 'text', choice: 1, text: 'other' },
    { type: 'usage', usage: { ok: false, reason: 'missing' } },
    say('a'),
    args(7, 'lost'),
  ])
  assert.deepEqual(written.map(({ type }) => type).slice(0, 3), ['response.created', 'response.in_progress', 'response.output_item.added'])
  assert.deepEqual(outputOf(written)[0]?.['content'], [{ type: 'output_text', text: 'a', annotations: [], logprobs: [] }])
  const kept = openaiResponses.streamEncoder(frame())
  kept.encode([{ type: 'start', id: 'resp_up' }])
  assert.deepEqual(kept.ids, { id: 'resp_up', model: 'mine', created: 7, sequence: 1 })
})

test('S11: memory is bounded: what is too long to be repeated whole is let go, and said to be', () => {
  const piece = 'x'.repeat(40)
  const encoder = openaiResponses.streamEncoder(frame())
  encoder.encode([START])
  let longest = 0
  const ended: string[] = []
  for (let index = 0; index < 200_000; index++) {
    const bytes = encoder.encode([say(piece)])
    longest = Math.max(longest, bytes.length)
    if (bytes.length > 1_000)
      ended.push(...parse(bytes).flatMap(({ type, text }) => (type === 'response.output_text.done' ? [String(text)] : [])))
  }
  const end = encoder.end({ input: 1, output: 1 })
  // What is kept is written out three times: as text, as part, as item.
  assert.ok(Math.max(longest, end.length) < 3.1 * MOST_KEPT_BYTES)
  const last = parse(end)
  ended.push(...last.flatMap(({ type, text }) => (type === 'response.output_text.done' ? [String(text)] : [])))
  assert.equal(ended.join(''), piece.repeat(200_000))
  assert.deepEqual([last.at(-1)?.type, last.at(-1)?.response?.['output']], ['response.completed', null])
  const calls = openaiResponses.streamEncoder(frame())
  calls.encode([START, call(0)])
  const large = 'x'.repeat(MOST_KEPT_BYTES)
  assert.throws(() => calls.encode([args(0, large), args(0, 'x')]), RangeError)
})
