/** What can go wrong with an answer, by name. Written `fault=NAME` or `fault=NAME:ARGUMENT` in a plan. */
import { vendorError } from '../rules/errors.ts'
import type { Vendor, Violation } from '../types.ts'
import { CONTENT_FAULTS } from './content-faults.ts'
import { tooMany, WAIT_FORMS } from './errors-429.ts'
import { count, pieces, type Fault } from './fault.ts'
import type { FaultContext, Prepared, Step } from './prepared.ts'
import { streamError } from './stream-errors.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

function after(answer: Prepared, context: FaultContext, last: Step[], otherwise = 0): Prepared {
  const kept = count(context, otherwise)
  return { ...answer, head: kept > 0 || last.length > 1, steps: [...pieces(answer).slice(0, kept), ...last] }
}

function refused(context: FaultContext, violation: Violation): Prepared {
  const { status, headers, body } = vendorError(context.route.vendor, violation, { claude: context.route.dialect === 'anthropic' })
  return { status, headers, steps: [Buffer.from(JSON.stringify(body)), 'end'], head: true }
}

const TOO_LONG: Partial<Record<Vendor, Violation>> = {
  openai: {
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens. Please reduce the length of the messages.",
    param: 'messages',
    code: 'context_length_exceeded',
  },
  anthropic: { message: 'prompt is too long: 210000 tokens > 200000 maximum' },
  gemini: { message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).' },
  mistral: {
    message: 'Prompt contains 150000 tokens and 0 draft tokens, too large for model with 131072 maximum context length',
    code: '3051',
  },
  cohere: { message: 'too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs.' },
  ollama: { message: 'the input length exceeds the context length' },
  bedrock: { message: 'Input is too long for requested model.' },
}

const ERRORS: Fault[] = [
  {
    name: '429',
    about: `429 in the vendor's words; \`429:FORM\` says when to try again: ${WAIT_FORMS.join(', ')}`,
    apply: (_answer, context) => tooMany(context),
  },
  {
    name: 'quota',
    about: '429 (OpenAI `insufficient_quota`), or 402 where the vendor has that: the account has nothing left',
    apply: (_answer, context) =>
      refused(context, {
        status: context.route.vendor === 'deepseek' || context.route.vendor === 'anthropic' ? 402 : 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        ...(context.route.vendor === 'openai' ? { type: 'insufficient_quota', code: 'insufficient_quota' } : {}),
      }),
  },
  {
    name: 'context',
    about: '400: the input is too long, in the vendor’s words',
    apply: (_answer, context) => refused(context, TOO_LONG[context.route.vendor] ?? TOO_LONG.openai ?? { message: 'too long' }),
  },
  {
    name: 'filter',
    about: '400 as Azure’s content filter gives it; Gemini: 200 with `promptFeedback` and no candidates',
    apply: (answer, context) => (context.route.dialect === 'gemini' ? blocked(answer, context) : refused(context, FILTERED)),
  },
  {
    name: '200-error',
    about: 'status 200 and an error as the body, as OpenRouter does',
    apply: (answer) => ({
      ...answer,
      headers: JSON_TYPE,
      steps: [
        Buffer.from(JSON.stringify({ error: { code: 502, message: 'Provider returned error', metadata: { provider_name: 'played' } } })),
        'end',
      ],
    }),
  },
  {
    name: 'html',
    about: '502 and a page of HTML',
    apply: (answer) => ({ ...answer, status: 502, headers: { 'content-type': 'text/html' }, steps: [PAGE, 'end'] }),
  },
  {
    name: 'type',
    about: 'the right body as `text/html`',
    apply: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/html' } }),
  },
  {
    name: 'redirect',
    about: '307 to another path',
    apply: (answer) => ({ ...answer, status: 307, headers: { location: '/elsewhere' }, steps: ['end'] }),
  },
  { name: 'empty', about: 'status 200 and no body', apply: (answer) => ({ ...answer, steps: ['end'] }) },
]

const CONNECTION: Fault[] = [
  {
    name: 'reset',
    about: 'the connection is reset before the head, or after N events',
    apply: (answer, context) => after(answer, context, ['reset']),
  },
  {
    name: 'silence',
    about: 'nothing comes any more: no head, or nothing after N events; the connection stays',
    apply: (answer, context) => after(answer, context, ['hang']),
  },
  {
    name: 'cut',
    about: 'the connection is closed in the middle of the event after N',
    apply: (answer, context) => {
      const next = pieces(answer)[count(context)] ?? Buffer.alloc(0)
      return after(answer, context, [next.subarray(0, Math.ceil(next.length / 2)), 'close'])
    },
  },
  {
    name: 'end',
    about: 'the stream ends in order after N events, without what should end it',
    apply: (answer, context) => ({ ...after(answer, context, ['end'], 1), head: true }),
  },
  { name: 'error', about: 'an error inside the stream after N events, in the vendor’s form', apply: midway },
]

const FILTERED: Violation = {
  message:
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
  param: 'prompt',
  code: 'content_filter',
}
const PAGE = Buffer.from('<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n')

export const FAULTS: Fault[] = [...ERRORS, ...CONNECTION, ...CONTENT_FAULTS]

/** An answer with a fault in it. A number is a status in the vendor's words. */
export function withFault(answer: Prepared, written: string, context: Omit<FaultContext, 'argument'>): Prepared {
  const at = written.indexOf(':')
  const name = at < 0 ? written : written.slice(0, at)
  const full = { ...context, argument: at < 0 ? '' : written.slice(at + 1) }
  const fault = FAULTS.find((one) => one.name === name)
  if (fault !== undefined) return fault.apply(answer, full)
  const status = Number(name)
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new Error(`no fault is called ${name}; there are: ${FAULTS.map((one) => one.name).join(', ')}, and any status from 400 to 599`)
  }
  return refused(full, { status, message: `The server answers ${status}, as it was told to.` })
}

function midway(answer: Prepared, context: FaultContext): Prepared {
  if (context.framing === undefined)
    return refused(context, { status: 500, message: 'The server had an error while processing your request.' })
  const kept = pieces(answer).slice(0, count(context, 1))
  return { ...answer, steps: [...kept, streamError(context.route, context.framing), 'end'] }
}

function blocked(answer: Prepared, context: FaultContext): Prepared {
  const json = JSON.stringify({
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 },
    modelVersion: context.route.model,
  })
  const framed = context.framing === 'sse' ? `data: ${json}\r\n\r\n` : context.framing === undefined ? json : `[${json}\n]\n`
  return { ...answer, steps: [Buffer.from(framed), 'end'] }
}
