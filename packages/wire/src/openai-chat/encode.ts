import type { Conversation } from '../canonical/conversation.ts'
import type { Encoded, Quirks, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { isOpenAis, leastEffort, refusesSampling, takesVerbosity } from '../openai-responses/model-traits.ts'
import { cacheControlMember } from './cache-control.ts'
import { encodeMessages } from './encode-messages.ts'
import { CUSTOM_TOOLS, encodeTools } from './encode-tools.ts'
import { Encoding, REFUSED } from './encoding.ts'
import { MEMBERS } from './members.ts'
import { encodeOutput } from './output-format.ts'
import { effortOf } from './reasoning-settings.ts'
import { LONGEST_USER } from './user.ts'

/** "Up to 4 sequences where the API will stop generating further tokens." */
const MOST_STOPS = 4

/** Service tiers of this dialect, and what others call them. */
const TIERS = new Map([
  ...['auto', 'default', 'flex', 'scale', 'priority', 'fast'].map((tier): [string, string] => [tier, tier]),
  ['standard', 'default'],
  ['standard_only', 'default'],
])

/** Metadata is a label of what the vendor stores, and nothing is to be stored. */
const UNSTORED = 'metadata.unstored'

/** Written with the tools, or by a function of their own. */
const ELSEWHERE = new Set<string>(['parallelToolCalls', 'serviceTier', 'user'])

/**
 * The body of a chat completion request for a vendor of this dialect. The same conversation gives the same bytes (T9);
 * nothing is sent that was not said (M5), but for the names that OpenAI demands of schemas and files.
 */
export function encodeRequest(conversation: Conversation, target: Target): Encoded {
  const encoding = new Encoding(withTraits(target, conversation))
  const body = {
    model: target.model,
    messages: encodeMessages(conversation.turns, encoding),
    ...encodeTools(conversation, encoding),
    ...encodeLimit(target),
    ...encodeMembers(conversation, encoding),
    ...encodeSettings(conversation, encoding),
    ...encodeReasoning(conversation, target.model, encoding),
    ...encodeVerbosity(conversation, target.model, encoding),
    ...encodeStream(conversation, target),
  }
  return { body: Buffer.from(JSON.stringify(body)), unsupported: encoding.unsupported }
}

/** What a model of OpenAI's refuses because it reasons, or because it never does, beside what the vendor refuses. */
function withTraits({ model, quirks }: Target, { reasoning }: Conversation): Quirks {
  if (!isOpenAis(model)) return { ...quirks, refuses: [...(quirks.refuses ?? []), CUSTOM_TOOLS] }
  if (leastEffort(model) === undefined) return { ...quirks, refuses: [...(quirks.refuses ?? []), 'reasoning'] }
  const effort = reasoning === undefined ? undefined : effortOf(reasoning, model)
  const sampling = refusesSampling(model, effort) ? SAMPLING : []
  return { ...quirks, refuses: [...(quirks.refuses ?? []), 'stop', 'logitBias', ...sampling] }
}

const SAMPLING = ['temperature', 'topP', 'presencePenalty', 'frequencyPenalty', 'logprobs']

function encodeLimit({ outputLimit, quirks }: Target): JsonObject {
  return outputLimit === undefined ? {} : { [quirks.outputLimitMember ?? 'max_completion_tokens']: outputLimit }
}

function encodeStream({ stream }: Conversation, { quirks }: Target): JsonObject {
  if (!stream) return {}
  return quirks.noStreamOptions === true ? { stream } : { stream, stream_options: { include_usage: true } }
}

function encodeMembers(conversation: Conversation, encoding: Encoding): JsonObject {
  const members: JsonObject = {}
  for (const { name, wire, what, idle, fixed } of MEMBERS) {
    const value = conversation[name]
    if (value === undefined || value === idle || ELSEWHERE.has(name)) continue
    if (!encoding.refuses(name) && !(name === 'metadata' && encoding.refuses(UNSTORED)))
      members[encoding.quirks.renames?.[wire] ?? wire] = value
    else if (value !== fixed) encoding.drop(`/${name}`, what, REFUSED)
  }
  return members
}

/** Members that change more than their name. */
function encodeSettings(conversation: Conversation, encoding: Encoding): JsonObject {
  const { safetySettings, cacheControl } = conversation
  if (safetySettings !== undefined) encoding.drop('/safetySettings', 'settings of safety filters')
  return {
    ...encodeStop(conversation, encoding),
    ...encodeLogprobs(conversation, encoding),
    ...encodeFormat(conversation, encoding),
    ...encodeTier(conversation, encoding),
    ...encodeUser(conversation, encoding),
    ...(encoding.refuses('cacheControl') ? {} : cacheControlMember(cacheControl)),
  }
}

function encodeStop({ stop }: Conversation, encoding: Encoding): JsonObject {
  if (stop === undefined || stop.length === 0) return {}
  if (encoding.refuses('stop')) return encoding.drop('/stop', 'stop sequences', REFUSED) ?? {}
  const { mostStops = MOST_STOPS } = encoding.quirks
  if (stop.length > mostStops) encoding.drop('/stop', `more than ${mostStops} stop sequences`, `the first ${mostStops} are sent`)
  return { stop: stop.slice(0, mostStops) }
}

function encodeLogprobs({ logprobs }: Conversation, encoding: Encoding): JsonObject {
  if (logprobs === undefined) return {}
  if (encoding.refuses('logprobs')) return encoding.drop('/logprobs', 'log probabilities', REFUSED) ?? {}
  return logprobs.top === undefined ? { logprobs: true } : { logprobs: true, top_logprobs: logprobs.top }
}

function encodeFormat({ output }: Conversation, encoding: Encoding): JsonObject {
  if (output === undefined) return {}
  if (encoding.refuses('output')) return encoding.drop('/output', 'a format of the answer', REFUSED) ?? {}
  if (output.kind === 'schema' && encoding.refuses('output.schema'))
    return encoding.drop('/output', 'a schema of the answer', REFUSED) ?? {}
  return { response_format: encodeOutput(output) }
}

/** Whether and how the model's thought is shown is the vendor's own in this dialect. */
function encodeReasoning({ reasoning }: Conversation, model: string, encoding: Encoding): JsonObject {
  const effort = reasoning === undefined ? undefined : effortOf(reasoning, model)
  if (effort === undefined) return {}
  if (encoding.refuses('reasoning')) return encoding.drop('/reasoning', 'how much to think', REFUSED) ?? {}
  return { reasoning_effort: effort }
}

function encodeVerbosity({ verbosity }: Conversation, model: string, encoding: Encoding): JsonObject {
  if (verbosity === undefined) return {}
  return takesVerbosity(model) ? { verbosity } : (encoding.drop('/verbosity', 'how much to say', REFUSED) ?? {})
}

function encodeTier({ serviceTier }: Conversation, encoding: Encoding): JsonObject {
  if (serviceTier === undefined) return {}
  const tier = TIERS.get(serviceTier)
  if (tier === undefined || encoding.refuses('serviceTier')) return encoding.drop('/serviceTier', 'a service tier', REFUSED) ?? {}
  return { service_tier: tier }
}

function encodeUser({ user }: Conversation, encoding: Encoding): JsonObject {
  if (user === undefined) return {}
  if (encoding.refuses('user')) return encoding.drop('/user', 'the name of a user', REFUSED) ?? {}
  if (user.length > LONGEST_USER) return encoding.drop('/user', 'a user of so long a name', `${LONGEST_USER} characters are taken`) ?? {}
  return { user }
}
