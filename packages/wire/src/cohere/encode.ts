import type { Conversation, OutputFormat } from '../canonical/conversation.ts'
import { wantsOneCall } from '../canonical/parallel.ts'
import { withoutRefused } from '../canonical/refused.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { NUMBERS } from './decode.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeThinking } from './reasoning.ts'
import { encodeTools } from './tools.ts'

/** Members of a conversation that Cohere has no word for, and what they are for a person. */
const UNKNOWN: [member: keyof Conversation, what: string][] = [
  ['minP', 'min_p'],
  ['repetitionPenalty', 'a repetition penalty'],
  ['logitBias', 'a logit bias'],
  ['user', "the name of the caller's user"],
  ['metadata', 'metadata'],
  ['serviceTier', 'a service tier'],
  ['safetySettings', 'safety settings'],
  ['verbosity', 'how much to say'],
]

/** What Cohere takes at least and at most (API reference: Chat). What is asked beyond becomes the nearest, or nothing. */
const RANGES: Partial<Record<string, { least: number; most: number; nearest: boolean }>> = {
  temperature: { least: 0, most: 1, nearest: false },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, nearest: false },
  topP: { least: 0.01, most: 0.99, nearest: true },
  topK: { least: 0, most: 500, nearest: true },
  frequencyPenalty: { least: 0, most: 1, nearest: false },
  presencePenalty: { least: 0, most: 1, nearest: false },
}

const MOST_STOP_SEQUENCES = 5

/** The body of `POST /v2/chat` for a conversation (API reference: Chat). */
export function encodeCohereChat(conversation: Conversation, target: Target): Encoded {
  const refused = target.quirks.refuses ?? []
  const unsupported: Unsupported[] = []
  const asked = withoutRefused(conversation, refused, unsupported)
  const { messages, documents, citations } = encodeMessages(asked.turns, unsupported)
  const tools = encodeTools(asked.tools ?? [], asked.toolChoice, unsupported)
  const body: JsonObject = {
    model: target.model,
    messages,
    stream: asked.stream,
    ...tools,
    ...(documents.length === 0 ? {} : { documents, ...(citations ? {} : { citation_options: { mode: 'OFF' } }) }),
    ...present({
      response_format: encodeFormat(asked.output, tools['tools'] !== undefined || documents.length > 0, unsupported),
      max_tokens: target.outputLimit,
      stop_sequences: encodeStop(asked.stop, unsupported),
      thinking: encodeThinking(asked.reasoning, target.outputLimit),
      logprobs: encodeLogprobs(asked, unsupported),
    }),
    ...encodeNumbers(onePenalty(asked, unsupported), unsupported),
  }
  nameUnknown(asked, unsupported)
  return { body: Buffer.from(JSON.stringify(body)), unsupported }
}

function encodeFormat(output: OutputFormat | undefined, combined: boolean, unsupported: Unsupported[]): JsonObject | undefined {
  if (output === undefined) return undefined
  if (output.kind === 'text') return { type: 'text' }
  if (combined) {
    unsupported.push({ at: '/output', what: 'a response format', why: 'Cohere takes none beside tools or documents' })
    return undefined
  }
  return { type: 'json_object', ...(output.kind === 'schema' ? { json_schema: output.schema } : {}) }
}

function encodeStop(stop: string[] | undefined, unsupported: Unsupported[]): string[] | undefined {
  if (stop === undefined || stop.length <= MOST_STOP_SEQUENCES) return stop
  unsupported.push({ at: '/stop', what: `more than ${MOST_STOP_SEQUENCES} stop sequences` })
  return stop.slice(0, MOST_STOP_SEQUENCES)
}

function encodeLogprobs({ logprobs }: Conversation, unsupported: Unsupported[]): true | undefined {
  if (logprobs === undefined) return undefined
  if ((logprobs.top ?? 0) > 0) unsupported.push({ at: '/logprobs', what: 'alternatives beside log probabilities' })
  return true
}

/** "cannot specify both frequency_penalty and presence_penalty" (API reference: Errors); one that is zero says nothing. */
function onePenalty(conversation: Conversation, unsupported: Unsupported[]): Conversation {
  const { frequencyPenalty, presencePenalty, ...rest } = conversation
  if (frequencyPenalty === undefined || presencePenalty === undefined) return conversation
  if (frequencyPenalty === 0) return { ...rest, presencePenalty }
  if (presencePenalty !== 0) unsupported.push({ at: '/presencePenalty', what: 'a presence penalty', why: 'Cohere takes one penalty' })
  return { ...rest, frequencyPenalty }
}

function encodeNumbers(conversation: Conversation, unsupported: Unsupported[]): JsonObject {
  const numbers: JsonObject = {}
  for (const [name, canonical] of NUMBERS) {
    const value = conversation[canonical]
    if (value === undefined) continue
    const range = RANGES[canonical]
    const fits = range === undefined || (value >= range.least && value <= range.most)
    if (fits) numbers[name] = value
    else if (range.nearest) numbers[name] = Math.min(range.most, Math.max(range.least, value))
    else unsupported.push({ at: `/${canonical}`, what: `${name} ${value}`, why: `Cohere takes ${range.least} to ${range.most}` })
  }
  return numbers
}

/** Hints that change no answer (prompt caching, parallel calls where they are allowed) are not among these. */
function nameUnknown(conversation: Conversation, unsupported: Unsupported[]): void {
  for (const [member, what] of UNKNOWN) if (conversation[member] !== undefined) unsupported.push({ at: `/${member}`, what })
  if ((conversation.choices ?? 1) > 1) unsupported.push({ at: '/choices', what: 'more than one choice' })
  if (wantsOneCall(conversation)) unsupported.push({ at: '/parallelToolCalls', what: 'one tool call at a time' })
}
