import assert from 'node:assert/strict'
import type { AnswerFrame, Conversation, Invalid, ModelRequest, RawEvent } from '../../src/index.ts'
import { SseSplitter } from '../../src/index.ts'
import { openaiCompletions } from '../../src/openai-completions/dialect.ts'

type Json = Record<string, unknown>

export function read(value: Json | string): ModelRequest {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  const result = openaiCompletions.read({ path: '', query: '', headers: {}, body })
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

export function refused(value: Json): Invalid {
  const result = openaiCompletions.read({ path: '', query: '', headers: {}, body: Buffer.from(JSON.stringify(value)) })
  assert.ok(!result.ok, `not refused: ${JSON.stringify(value)}`)
  return result
}

export function decoded(value: Json): Conversation {
  const result = read(value).decode()
  assert.ok(result.ok, JSON.stringify(result))
  return result.conversation
}

export function frame(members: Partial<AnswerFrame> = {}): AnswerFrame {
  const conversation: Conversation = { stream: true, turns: [], others: {} }
  return { model: 'asked', requestId: 'req_7', created: 5, includeUsage: false, conversation, ...members }
}

export function eventOf(data: unknown): RawEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return { raw: Buffer.from(`data: ${text}\n\n`), data: text, event: undefined }
}

export function chunksOf(bytes: Buffer): unknown[] {
  return new SseSplitter().push(bytes).map(({ data = '' }) => (data === '[DONE]' ? data : (JSON.parse(data) as unknown)))
}
