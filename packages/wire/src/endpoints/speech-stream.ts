import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import type { StreamIds, StreamReader, StreamStep } from '../dialect.ts'
import { isObject, parseObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { Counts } from './counts.ts'
import { errorStep, OTHER_STEP } from './steps.ts'

/** Reads speech as a stream of events: pieces of audio (`speech.audio.delta`), and `speech.audio.done` with what it used. */
export class SpeechStreamReader implements StreamReader {
  readonly ids: StreamIds = {}

  read({ data }: RawEvent): StreamStep {
    const { type, audio, usage, error } = (data === undefined ? undefined : parseObject(data)) ?? {}
    if (error != null) return errorStep(error)
    if (type === 'speech.audio.delta') return { ...OTHER_STEP, kind: 'delta', made: audioBytes(audio) }
    if (type !== 'speech.audio.done') return OTHER_STEP
    return { ...OTHER_STEP, kind: 'done', finished: true, usage: readSpeechUsage(usage) }
  }
}

/** Base64 takes four characters for three bytes. */
function audioBytes(audio: unknown): number {
  return typeof audio === 'string' ? Math.floor((audio.length * 3) / 4) : 0
}

/** What goes in is text, what comes out is audio. */
function readSpeechUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts(usage)
  const [input, audioOut] = [counts.of('input_tokens'), counts.of('output_tokens')]
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  return input === undefined || audioOut === undefined
    ? { ok: false, reason: 'missing', raw: usage }
    : { ok: true, buckets: { input, audioOut } }
}
