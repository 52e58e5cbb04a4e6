import assert from 'node:assert/strict'
import type { AnswerFrame, Conversation, Invalid, Quirks, RawEvent, StreamEvent, Unsupported } from '../../src/index.ts'
import { openaiChat, SseSplitter } from '../../src/index.ts'

type Json = Record<string, unknown>

/** A request with these members beside model and messages. */
export function requestOf(members: Json): Json {
  return { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...members }
}

/** The neutral form of a request that is fine. */
export function decoded(body: Json): Conversation {
  const read = openaiChat.read({ path: '', query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) })
  assert.ok(read.ok, JSON.stringify(read))
  const result = read.request.decode()
  assert.ok(result.ok, JSON.stringify(result))
  return result.conversation
}

/** What is wrong with a request that passes, but cannot be translated. */
export function undecodable(body: Json): Invalid {
  const read = openaiChat.read({ path: '', query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) })
  assert.ok(read.ok, JSON.stringify(read))
  const result = read.request.decode()
  assert.ok(!result.ok, `not refused: ${JSON.stringify(body)}`)
  return result
}

export function encoded(
  conversation: Conversation,
  quirks: Quirks = {},
  outputLimit?: number,
  model = 'up',
): { body: Json; unsupported: Unsupported[] } {
  const { body, unsupported } = openaiChat.encodeRequest(conversation, { model, outputLimit, quirks })
  return { body: JSON.parse(body.toString()) as Json, unsupported }
}

/** A conversation of these turns; `at` is filled in where it does not matter. */
export function conversationOf(members: Partial<Conversation>): Conversation {
  return { stream: false, turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '' }], at: '' }], others: {}, ...members }
}

/** Without the places, which differ between one body and the next. */
export function placeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === 'at' ? undefined : member))) as unknown
}

export function frame(members: Partial<AnswerFrame> = {}): AnswerFrame {
  return { model: 'asked', requestId: 'req_7', created: 5, includeUsage: false, conversation: conversationOf({}), ...members }
}

export function eventOf(data: unknown, event?: string): RawEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return { raw: Buffer.from(`data: ${text}\n\n`), data: text, event }
}

/** What a stream of these chunks says. */
export function streamed(...chunks: unknown[]): StreamEvent[] {
  const decoder = openaiChat.streamDecoder()
  return chunks.flatMap((chunk) => decoder.decode(eventOf(chunk)))
}

export function chunkOf(delta: unknown, finish: string | null = null, more: Json = {}): Json {
  return { id: 'chatcmpl-1', created: 3, model: 'v', choices: [{ index: 0, delta, finish_reason: finish, ...more }] }
}

/** The chunks of a stream as a client sees them; `[DONE]` as it is. */
export function chunksOf(bytes: Buffer): unknown[] {
  return new SseSplitter().push(bytes).map(({ data = '' }) => (data === '[DONE]' ? data : (JSON.parse(data) as unknown)))
}

/** Every delta of choice 0, without those that are empty. */
export function deltasOf(bytes: Buffer, choice = 0): Json[] {
  type Chunk = { choices: { index: number; delta: Json }[] }
  return chunksOf(bytes)
    .flatMap((chunk) => (typeof chunk === 'string' ? [] : (chunk as Chunk).choices))
    .filter(({ index, delta }) => index === choice && Object.keys(delta).length > 0)
    .map(({ delta }) => delta)
}

export function written(events: StreamEvent[], members: Partial<AnswerFrame> = {}): Buffer {
  const encoder = openaiChat.streamEncoder(frame(members))
  return Buffer.concat([...events.map((event) => encoder.encode([event])), encoder.end({ input: 3, output: 4 })])
}
