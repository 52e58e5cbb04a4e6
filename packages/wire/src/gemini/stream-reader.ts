import { readerOf } from '../canonical/reading.ts'
import type { StreamReader } from '../dialect.ts'
import { GeminiStreamDecoder } from './stream-decoder.ts'

/** A reader for the pass-through. Clients take the finish reason for the end: its event waits for the settle (M16). */
export function streamReader(choices: number): StreamReader {
  const reader = readerOf(new GeminiStreamDecoder(choices), choices)
  return {
    get ids() {
      return reader.ids
    },
    read(event) {
      const step = reader.read(event)
      return step.finished && step.kind !== 'error' ? { ...step, keepBack: true } : step
    },
  }
}
