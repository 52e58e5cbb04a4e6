import type { DialectName } from '../canonical/conversation.ts'
import type { CallerRequest, EndpointDialect, ReadResult } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { MODEL } from '../input/validate.ts'
import { audioSeconds } from './audio/seconds.ts'
import { Form } from './form.ts'
import { endpointMembers, NOTHING_MORE } from './json-request.ts'
import { OPENAI_CALLER } from './openai-side.ts'
import { readTranscript, TRANSCRIPT_USAGE } from './transcript.ts'
import { TranscriptStreamReader } from './transcript-stream.ts'

const BILLED = new Set(['model', 'stream', 'response_format', 'prompt'])

/** Audio goes in as 10 tokens a second; what models add around it is not more than that again. */
const TOKENS_PER_SECOND = 10
const MOST_TOKENS_PER_SECOND = 20
/** Nobody speaks faster, in whatever language; a short sound can still be a few words. */
const MOST_WORDS_PER_SECOND = 16
const LEAST_LIMIT = 400
const TOKENS_PER_REQUEST = 64

const SHARED = {
  ...OPENAI_CALLER,
  framing: 'sse',
  usageMember: TRANSCRIPT_USAGE,
  readAnswer: readTranscript,
  streamReader: () => new TranscriptStreamReader(),
} as const

/** OpenAI's transcriptions: `POST /v1/audio/transcriptions`, billed by the second of audio or by tokens. */
export const openaiTranscriptions: EndpointDialect = {
  ...SHARED,
  name: 'openai-transcriptions',
  read: (call) => readAudio('openai-transcriptions', call),
}

/** OpenAI's translations into English: `POST /v1/audio/translations`. */
export const openaiTranslations: EndpointDialect = {
  ...SHARED,
  name: 'openai-translations',
  read: (call) => readAudio('openai-translations', call),
}

function readAudio(dialect: DialectName, call: CallerRequest): ReadResult {
  const read = Form.read(call, BILLED)
  if (!read.ok) return read
  const { form } = read
  const model = form.field('model')
  const expected = MODEL(model)
  if (model === undefined || expected !== undefined) return invalid('/model', `\`model\` must be ${expected ?? 'there'}`)
  const files = form.contents('file', 'file[]')
  const [audio] = files
  if (audio === undefined || files.length > 1)
    return invalid('/file', 'send the audio itself, once, as the part `file`: it is metered by its length')
  const seconds = Math.ceil(audioSeconds(audio))
  const prompt = form.field('prompt') ?? ''
  const stream = /^(true|1|yes|on)$/i.test(form.field('stream') ?? '')
  const inputBound = seconds * MOST_TOKENS_PER_SECOND + Buffer.byteLength(prompt) + TOKENS_PER_REQUEST
  return {
    ok: true,
    request: {
      ...endpointMembers({ inputBound }),
      dialect,
      body: call.body,
      contentType: form.contentType,
      model,
      user: form.field('user') ?? null,
      stream,
      wholeToo: true,
      ...(/^(text|srt|vtt)$/.test(form.field('response_format') ?? '') || stream ? {} : { wholeOnly: true }),
      n: 1,
      outputLimit: seconds * MOST_WORDS_PER_SECOND + LEAST_LIMIT,
      inputBound,
      inputText: () => prompt,
      units: { second: seconds },
      pricedBy: ['second', 'output'],
      ownCount: () => ({ second: seconds, audioIn: seconds * TOKENS_PER_SECOND }),
      canCause: { ...NOTHING_MORE, audioIn: true, hiddenOutput: true },
      upstreamBody: ({ model: upstream }) => form.withField('model', upstream),
    },
  }
}
