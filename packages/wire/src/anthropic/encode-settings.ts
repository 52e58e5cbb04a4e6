import type { Conversation } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { JsonObject } from '../json/object.ts'
import { UNENFORCED } from './encode-tools.ts'
import { isBlank } from './encode-parts.ts'
import type { Encoding } from './encoding.ts'
import { closedSchema } from './schema.ts'

/** What the vendor has no member for, and the value that says nothing. */
const NO_PLACE: [name: keyof Conversation, what: string, idle?: unknown][] = [
  ['choices', 'several answers to one prompt', 1],
  ['seed', 'a seed'],
  ['logprobs', 'log probabilities'],
  ['logitBias', 'a bias of tokens'],
  ['minP', 'a least probability'],
  ['presencePenalty', 'a penalty for presence', 0],
  ['frequencyPenalty', 'a penalty for frequency', 0],
  ['repetitionPenalty', 'a penalty for repetition', 1],
  ['metadata', 'metadata'],
  ['promptCacheKey', 'a key for the prompt cache'],
  ['safetySettings', 'safety settings'],
  ['verbosity', 'how much to say'],
]

const LONGEST_USER = 512

const SERVICE_TIERS: Record<string, string> = { auto: 'auto', default: 'standard_only', standard_only: 'standard_only' }

/** Lists what has no place here at all. */
export function listUnplaced(conversation: Conversation, unsupported: Unsupported[]): void {
  for (const [name, what, idle] of NO_PLACE) {
    const value = conversation[name]
    if (value !== undefined && value !== idle) unsupported.push({ at: `/${name}`, what })
  }
}

/** `stop_sequences`, `metadata`, `service_tier`. */
export function settingsOf({ stop, user, serviceTier }: Conversation, { unsupported }: Encoding): JsonObject {
  const sequences = stop?.filter((sequence) => !isBlank(sequence))
  if (sequences !== undefined && sequences.length < (stop?.length ?? 0)) {
    unsupported.push({ at: '/stop', what: 'a stop sequence of white space' })
  }
  const named = user !== undefined && user.length <= LONGEST_USER
  if (user !== undefined && !named)
    unsupported.push({ at: '/user', what: 'a user of so long a name', why: `the vendor takes ${LONGEST_USER} characters` })
  const tier = serviceTier === undefined ? undefined : SERVICE_TIERS[serviceTier]
  if (serviceTier !== undefined && tier === undefined) unsupported.push({ at: '/serviceTier', what: `the service tier ${serviceTier}` })
  return {
    ...(sequences === undefined || sequences.length === 0 ? {} : { stop_sequences: sequences }),
    ...(named ? { metadata: { user_id: user } } : {}),
    ...(tier === undefined ? {} : { service_tier: tier }),
  }
}

/**
 * `temperature`, `top_p`, `top_k` (M4). Newer models take none, those in between one of the first two, and none goes with
 * thinking. 1 is the default of the first two, and says nothing.
 */
export function samplingOf({ temperature, topP, topK }: Conversation, thinking: boolean, { family, unsupported }: Encoding): JsonObject {
  const none = family.sampling === 'none'
  const barred = none ? 'this model takes no sampling parameters' : thinking ? 'it does not go with thinking' : undefined
  const both = family.sampling === 'one' && temperature !== undefined && topP !== undefined
  const sampling: JsonObject = {}
  const set = (name: string, member: string, value: number | undefined, why: string | undefined): void => {
    if (value === undefined || (value === 1 && name !== 'topK' && why !== undefined)) return
    if (why === undefined) sampling[member] = value
    else unsupported.push({ at: `/${name}`, what: `\`${member}\``, why })
  }
  const tooHot = temperature !== undefined && temperature > 1 ? 'the vendor takes 0 to 1' : undefined
  set('temperature', 'temperature', temperature, barred ?? tooHot)
  set('topP', 'top_p', topP, barred ?? (both ? 'this model takes it or a temperature, not both' : undefined))
  set('topK', 'top_k', topK, barred)
  return sampling
}

/** `output_config.format` (M8). Without a schema there is no JSON mode. */
export function formatOf({ output }: Conversation, { family, unsupported }: Encoding): JsonObject | undefined {
  if (output === undefined || output.kind === 'text') return undefined
  if (output.kind === 'json') {
    unsupported.push({ at: '/output', what: 'JSON without a schema', why: 'the vendor has structured output by a schema only' })
    return undefined
  }
  if (!family.structured) {
    unsupported.push({ at: '/output', what: 'output by a schema', why: 'this model does not have it' })
    return undefined
  }
  const { schema, unenforced } = closedSchema(output.schema)
  if (unenforced.length > 0) unsupported.push({ at: '/output', what: `${unenforced.join(', ')} in the output's schema`, why: UNENFORCED })
  return { type: 'json_schema', schema }
}
