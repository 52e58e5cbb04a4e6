/** OpenAI's smaller endpoints: completions, embeddings, images, audio, moderations. */
import { DOCS } from './docs.ts'
import { openaiSays } from './openai-say.ts'
import { formRule, rules, type Rule, type ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, dictionary, flag, integer, object, record, text } from './shape.ts'
import type { Endpoint, Vendor } from '../types.ts'

const VENDORS: Vendor[] = ['openai', 'azure']
const texts = byType({ string: text(), array: array(anything, { min: 1, max: 2048 }) }, 'one of a string or array')

const SHAPES: Partial<Record<Endpoint, ShapeRow['shape']>> = {
  completions: record(
    {
      model: text({ min: 1 }),
      prompt: texts,
      best_of: integer({ min: 1, max: 20 }),
      echo: flag,
      frequency_penalty: decimal({ min: -2, max: 2 }),
      logit_bias: dictionary(decimal({ min: -100, max: 100 })),
      logprobs: integer({ min: 0, max: 5 }),
      max_tokens: integer({ min: 0 }),
      n: integer({ min: 1, max: 128 }),
      presence_penalty: decimal({ min: -2, max: 2 }),
      seed: integer(),
      stop: byType({ string: text(), array: array(text(), { max: 4 }) }, 'one of a string or array of strings'),
      stream: flag,
      stream_options: record({ include_usage: flag, include_obfuscation: flag }),
      suffix: text(),
      temperature: decimal({ min: 0, max: 2 }),
      top_p: decimal({ min: 0, max: 1 }),
      user: text(),
    },
    { required: ['prompt'], nullable: true },
  ),
  embeddings: record(
    {
      input: byType({ string: text({ min: 1 }), array: array(anything, { min: 1, max: 2048 }) }, 'one of a string or array'),
      model: text({ min: 1 }),
      dimensions: integer({ min: 1 }),
      encoding_format: choice('float', 'base64'),
      user: text(),
    },
    { required: ['input'] },
  ),
  speech: record(
    {
      input: text({ min: 1, max: 4096 }),
      model: text({ min: 1 }),
      voice: byType({ string: text(), object }, 'one of a string or object'),
      instructions: text(),
      response_format: choice('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'),
      speed: decimal({ min: 0.25, max: 4 }),
      stream_format: choice('sse', 'audio'),
    },
    { required: ['input', 'voice'] },
  ),
  moderations: record({ input: texts, model: text() }, { required: ['input'] }),
}

const image = record(
  {
    prompt: text({ min: 1, max: 32_000 }),
    background: choice('transparent', 'opaque', 'auto'),
    complexity: anything,
    frame_count: integer(),
    frame_duration_ms: integer(),
    model: text(),
    moderation: choice('low', 'auto'),
    n: integer({ min: 1, max: 10 }),
    output_compression: integer({ min: 0, max: 100 }),
    output_format: choice('png', 'webp', 'jpeg', 'gif', 'svg'),
    partial_images: integer({ min: 0, max: 3 }),
    quality: text(),
    response_format: choice('url', 'b64_json'),
    safety_identifier: text(),
    size: text(),
    stream: flag,
    style: choice('vivid', 'natural'),
    svg: object,
    user: text(),
  },
  { required: ['prompt'], nullable: true },
)

export const openaiOtherShapes: ShapeRow[] = [
  ...Object.entries(SHAPES).map(([endpoint, shape]) => ({ vendors: VENDORS, endpoints: [endpoint as Endpoint], shape })),
  { vendors: VENDORS, endpoints: ['images'], shape: image },
]

/** What holds for the form of every body of JSON that OpenAI takes. */
const FORM_ENDPOINTS: Endpoint[] = ['responses', 'completions', 'embeddings', 'images', 'speech', 'moderations']
const NEED_MODEL: Endpoint[] = ['responses', 'completions', 'embeddings', 'speech']
const form = (kinds: Parameters<typeof formRule>[0]['kinds'], at?: RegExp): Rule['check'] =>
  formRule(at === undefined ? { kinds } : { kinds, at }, openaiSays)

export const openaiJsonRules: Rule[] = rules({ vendors: VENDORS, endpoints: ['chat', ...FORM_ENDPOINTS] }, [
  [
    'openai.json',
    'The body is a JSON object',
    DOCS.openaiChat,
    ({ call }) =>
      call.body !== undefined || call.form !== undefined
        ? undefined
        : {
            message:
              'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)',
          },
  ],
])

