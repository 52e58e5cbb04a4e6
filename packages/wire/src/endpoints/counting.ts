import { anthropic } from '../anthropic/dialect.ts'
import { readCountTokens as readMessagesCount } from '../anthropic/request.ts'
import type { Conversation, DialectName } from '../canonical/conversation.ts'
import { MISSING_USAGE } from '../canonical/usage.ts'
import type { AnswerReading, Encoded, EndpointDialect, Target } from '../dialect.ts'
import {
  decodeCount as decodeGeminiCount,
  encodeCount as encodeGeminiCount,
  readCountTokens as readGeminiCount,
} from '../gemini/count-tokens.ts'
import { gemini } from '../gemini/dialect.ts'
import { resourceName } from '../gemini/path.ts'
import { parseObject } from '../json/object.ts'
import { envelopeOf } from './envelope.ts'
import { WHOLE_ANSWERS } from './whole-answers.ts'

/** What is spoken where the tokens of a conversation are counted, and no answer is made. */
export interface CountDialect extends EndpointDialect {
  /** The body of an answer to a caller. */
  encodeCount(tokens: number): Buffer
  /** The body for an upstream that counts. */
  encodeCounting(conversation: Conversation, target: Target): Encoded
  /** The count of an upstream's answer; undefined where it is none. */
  decodeCount(body: Buffer): number | undefined
}

const UNTOLD = { name: '', read: () => MISSING_USAGE }

/** Members of a request that count; the others decide what an answer is like, and are refused where there is none. */
const COUNTED = new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'cache_control'])

/** Anthropic's count of tokens: `POST /v1/messages/count_tokens`. */
export const anthropicCountTokens: CountDialect = {
  ...WHOLE_ANSWERS,
  ...envelopeOf(anthropic),
  usageMember: UNTOLD,
  name: 'anthropic-count-tokens',
  read: (call) => {
    const read = readMessagesCount(call)
    return read.ok ? { ok: true, request: { ...read.request, dialect: 'anthropic-count-tokens' } } : read
  },
  readAnswer: (body) => counted(decodeMessagesCount(body)),
  encodeCount: (tokens) => Buffer.from(JSON.stringify({ input_tokens: tokens })),
  encodeCounting: (conversation, target) => {
    const { body, unsupported } = anthropic.encodeRequest(conversation, target)
    const members = Object.entries(parseObject(body.toString('utf8')) ?? {}).filter(([name]) => COUNTED.has(name))
    return { body: Buffer.from(JSON.stringify(Object.fromEntries(members))), unsupported }
  },
  decodeCount: decodeMessagesCount,
}

/** Google's count of tokens: `POST /v1beta/models/{model}:countTokens`. */
export const geminiCountTokens: CountDialect = {
  ...WHOLE_ANSWERS,
  ...envelopeOf(gemini),
  usageMember: UNTOLD,
  name: 'gemini-count-tokens',
  read: readGeminiCount,
  readAnswer: (body) => counted(decodeGeminiCount(body)),
  encodeCount: encodeGeminiCount,
  encodeCounting: (conversation, target) => {
    const { body, unsupported } = gemini.encodeRequest(conversation, target)
    const whole = { model: resourceName(target.model), ...parseObject(body.toString('utf8')) }
    return { body: Buffer.from(JSON.stringify({ generateContentRequest: whole })), unsupported }
  },
  decodeCount: decodeGeminiCount,
}

const COUNTERS: readonly CountDialect[] = [anthropicCountTokens, geminiCountTokens]

/** In what words a vendor that speaks these is asked for a count; undefined: it does not count. */
export function countUpstream(dialects: readonly DialectName[]): CountDialect | undefined {
  return COUNTERS.find(({ name }) => dialects.includes(name))
}

function decodeMessagesCount(body: Buffer): number | undefined {
  const count = parseObject(body.toString('utf8'))?.['input_tokens']
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

function counted(tokens: number | undefined): AnswerReading | undefined {
  return tokens === undefined ? undefined : { usage: MISSING_USAGE, text: () => '', hasOutput: false }
}
