import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { splitterFor, upstreamDialect, type Conversation, type StreamEvent } from '@faregate/wire'
import { createBedrock } from '../../src/bedrock/vendor.ts'
import { call, entry, fakeUpstream, type Answer, type FakeUpstream } from './fake-upstream.ts'

const MODEL = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
const TYPE = 'application/vnd.amazon.eventstream'

let upstream: FakeUpstream
let answer: Answer = {}
const vendor = createBedrock(() => Date.UTC(2026, 10, 22, 12, 0, 0))
const bedrock = upstreamDialect('bedrock')

before(async () => {
  upstream = await fakeUpstream(() => answer)
})
after(() => upstream.close())

function sum(bytes: Buffer): Buffer {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(bytes))
  return checksum
}

function frame(type: string, payload: unknown): Buffer {
  const headers = Object.entries({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }).map(
    ([name, value]) =>
      Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7, 0, value.length]), Buffer.from(value)]),
  )
  const head = Buffer.concat(headers)
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + head.length + body.length, 0)
  prelude.writeUInt32BE(head.length, 4)
  const start = Buffer.concat([prelude, sum(prelude), head, body])
  return Buffer.concat([start, sum(start)])
}

const ASKED: Conversation = {
  stream: true,
  turns: [
    { role: 'system', parts: [{ type: 'text', text: 'Be brief.', at: '' }], at: '' },
    { role: 'user', parts: [{ type: 'text', text: 'What time is it?', at: '' }], at: '' },
  ],
  tools: [{ type: 'function', name: 'clock', at: '' }],
  others: {},
}

/** Asks as the gateway does, and reads what comes back in pieces of seven bytes. */
async function ask(): Promise<{ status: number; events: StreamEvent[] }> {
  const { body } = bedrock.encodeRequest(ASKED, { model: MODEL, outputLimit: 100, quirks: {} })
  const provider = entry('bedrock', upstream.origin)
  const { path, headers } = await vendor.request(provider, 'ABSKkey', call({ dialect: 'bedrock', model: MODEL, stream: true, body }))
  const response = await fetch(`${upstream.origin}${path}`, { method: 'POST', headers, body: new Uint8Array(body) })
  const bytes = Buffer.from(await response.arrayBuffer())
  const splitter = splitterFor(bedrock.framing, response.headers.get('content-type') ?? '', true)
  const decoder = bedrock.streamDecoder()
  const events: StreamEvent[] = []
  for (let at = 0; at < bytes.length; at += 7) {
    for (const event of splitter?.push(bytes.subarray(at, at + 7)) ?? []) events.push(...decoder.decode(event))
  }
  return { status: response.status, events }
}

test('S14: a conversation goes out as Converse and its binary stream comes back as events', async () => {
  answer = {
    headers: { 'content-type': TYPE },
    body: Buffer.concat([
      frame('messageStart', { role: 'assistant' }),
      frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Let me see.' } }),
      frame('contentBlockStop', { contentBlockIndex: 0 }),
      frame('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'tooluse_1', name: 'clock' } } }),
      frame('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '' } } }),
      frame('contentBlockStop', { contentBlockIndex: 1 }),
      frame('messageStop', { stopReason: 'tool_use' }),
      frame('metadata', { usage: { inputTokens: 20, outputTokens: 9, totalTokens: 29 }, metrics: { latencyMs: 5 } }),
    ]),
  }
  const { events } = await ask()
  assert.deepEqual(events, [
    { type: 'start' },
    { type: 'text', choice: 0, text: 'Let me see.' },
    { type: 'tool_call', choice: 0, call: 0, id: 'tooluse_1', name: 'clock' },
    { type: 'tool_arguments', choice: 0, call: 0, text: '{}' },
    { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } },
    { type: 'usage', usage: { ok: true, buckets: { input: 20, output: 9 } } },
  ])
  const [received] = upstream.received
  assert.equal(received?.target, '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream')
  assert.deepEqual(JSON.parse(received?.body.toString() ?? ''), {
    messages: [{ role: 'user', content: [{ text: 'What time is it?' }] }],
    system: [{ text: 'Be brief.' }],
    inferenceConfig: { maxTokens: 100 },
    toolConfig: { tools: [{ toolSpec: { name: 'clock', inputSchema: { json: { type: 'object', properties: {} } } } }] },
  })
})

test('S6: what is refused before its first event is an answer with a status, not a stream', async () => {
  answer = { status: 400, headers: { 'x-amzn-errortype': 'ValidationException' }, body: '{"message":"Malformed input request"}' }
  assert.deepEqual(await ask(), { status: 400, events: [] })
})