export const openaiOtherRules: Rule[] = [
  ...rules({ vendors: VENDORS, endpoints: NEED_MODEL }, [
    [
      'openai-other.model-required',
      '`model` is required',
      DOCS.openaiResponses,
      ({ body, route }) =>
        route.modelInPath || (typeof body['model'] === 'string' && body['model'] !== '')
          ? undefined
          : { message: 'you must provide a model parameter' },
    ],
  ]),
  ...rules({ vendors: VENDORS, endpoints: ['embeddings'] }, [
    [
      'embeddings.input',
      'Texts to embed are not empty, and at most 2,048',
      DOCS.openaiEmbeddings,
      form(['short', 'few', 'many'], /^input$/),
    ],
  ]),
  ...rules({ vendors: VENDORS, endpoints: ['speech'] }, [
    ['speech.input', 'A text to speak has at most 4,096 characters', DOCS.openaiSpeech, form(['long', 'short'], /^input$/)],
    ['speech.speed', '`speed` is from 0.25 to 4', DOCS.openaiSpeech, form(['low', 'high'], /^speed$/)],
  ]),
  ...rules({ vendors: VENDORS, endpoints: ['images'] }, [
    [
      'images.prompt',
      '`prompt` is required',
      DOCS.openaiImages,
      (question) => (question.call.form === undefined ? form(['missing'], /^prompt$/)(question) : undefined),
    ],
    ['images.n', '`n` is from 1 to 10', DOCS.openaiImages, form(['low', 'high'], /^n$/)],
  ]),
  ...rules({ vendors: VENDORS, endpoints: ['moderations'] }, [
    ['moderations.input', '`input` is required', DOCS.openaiModerations, form(['missing'], /^input$/)],
  ]),
  ...rules({ vendors: VENDORS, endpoints: ['completions'] }, [
    ['completions.prompt', '`prompt` is required', DOCS.openaiCompletions, form(['missing'], /^prompt$/)],
  ]),
  ...rules({ vendors: VENDORS, endpoints: FORM_ENDPOINTS }, [
    [
      'openai-other.unknown-member',
      'Members that the reference does not list are refused, at any depth',
      DOCS.openaiResponses,
      passForm(['unknown']),
    ],
    ['openai-other.member-required', 'Required members are there', DOCS.openaiResponses, passForm(['missing'])],
    ['openai-other.type', 'Members have the type of the reference', DOCS.openaiResponses, passForm(['type'])],
    ['openai-other.enum', 'Members with a list of values take only those', DOCS.openaiResponses, passForm(['enum'])],
    [
      'openai-other.limits',
      'Numbers, texts and lists are within the limits of the reference',
      DOCS.openaiResponses,
      passForm(['low', 'high', 'short', 'long', 'few', 'many', 'pattern']),
    ],
  ]),
  ...rules({ vendors: VENDORS, endpoints: ['transcription'] }, [
    [
      'transcription.multipart',
      'A transcription is asked for with a form that has `file` and `model`',
      DOCS.openaiTranscription,
      ({ call, route }) => {
        const missing = ['file', ...(route.modelInPath ? [] : ['model'])].find((name) => call.form?.has(name) !== true)
        return missing === undefined
          ? undefined
          : { message: `Missing required parameter: '${missing}'.`, param: missing, code: 'missing_required_parameter' }
      },
    ],
    [
      'transcription.format',
      '`response_format` is json, text, srt, verbose_json, vtt or diarized_json',
      DOCS.openaiTranscription,
      ({ call }) => {
        const format = call.form?.get('response_format')?.toString('utf8')
        if (format === undefined || ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'].includes(format)) return undefined
        return {
          message: `Invalid value: '${format}'. Supported values are: 'json', 'text', 'srt', 'verbose_json', 'vtt', and 'diarized_json'.`,
          param: 'response_format',
          code: 'invalid_value',
        }
      },
    ],
  ]),
]

/** A form has fields of its own kind, which no shape is for. */
function passForm(kinds: Parameters<typeof formRule>[0]['kinds']): Rule['check'] {
  return (question) => (question.call.form === undefined ? form(kinds)(question) : undefined)
}
