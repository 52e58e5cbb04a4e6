import assert from 'node:assert/strict'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import type { Conversation, Turn } from '../../src/canonical/conversation.ts'
import type { Unsupported } from '../../src/canonical/unsupported.ts'
import type { AnswerFrame, Dialect, ModelRequest, ProblemLike, Target } from '../../src/dialect.ts'
import { ollama } from '../../src/ollama/dialect.ts'
import { NdjsonSplitter } from '../../src/ollama/ndjson-splitter.ts'

export const TARGET: Target = { model: 'qwen3', outputLimit: undefined, quirks: {} }

export const PROBLEM: ProblemLike = {
  status: 402,
  code: 'insufficient_balance',
  detail: 'too little',
  title: 'Balance too low',
  requestId: 'req_1',
  error: { type: 'billing_error', code: 'insufficient_quota', message: 'too little', param: null },
}

export function bodyOf(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))
}

export function read(value: unknown, dialect: Dialect = ollama): ModelRequest {
  const result = dialect.read({ path: '/ollama/api/chat', query: '', headers: {}, body: bodyOf(value) })
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

export function decoded(value: unknown, dialect: Dialect = ollama): Conversation {
  const result = read(value, dialect).decode()
  assert.ok(result.ok, JSON.stringify(result))
  return result.conversation
}

export function turn(role: Turn['role'], ...parts: Turn['parts']): Turn {
  return { role, parts, at: '/messages/0' }
}

export const HI: Turn = turn('user', { type: 'text', text: 'hi', at: '/messages/0/content' })

export function encoded(
  conversation: Partial<Conversation>,
  target: Partial<Target> = {},
): { body: Record<string, unknown>; unsupported: Unsupported[] } {
  const whole: Conversation = { stream: false, turns: [HI], others: {}, ...conversation }
  const { body, unsupported } = ollama.encodeRequest(whole, { ...TARGET, ...target })
  return { body: JSON.parse(body.toString()) as Record<string, unknown>, unsupported }
}

export function frame(): AnswerFrame {
  return {
    model: 'mine',
    requestId: 'req_1',
    created: 1_700_000_000,
    includeUsage: true,
    conversation: { stream: true, turns: [HI], others: {} },
  }
}

/** What the lines of a stream are decoded to, cut in odd pieces. */
export function eventsOf(stream: Buffer): StreamEvent[] {
  const splitter = new NdjsonSplitter()
  const decoder = ollama.streamDecoder()
  const events: StreamEvent[] = []
  for (let at = 0; at < stream.length; at += 37)
    for (const event of splitter.push(stream.subarray(at, at + 37))) events.push(...decoder.decode(event))
  assert.equal(splitter.end().length, 0)
  return events
}

export function lines(...values: unknown[]): Buffer {
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
}

export function linesOf(bytes: Buffer): Record<string, unknown>[] {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
