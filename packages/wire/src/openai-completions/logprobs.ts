import type { TokenLogprob } from '../canonical/answer.ts'
import type { JsonObject } from '../json/object.ts'

/** Log probabilities as this dialect tells them: in columns. `offset`: characters of the text before these tokens. */
export function logprobsMember(tokens: readonly TokenLogprob[] | undefined, offset: number): JsonObject | null {
  if (tokens === undefined) return null
  const offsets: number[] = []
  let at = offset
  for (const { token } of tokens) {
    offsets.push(at)
    at += token.length
  }
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: offsets,
  }
}
