import type { Buckets } from '@faregate/core'
import type { StreamEvent } from '../../src/canonical/answer.ts'
import type { Conversation, Part, Turn } from '../../src/canonical/conversation.ts'
import type { AnswerFrame, StreamDecoder, Target } from '../../src/dialect.ts'
import { SseSplitter, type RawEvent } from '../../src/sse/split.ts'

export type Json = Record<string, unknown>

export function conversation(parts: Partial<Conversation>): Conversation {
  return { stream: false, turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi', at: '/t' }], at: '/t' }], others: {}, ...parts }
}

export function target(model = 'claude-sonnet-4-5', outputLimit: number | undefined = 8_000): Target {
  return { model, outputLimit, quirks: {} }
}

export function frame(parts: Partial<AnswerFrame> = {}): AnswerFrame {
  return { model: 'fast', requestId: 'req_7', created: 1_700_000_000, includeUsage: true, conversation: conversation({}), ...parts }
}

export const SOME_BUCKETS: Buckets = { input: 12, cacheRead: 3, cacheWrite: 4, output: 5 }

/** The events of a framed stream. */
export function rawEvents(stream: Buffer | string): RawEvent[] {
  return new SseSplitter().push(Buffer.from(stream))
}

/** Frames recorded data as the vendor does. */
export function framed(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `event: ${String((JSON.parse(line) as Json)['type'])}\ndata: ${line}\n\n`).join(''))
}

/** The data of every event, by plain JSON. */
export function dataOf(stream: Buffer | string): Json[] {
  return rawEvents(stream).flatMap(({ data }) => (data === undefined ? [] : [JSON.parse(data) as Json]))
}

export function decodeAll(decoder: StreamDecoder, stream: Buffer): StreamEvent[] {
  return rawEvents(stream).flatMap((event) => decoder.decode(event))
}

/** Leaves out where things stand: that differs between a body and the one that is written from it. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => !(name === 'at' && typeof member === 'string'))
      .map(([name, member]) => [name, withoutPlaces(member)]),
  )
}

/** A member of one item of a list, which has to be there. */
export function memberOf(list: readonly Json[], index: number, name: string): unknown {
  const item = list.at(index)
  if (item === undefined) throw new Error(`there is no item ${index}`)
  return item[name]
}

/** Parts without their places, which are given by their number. */
export type Loose<T> = T extends unknown ? Omit<T, 'at'> & { at?: string } : never

export function turn(role: Turn['role'], ...parts: Loose<Part>[]): Turn {
  return { role, parts: parts.map((part, index) => ({ at: `/${role}/${index}`, ...part })), at: `/${role}` }
}

export function text(value: string, more: Json = {}): Loose<Part> {
  return { type: 'text', text: value, ...more }
}
