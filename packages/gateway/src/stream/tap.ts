import type { Buckets } from '@faregate/core'
import {
  namesBack,
  StepReader,
  type AnswerFrame,
  type Mender,
  type NamesBack,
  type RawEvent,
  type StreamDecoder,
  type StreamEncoder,
  type StreamIds,
  type StreamReader,
  type StreamStep,
} from '@faregate/wire'
import type { Line } from '../call/line.ts'

/** One event of the upstream: what the caller gets for it (nothing: an empty Buffer), and what it means. */
export interface Tapped {
  raw: Buffer
  step: StreamStep
}

/** Stands between the upstream's events and the caller. */
export interface StreamTap {
  /** What identifies the answer; an error event of ours carries the same. */
  readonly ids: StreamIds
  take(event: RawEvent): Tapped
  /** The bytes that end a whole answer: `kept` is what was kept back until now, as it came. */
  terminal(kept: Buffer, buckets: Buckets): Buffer
}

const NOTHING = Buffer.alloc(0)

/** The tap of one stream: the very bytes where both sides speak alike and a client can read them, else their translation. */
export function tapOf({ upstream, translation }: Line, choices: number, includeUsage: boolean, frame: () => AnswerFrame): StreamTap {
  if (translation?.kind !== 'conversation') return new PassThrough(upstream.streamReader(choices), upstream.mender?.(), includeUsage)
  const { upstream: speaker, caller } = translation
  const asked = frame()
  const back = namesBack(asked.conversation, speaker.toolNames)
  return new Translation(speaker.streamDecoder(choices), caller.streamEncoder(asked), choices, back)
}

class PassThrough implements StreamTap {
  readonly #reader: StreamReader
  readonly #mender: Mender | undefined
  readonly #includeUsage: boolean

  constructor(reader: StreamReader, mender: Mender | undefined, includeUsage: boolean) {
    this.#reader = reader
    this.#mender = mender
    this.#includeUsage = includeUsage
  }

  get ids(): StreamIds {
    return this.#reader.ids
  }

  /** Usage that only the gateway asked for is not for the caller (U5). */
  take(event: RawEvent): Tapped {
    const step = this.#reader.read(event)
    if (step.usageOnly && !this.#includeUsage) return { raw: NOTHING, step }
    return { raw: this.#mender?.mend(event.raw) ?? event.raw, step }
  }

  terminal(kept: Buffer): Buffer {
    return kept
  }
}

class Translation implements StreamTap {
  readonly #decoder: StreamDecoder
  readonly #encoder: StreamEncoder
  readonly #steps: StepReader
  readonly #namesBack: NamesBack | undefined

  constructor(decoder: StreamDecoder, encoder: StreamEncoder, choices: number, back: NamesBack | undefined) {
    this.#decoder = decoder
    this.#encoder = encoder
    this.#steps = new StepReader(choices)
    this.#namesBack = back
  }

  get ids(): StreamIds {
    return this.#encoder.ids
  }

  take(event: RawEvent): Tapped {
    const decoded = this.#decoder.decode(event)
    const events = this.#namesBack?.events(decoded) ?? decoded
    const step = this.#steps.step(events)
    return { raw: step.kind === 'error' ? NOTHING : this.#encoder.encode(events), step }
  }

  /** The upstream's own end is not the caller's: the encoder knows what is still open, and tells what is charged for. */
  terminal(kept: Buffer, buckets: Buckets): Buffer {
    return Buffer.concat([kept, this.#encoder.end(buckets)])
  }
}
