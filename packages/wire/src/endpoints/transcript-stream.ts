import type { StreamIds, StreamReader, StreamStep } from '../dialect.ts'
import { parseObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { errorStep, OTHER_STEP } from './steps.ts'
import { readTranscriptUsage } from './transcript.ts'

/**
 * Reads a transcript as a stream of events: pieces of text, segments of a speaker, and `transcript.text.done` with usage. Text
 * that came in pieces is said again in the last event, and in segments.
 */
export class TranscriptStreamReader implements StreamReader {
  readonly ids: StreamIds = {}
  #said = false

  read({ data }: RawEvent): StreamStep {
    const { type, delta, text, usage, error } = (data === undefined ? undefined : parseObject(data)) ?? {}
    if (error != null) return errorStep(error)
    switch (type) {
      case 'transcript.text.delta':
        return this.#piece(delta)
      case 'transcript.text.segment':
        return this.#said ? { ...OTHER_STEP, kind: 'delta' } : { ...OTHER_STEP, kind: 'delta', text: textOf(text) }
      case 'transcript.text.done':
        return { kind: 'done', text: this.#said ? '' : textOf(text), finished: true, usageOnly: false, usage: readTranscriptUsage(usage) }
      default:
        return OTHER_STEP
    }
  }

  #piece(delta: unknown): StreamStep {
    this.#said = true
    return { ...OTHER_STEP, kind: 'delta', text: textOf(delta) }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
