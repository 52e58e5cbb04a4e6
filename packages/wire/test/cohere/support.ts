import assert from 'node:assert/strict'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import type { Conversation, Part } from '../../src/canonical/conversation.ts'
import { cohere } from '../../src/cohere/dialect.ts'
import type { AnswerFrame, ModelRequest, ProblemLike, Target } from '../../src/dialect.ts'
import type { Unsupported } from '../../src/canonical/unsupported.ts'
import { SseSplitter } from '../../src/sse/split.ts'

export const TARGET: Target = { model: 'command-a', outputLimit: undefined, quirks: {} }

export const PROBLEM: ProblemLike = {
  status: 402,
  code: 'insufficient_balance',
  detail: 'too little',
  title: 'Balance too low',
  requestId: 'req_1',
  type: 'https://x/problems/insufficient-balance',
  error: { type: 'billing_error', code: 'insufficient_quota', message: 'too little', param: null },
}

export function bodyOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

export function read(value: unknown): ModelRequest {
  const result = cohere.read({ path: '/v2/chat', query: '', headers: {}, body: Buffer.isBuffer(value) ? value : bodyOf(value) })
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

export function refused(value: unknown): { pointer: string; message: string } {
  const result = cohere.read({ path: '/v2/chat', query: '', headers: {}, body: Buffer.isBuffer(value) ? value : bodyOf(value) })
  assert.ok(!result.ok)
  return result
}

export function decoded(value: unknown): Conversation {
  const result = read(value).decode()
  assert.ok(result.ok, JSON.stringify(result))
  return result.conversation
}

export function encoded(
  conversation: Partial<Conversation>,
  target: Partial<Target> = {},
): { body: Record<string, unknown>; unsupported: Unsupported[] } {
  const whole: Conversation = { stream: false, turns: [user('hi')], others: {}, ...conversation }
  const { body, unsupported } = cohere.encodeRequest(whole, { ...TARGET, ...target })
  return { body: JSON.parse(body.toString()) as Record<string, unknown>, unsupported }
}

export function user(text: string): Conversation['turns'][number] {
  return { role: 'user', parts: [{ type: 'text', text, at: '/messages/0/content' }], at: '/messages/0' }
}

export function frame(conversation: Partial<Conversation> = {}): AnswerFrame {
  return {
    model: 'mine',
    requestId: 'req_1',
    created: 1_700_000_000,
    includeUsage: true,
    conversation: { stream: true, turns: [user('hi')], others: {}, ...conversation },
  }
}

/** What a stream of these bytes is decoded to, cut in odd pieces. */
export function eventsOf(stream: Buffer): StreamEvent[] {
  const splitter = new SseSplitter()
  const decoder = cohere.streamDecoder()
  const events: StreamEvent[] = []
  for (let at = 0; at < stream.length; at += 61)
    for (const event of splitter.push(stream.subarray(at, at + 61))) events.push(...decoder.decode(event))
  return events
}

/** Cohere's framing of recorded events: each under its type, `[DONE]` at the end. */
export function framed(lines: string[]): Buffer {
  const events = lines.map((line) => `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`)
  return Buffer.from(`${events.join('')}data: [DONE]\n\n`)
}

/** The content of a stream as parts: texts in a row joined, calls with their arguments. */
export function partsOf(events: StreamEvent[]): Part[] {
  const parts: Part[] = []
  for (const event of events) {
    const last = parts.at(-1)
    if (event.type === 'text' || event.type === 'reasoning') {
      if (last?.type === event.type) last.text += event.text
      else parts.push({ type: event.type, text: event.text, at: '' })
    } else if (event.type === 'tool_call') {
      parts.push({ type: 'tool_call', id: event.id, name: event.name, arguments: '', at: '' })
    } else if (event.type === 'tool_arguments' && last?.type === 'tool_call') {
      last.arguments += event.text
    }
  }
  return parts
}

/** The events of a stream: name and data. */
export function sseOf(bytes: Buffer): { event: string | undefined; data: Record<string, unknown> | string }[] {
  return new SseSplitter().push(bytes).map(({ event, data = '' }) => ({
    event,
    data: data.startsWith('{') ? (JSON.parse(data) as Record<string, unknown>) : data,
  }))
}
