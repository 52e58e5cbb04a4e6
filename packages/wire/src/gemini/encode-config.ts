import type { Conversation, OutputFormat } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { NUMBERS } from './decode-config.ts'
import type { Encoding } from './encoding.ts'
import { thinkingConfigOf } from './reasoning.ts'

/** Members that Gemini has nothing for. */
const UNKNOWN: [keyof Conversation, string][] = [
  ['minP', 'min_p'],
  ['repetitionPenalty', 'a repetition penalty'],
  ['logitBias', 'a bias of single tokens'],
  ['verbosity', 'how much to say'],
]

/** So many stop sequences are taken. */
const MOST_STOPS = 5

const LARGEST_SEED = 2_147_483_647

/** The prefix under which members of `generationConfig` are kept that only this dialect understands. */
const OWN = 'generationConfig.'

/** `generationConfig`: only what was said, and the limit that was decided on. */
export function encodeConfig(conversation: Conversation, encoding: Encoding): JsonObject {
  for (const [name, what] of UNKNOWN) if (conversation[name] !== undefined) encoding.leaveOut(`/${name}`, what)
  return {
    ...numbersOf(conversation, encoding),
    ...stopsOf(conversation.stop, encoding),
    ...outputOf(conversation.output),
    ...logprobsOf(conversation, encoding),
    ...reasoningOf(conversation, encoding),
    ...resolutionOf(conversation),
    ...othersOf(conversation),
  }
}

function numbersOf(conversation: Conversation, encoding: Encoding): JsonObject {
  const { outputLimit, quirks } = encoding.target
  const config: JsonObject = {}
  for (const [name, neutral] of Object.entries(NUMBERS)) {
    const value = name === 'maxOutputTokens' ? outputLimit : conversation[neutral]
    if (value === undefined) continue
    if (quirks.refuses?.includes(neutral) === true) encoding.leaveOut(`/${neutral}`, neutral, 'this vendor refuses it')
    else if (neutral === 'seed' && !(Math.abs(value) <= LARGEST_SEED)) encoding.leaveOut('/seed', 'the seed', 'it takes more than 32 bits')
    else config[name] = value
  }
  return config
}

function stopsOf(stop: string[] | undefined, encoding: Encoding): JsonObject {
  if (stop === undefined || stop.length === 0) return {}
  if (stop.length > MOST_STOPS) encoding.leaveOut('/stop', `stop sequences after the first ${MOST_STOPS}`)
  return { stopSequences: stop.slice(0, MOST_STOPS) }
}

function outputOf(output: OutputFormat | undefined): JsonObject {
  if (output === undefined) return {}
  if (output.kind === 'text') return { responseMimeType: 'text/plain' }
  return { responseMimeType: 'application/json', ...(output.kind === 'schema' ? { responseJsonSchema: output.schema } : {}) }
}

function logprobsOf({ logprobs }: Conversation, encoding: Encoding): JsonObject {
  if (logprobs === undefined) return {}
  if (encoding.target.quirks.refuses?.includes('logprobs') !== true) {
    return { responseLogprobs: true, ...(logprobs.top === undefined ? {} : { logprobs: logprobs.top }) }
  }
  encoding.leaveOut('/logprobs', 'log probabilities', 'this vendor refuses them')
  return {}
}

function reasoningOf({ reasoning }: Conversation, encoding: Encoding): JsonObject {
  if (reasoning === undefined) return {}
  const { model, outputLimit } = encoding.target
  const thinkingConfig = thinkingConfigOf(reasoning, model, outputLimit)
  if (thinkingConfig === null) encoding.leaveOut('/reasoning', 'reasoning', `${model} does not reason`)
  return thinkingConfig == null ? {} : { thinkingConfig }
}

/** How closely images are looked at is said once for all of them: low where each one is to cost little. */
function resolutionOf({ turns }: Conversation): JsonObject {
  const images = turns.flatMap(({ parts }) => parts.filter((part) => part.type === 'image'))
  return images.length > 0 && images.every(({ detail }) => detail === 'low') ? { mediaResolution: 'MEDIA_RESOLUTION_LOW' } : {}
}

function othersOf({ others }: Conversation): JsonObject {
  const own = Object.entries(others).filter(([name]) => name.startsWith(OWN))
  return Object.fromEntries(own.map(([name, { value }]) => [name.slice(OWN.length), value]))
}
