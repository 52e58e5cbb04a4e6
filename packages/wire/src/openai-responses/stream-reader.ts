import { StepReader } from '../canonical/reading.ts'
import type { StreamIds, StreamReader, StreamStep } from '../dialect.ts'
import type { RawEvent } from '../sse/split.ts'
import { ResponsesStreamDecoder } from './stream-decoder.ts'

/** What identifies an answer, and how far its events are numbered: an error event of ours goes on from there. */
export interface NumberedIds extends StreamIds {
  sequence?: number
}

/** Reads the events of a response beside the pass-through; keeps no text. A response has one choice. */
export class ResponsesStreamReader implements StreamReader {
  readonly #decoder = new ResponsesStreamDecoder()
  readonly #steps = new StepReader(1)

  get ids(): NumberedIds {
    const { sequence } = this.#decoder
    return sequence === undefined ? this.#steps.ids : { ...this.#steps.ids, sequence }
  }

  read(event: RawEvent): StreamStep {
    return this.#steps.step(this.#decoder.decode(event))
  }
}
