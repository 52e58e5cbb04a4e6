import type { Buckets } from '@faregate/core'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import type { AnswerReading } from '../dialect.ts'
import { isObject, parseObject } from '../json/object.ts'
import { Counts, split } from './counts.ts'

/** Where an answer tells its usage. */
export const TRANSCRIPT_USAGE = { name: 'usage', read: readTranscriptUsage }

/**
 * Usage of a transcription: tokens (`type: "tokens"`), of which those of audio are told apart, or seconds of audio
 * (`type: "duration"`; Mistral's `prompt_audio_seconds`), or both. Seconds are billed begun.
 */
export function readTranscriptUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts(usage)
  const second = counts.seconds('seconds') ?? counts.seconds('duration') ?? counts.seconds('prompt_audio_seconds')
  const input = counts.of('input_tokens') ?? counts.of('prompt_tokens')
  const output = counts.of('output_tokens') ?? counts.of('completion_tokens')
  const audio = counts.within('input_token_details', 'audio_tokens') ?? counts.within('prompt_tokens_details', 'audio_tokens')
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  const parts = input === undefined ? undefined : split(input, audio)
  if (input !== undefined && parts === undefined) return { ok: false, reason: 'contradictory', raw: usage }
  const buckets: Buckets = {
    ...(second === undefined ? {} : { second }),
    ...(parts === undefined || output === undefined ? {} : { input: parts.rest, output }),
    ...(parts === undefined || output === undefined || audio === undefined ? {} : { audioIn: parts.part }),
  }
  return Object.keys(buckets).length === 0 ? { ok: false, reason: 'missing', raw: usage } : { ok: true, buckets }
}

/**
 * Reads a collected answer: JSON, or plain text, subtitles (`text`, `srt`, `vtt`), which tell no usage. Undefined if it is no
 * transcript: markup, or JSON of another kind.
 */
export function readTranscript(body: Buffer): AnswerReading | undefined {
  const text = body.toString('utf8')
  if (!/^\s*\{/.test(text)) return /^\s*<(!doctype|html|\?xml)/i.test(text) ? undefined : plainTranscript(text)
  const answer = parseObject(text)
  if (answer === undefined) return undefined
  const { text: transcript, usage, duration } = answer
  if (typeof transcript !== 'string') return undefined
  return { usage: withDuration(readTranscriptUsage(usage), duration), text: () => transcript, hasOutput: transcript !== '' }
}

/** A transcript can begin with a bracket as well, such as `[Music]`. */
function plainTranscript(text: string): AnswerReading {
  return { usage: MISSING_USAGE, text: () => text, hasOutput: text.trim() !== '' }
}

/** `verbose_json` and `diarized_json` tell the length of the audio beside usage, older models in place of it. */
function withDuration(usage: UsageReading, duration: unknown): UsageReading {
  if (typeof duration !== 'number' || !Number.isFinite(duration) || duration < 0) return usage
  if (!usage.ok) return usage.reason === 'missing' ? { ok: true, buckets: { second: Math.ceil(duration) } } : usage
  return { ok: true, buckets: { second: Math.ceil(duration), ...usage.buckets } }
}
