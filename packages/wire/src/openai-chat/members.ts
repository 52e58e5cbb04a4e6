import type { Conversation } from '../canonical/conversation.ts'
import { isObject } from '../json/object.ts'
import { BOOLEAN, INTEGER, NUMBER, NUMBERS, STRING, STRINGS, type Checks, type Kind } from '../input/checks.ts'

interface Member {
  name: keyof Conversation
  wire: string
  kind: Kind<unknown>
  /** For a person who is told that a vendor does not take it. */
  what: string
  /** The value that asks for nothing: no vendor needs to be told. */
  idle?: number
  /** The value at which it stands where it cannot be set. */
  fixed?: number
}

/** Members of a request that differ from the neutral form in their name only. */
export const MEMBERS: readonly Member[] = [
  { name: 'temperature', wire: 'temperature', kind: NUMBER, what: 'a temperature', fixed: 1 },
  { name: 'topP', wire: 'top_p', kind: NUMBER, what: 'nucleus sampling (top_p)', fixed: 1 },
  { name: 'topK', wire: 'top_k', kind: NUMBER, what: 'sampling from the k likeliest tokens (top_k)' },
  { name: 'minP', wire: 'min_p', kind: NUMBER, what: 'a smallest probability (min_p)', idle: 0 },
  { name: 'presencePenalty', wire: 'presence_penalty', kind: NUMBER, what: 'a presence penalty', idle: 0 },
  { name: 'frequencyPenalty', wire: 'frequency_penalty', kind: NUMBER, what: 'a frequency penalty', idle: 0 },
  { name: 'repetitionPenalty', wire: 'repetition_penalty', kind: NUMBER, what: 'a repetition penalty', idle: 1 },
  { name: 'seed', wire: 'seed', kind: INTEGER, what: 'a seed' },
  { name: 'choices', wire: 'n', kind: INTEGER, what: 'several answers to one prompt', idle: 1 },
  { name: 'logitBias', wire: 'logit_bias', kind: NUMBERS, what: 'a bias of tokens' },
  { name: 'user', wire: 'user', kind: STRING, what: 'the name of a user' },
  { name: 'metadata', wire: 'metadata', kind: STRINGS, what: 'metadata' },
  { name: 'serviceTier', wire: 'service_tier', kind: STRING, what: 'a service tier' },
  { name: 'promptCacheKey', wire: 'prompt_cache_key', kind: STRING, what: 'a key for the prompt cache' },
  { name: 'parallelToolCalls', wire: 'parallel_tool_calls', kind: BOOLEAN, what: 'a choice about parallel tool calls' },
]

/** Those members that the caller gave. */
export function plainMembers(value: Record<string, unknown>, checks: Checks): Partial<Conversation> {
  const given = MEMBERS.flatMap(({ name, wire, kind }) => {
    const member = checks.optional(value[wire], `/${wire}`, kind)
    return member === undefined || isEmpty(member) ? [] : [[name, member]]
  })
  return Object.fromEntries(given) as Partial<Conversation>
}

/** An object without members says nothing. */
function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}
