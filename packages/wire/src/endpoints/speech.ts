import type { Buckets } from '@faregate/core'
import { MISSING_USAGE } from '../canonical/usage.ts'
import type { CallerRequest, EndpointDialect, ReadResult } from '../dialect.ts'
import { readJsonBody } from '../input/body.ts'
import type { JsonObject } from '../json/object.ts'
import { firstFault, MODEL, optional, type MemberChecks } from '../input/validate.ts'
import { jsonRequest, NOTHING_MORE } from './json-request.ts'
import { OPENAI_CALLER } from './openai-side.ts'
import { SpeechStreamReader } from './speech-stream.ts'

const BILLED = { own: new Set(['model', 'input', 'instructions', 'speed', 'stream_format', 'response_format']) }

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['input', (value) => (typeof value === 'string' && value !== '' ? undefined : 'the text that is to be spoken')],
  ['speed', optional((value) => (typeof value === 'number' && value > 0 ? undefined : 'a number above 0, such as 1'))],
  ['stream_format', optional((value) => (value === 'sse' || value === 'audio' ? undefined : '"sse" or "audio"'))],
]

/** Speech is about 20 tokens a second, and English about 15 characters a second. */
const TOKENS_PER_SECOND = 20
const CHARACTERS_PER_SECOND = 15
/** No language, and no way of speaking it, takes more tokens for a byte of text. */
const MOST_TOKENS_PER_BYTE = 3
const LEAST_LIMIT = 200

/** What a second takes: samples of 16 bits at 24 kHz, or the usual bit rate of a compressed format. */
const BYTES_PER_SECOND: Record<string, number> = { pcm: 48_000, wav: 48_000, flac: 24_000, mp3: 16_000, aac: 12_000, opus: 8_000 }
const USUAL_FORMAT = 'mp3'

/**
 * OpenAI's speech: `POST /v1/audio/speech`. The answer is audio, or a stream of events (`stream_format: "sse"`), which alone
 * tells usage. It is billed by the characters of the text or by tokens of text and audio.
 */
export const openaiSpeech: EndpointDialect = {
  name: 'openai-speech',
  ...OPENAI_CALLER,
  framing: 'sse',
  bytes: /^(audio\/|application\/octet-stream|binary\/)/i,
  usageMember: { name: 'usage', read: () => MISSING_USAGE },
  read: readSpeech,
  readAnswer: () => undefined,
  streamReader: () => new SpeechStreamReader(),
}

function readSpeech({ body }: CallerRequest): ReadResult {
  const read = readJsonBody(body, BILLED, '{"model": …, "input": …, "voice": …}')
  if (!read.ok) return read
  const wrong = firstFault(read.value, CHECKS)
  if (wrong !== undefined) return wrong
  const { model, input, instructions, stream_format: format, speed } = read.value as JsonObject & { model: string; input: string }
  const told = typeof instructions === 'string' ? instructions : ''
  const slowness = 1 / (typeof speed === 'number' ? Math.min(1, speed) : 1)
  const bytes = Buffer.byteLength(input)
  return {
    ok: true,
    request: jsonRequest('openai-speech', body, read, {
      model,
      stream: format === 'sse',
      n: 1,
      outputLimit: Math.ceil(bytes * MOST_TOKENS_PER_BYTE * slowness) + LEAST_LIMIT,
      inputBound: bytes + Buffer.byteLength(told),
      inputText: () => `${input}\n${told}`,
      units: { character: characters(input) },
      pricedBy: ['character', 'output', 'audioOut'],
      ownCount: (made, whole) => spoken(read.value, made, whole),
      canCause: { ...NOTHING_MORE, audioOut: true, hiddenOutput: true },
      ...(format === 'sse' ? {} : { countedHere: true }),
    }),
  }
}

/** What was spoken, by the bytes of audio that were made: all of the text where it is whole, else so much as these can hold. */
function spoken({ input, response_format: format, speed }: JsonObject, made: number, whole: boolean): Buckets {
  const rate = BYTES_PER_SECOND[typeof format === 'string' ? format : USUAL_FORMAT] ?? BYTES_PER_SECOND[USUAL_FORMAT] ?? 1
  const seconds = made / rate
  const pace = CHARACTERS_PER_SECOND * (typeof speed === 'number' ? speed : 1)
  const all = characters(String(input))
  return { character: whole ? all : Math.min(all, Math.ceil(seconds * pace)), audioOut: Math.ceil(seconds * TOKENS_PER_SECOND) }
}

const PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g

/** Characters as Unicode counts them: a pair of surrogates is one. */
function characters(text: string): number {
  return text.replaceAll(PAIRS, '_').length
}
