import {
  anthropic,
  cohere,
  gemini,
  ollama,
  openaiChat,
  openaiResponses,
  splitterFor,
  upstreamDialect,
  type AnswerFrame,
  type Dialect,
  type ModelRequest,
  type RawEvent,
  type UpstreamDialect,
} from '../../packages/wire/src/index.ts'
import { bedrock as bedrockAnswers } from '../dialects/bedrock.ts'
import { SPOKEN, SPOKEN_NAMES } from '../dialects/index.ts'
import type { SpokenName } from '../dialects/index.ts'
import { CREATED } from '../dialects/spoken.ts'
import type { Answers, Stream } from '../dialects/spoken.ts'
import { LONG_PROMPT } from '../workloads.ts'

const CALLERS: Record<SpokenName, Dialect> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
  cohere,
  ollama,
}

export type UpstreamName = SpokenName | 'bedrock'

/** A caller, and an upstream that speaks otherwise. */
export interface Pair {
  name: { caller: SpokenName; upstream: UpstreamName }
  caller: Dialect
  upstream: UpstreamDialect
  answers: Answers
}

/** What goes in pieces: text, or the arguments of a tool call. */
export type Kind = 'text' | 'call'

export function pair(caller: SpokenName, upstream: UpstreamName): Pair {
  const answers = upstream === 'bedrock' ? bedrockAnswers : SPOKEN[upstream].answers
  return { name: { caller, upstream }, caller: CALLERS[caller], upstream: upstreamDialect(upstream), answers }
}

/** Every caller with every upstream that speaks otherwise. */
export function everyPair(): Pair[] {
  const upstreams: UpstreamName[] = [...SPOKEN_NAMES, 'bedrock']
  return SPOKEN_NAMES.flatMap((caller) => upstreams.filter((upstream) => upstream !== caller).map((upstream) => pair(caller, upstream)))
}

export const MODEL = 'bench'

/** Reads a request with the long prompt, from bytes of its own. Throws if it is refused. */
export function reading({ name, caller }: Pair): () => ModelRequest {
  const spoken = SPOKEN[name.caller]
  const [path = '', query = ''] = spoken.path(MODEL, false).split('?')
  const bytes = Buffer.from(spoken.body(MODEL, LONG_PROMPT, false))
  return () => {
    const result = caller.read({ path, query, headers: {}, body: bytes })
    if (!result.ok) throw new Error(`${name.caller} refuses its own request: ${result.message}`)
    return result.request
  }
}

/** Throws if it cannot be decoded. */
export function conversationOf(request: ModelRequest): AnswerFrame['conversation'] {
  const decoded = request.decode()
  if (!decoded.ok) throw new Error(`the request cannot be decoded: ${decoded.message}`)
  return decoded.conversation
}

export function frameOf(pairOf: Pair): AnswerFrame {
  const conversation = conversationOf(reading(pairOf)())
  return { model: MODEL, requestId: `req_${'0'.repeat(26)}`, created: CREATED, includeUsage: true, conversation }
}

/** Cuts bytes of the upstream's stream into its events, one stream at a time. */
export function cutter({ upstream, answers }: Pair): (bytes: Buffer) => RawEvent[] {
  const splitter = splitterFor(upstream.framing, answers.streamType, true)
  if (splitter === undefined) throw new Error(`${answers.streamType} is no stream of ${upstream.name}`)
  return (bytes) => splitter.push(bytes)
}

export function streamOf({ answers }: Pair, kind: Kind): Stream | undefined {
  return kind === 'text' ? answers.text : answers.call
}
