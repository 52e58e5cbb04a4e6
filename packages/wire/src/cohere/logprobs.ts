import type { TokenLogprob } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/**
 * Cohere tells log probabilities for pieces of text (`LogprobItem`): a piece of several tokens becomes one, with their
 * joint probability, for where one token ends in it is not told.
 */
export function readLogprobs(items: unknown): TokenLogprob[] | undefined {
  const list = (Array.isArray(items) ? items : [items]).filter(isObject).flatMap(readItem)
  return list.length === 0 ? undefined : list
}

function readItem({ text, logprobs }: JsonObject): TokenLogprob[] {
  const all: unknown[] = Array.isArray(logprobs) ? logprobs : []
  const values = all.filter((value) => typeof value === 'number')
  if (typeof text !== 'string' || values.length === 0) return []
  return [{ token: text, logprob: values.reduce((sum, value) => sum + value, 0), top: [] }]
}

/** `token_ids` has to be there; no other vendor tells them. */
export function logprobItem(tokens: readonly TokenLogprob[]): JsonObject {
  return { text: tokens.map(({ token }) => token).join(''), token_ids: [], logprobs: tokens.map(({ logprob }) => logprob) }
}
