import { EventStreamSplitter } from './bedrock/event-stream-splitter.ts'
import type { Framing } from './dialect.ts'
import { ArraySplitter } from './gemini/array-splitter.ts'
import { NdjsonSplitter } from './ollama/ndjson-splitter.ts'
import { SseSplitter, type RawEvent } from './sse/split.ts'

/** Cuts a stream into whole events, byte for byte, however its chunks are cut. */
export interface Splitter {
  /** The events that this chunk completes. Throws where an event is too large to be kept. */
  push(chunk: Buffer): RawEvent[]
  /** What is left without a terminator, once the stream has ended. */
  end(): Buffer
}

interface FramingRow {
  /** How the `Content-Type` of such a stream begins. */
  type: string
  splitter(): Splitter
  /** What ends an event, where its absence can be made good. */
  terminator?: Buffer
}

const FRAMINGS: Record<Framing, FramingRow> = {
  sse: { type: 'text/event-stream', splitter: () => new SseSplitter(), terminator: Buffer.from('\n\n') },
  ndjson: { type: 'application/x-ndjson', splitter: () => new NdjsonSplitter(), terminator: Buffer.from('\n') },
  'json-array': { type: 'application/json', splitter: () => new ArraySplitter() },
  'event-stream': { type: 'application/vnd.amazon.eventstream', splitter: () => new EventStreamSplitter() },
}

/**
 * The splitter of an answer, by its `Content-Type`; undefined where it is no stream. A JSON array is told from an answer
 * that is JSON only by having been asked for.
 */
export function splitterFor(framing: Framing, contentType: string, streamAsked: boolean): Splitter | undefined {
  const type = contentType.toLowerCase()
  if (type.startsWith('text/event-stream')) return new SseSplitter()
  const row = FRAMINGS[framing]
  if (!type.startsWith(row.type)) return undefined
  return framing === 'json-array' && !streamAsked ? undefined : row.splitter()
}

/** The event that stands without its terminator at the end of a stream, if it is one. */
export function lastEvent(framing: Framing, rest: Buffer): RawEvent | undefined {
  const row = FRAMINGS[framing]
  if (row.terminator === undefined) return undefined
  return row.splitter().push(Buffer.concat([rest, row.terminator]))[0]
}
