import { sampleFor } from './sample.ts'
import { piecesOf, promptTokens } from './tokens.ts'

/** The members of a chat completion request that the demo honours. */
export interface DemoRequest {
  model: string
  messages: unknown[]
  stream: boolean
  includeUsage: boolean
  n: number
  limit: number
  /** JSON Schema of the answer; undefined: it is text. */
  schema: unknown
}

/** What the demo says, cut into tokens; the same for every choice. */
export interface DemoReply {
  pieces: string[]
  finishReason: 'stop' | 'length'
  usage: DemoUsage
}

export interface DemoUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details: { cached_tokens: number; audio_tokens: number }
  completion_tokens_details: { reasoning_tokens: number; audio_tokens: number }
}

const LONGEST_ECHO = 1_000

/** Reads a request; undefined if it is none. */
export function readDemoRequest(body: Buffer): DemoRequest | undefined {
  const value = parse(body)
  if (value === undefined || !Array.isArray(value['messages'])) return undefined
  const options = value['stream_options']
  const limits = [value['max_tokens'], value['max_completion_tokens']].filter((limit) => typeof limit === 'number')
  return {
    model: typeof value['model'] === 'string' ? value['model'] : 'demo',
    messages: value['messages'],
    stream: value['stream'] === true,
    includeUsage: typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true,
    n: typeof value['n'] === 'number' ? value['n'] : 1,
    limit: limits.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...limits),
    schema: schemaOf(value['response_format']),
  }
}

/** Makes the answer and its counts. */
export function replyTo(request: DemoRequest): DemoReply {
  const text = textFor(lastUserText(request.messages))
  const all = piecesOf(request.schema === undefined ? text : JSON.stringify(sampleFor(request.schema, text)))
  const pieces = all.slice(0, request.limit)
  const prompt = promptTokens(request.messages)
  const completion = pieces.length * request.n
  return {
    pieces,
    finishReason: pieces.length < all.length ? 'length' : 'stop',
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
  }
}

function schemaOf(format: unknown): unknown {
  const described = isObject(format) && format['type'] === 'json_schema' ? format['json_schema'] : undefined
  return isObject(described) ? described['schema'] : undefined
}

function textFor(said: string): string {
  const intro = 'This is the built-in demo provider of Faregate: no model was asked and nothing was sent anywhere. '
  const echo = said === '' ? 'Your message had no text.' : `You said: ${said}`
  return `${intro}${echo}`
}

function lastUserText(messages: readonly unknown[]): string {
  const last = messages.findLast((message) => isObject(message) && message['role'] === 'user')
  const content = isObject(last) ? last['content'] : undefined
  const parts = Array.isArray(content) ? content.filter(isObject).map((part) => part['text']) : [content]
  return parts
    .filter((part) => typeof part === 'string')
    .join(' ')
    .slice(0, LONGEST_ECHO)
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
