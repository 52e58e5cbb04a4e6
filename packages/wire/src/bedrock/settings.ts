import type { Conversation } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import type { Thinking } from './reasoning.ts'
import { structured } from './tools.ts'
import type { Writing } from './writing.ts'

/** Claude tells which stop sequence matched where it is asked (R3): at one place in whole answers, at another in streams. */
export function stopPaths({ stop, stream }: Conversation, { claude }: Writing): string[] {
  return claude === undefined || stop === undefined || stop.length === 0 ? [] : [stream ? '/delta/stop_sequence' : '/stop_sequence']
}

/** Effort, and structured output (M8): the schema is text, in the caller's own order of keys. */
export function outputConfig({ output }: Conversation, { effort }: Thinking, writing: Writing): JsonObject {
  const own = effort === undefined ? {} : { effort }
  if (output === undefined || output.kind === 'text') return own
  if (output.kind === 'json') {
    writing.unsupported.push({ at: '/output', what: 'JSON without a schema', why: 'Amazon Bedrock has structured output by a schema only' })
    return own
  }
  if (!structured(writing)) {
    writing.unsupported.push({ at: '/output', what: 'output by a schema', why: 'this model does not have it' })
    return own
  }
  const { schema, name, description } = output
  const jsonSchema = {
    schema: JSON.stringify(schema),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  }
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } }, ...own }
}

const PLAIN = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/
const MOST_PAIRS = 16

/** `requestMetadata` goes to the invocation log, in letters that it takes; so does the caller's own user, if it can be written. */
export function requestMetadata({ metadata, user }: Conversation, { unsupported }: Writing): Record<string, string> {
  const named = user !== undefined && PLAIN.test(user) ? { user } : {}
  if (metadata === undefined) return named
  const pairs = { ...named, ...metadata }
  const entries = Object.entries(pairs)
  if (entries.length <= MOST_PAIRS && entries.every(([name, value]) => name !== '' && PLAIN.test(name) && PLAIN.test(value))) return pairs
  unsupported.push({ at: '/metadata', what: 'metadata', why: `Amazon Bedrock takes ${MOST_PAIRS} pairs of up to 256 plain characters` })
  return named
}

/** `ServiceTierType`; what the others call by another name, and what says nothing. */
const TIERS = new Map<string, string | undefined>([
  ['default', 'default'],
  ['standard_only', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['reserved', 'reserved'],
  ['auto', undefined],
])

export function serviceTier({ serviceTier: asked }: Conversation, { unsupported }: Writing): JsonObject {
  if (asked === undefined) return {}
  const type = TIERS.get(asked)
  if (!TIERS.has(asked)) unsupported.push({ at: '/serviceTier', what: `the service tier ${asked}` })
  return type === undefined ? {} : { type }
}
