import type { TokenLogprob } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** The log probabilities of a choice's content. */
export function readLogprobs(logprobs: unknown): TokenLogprob[] | undefined {
  const content = isObject(logprobs) ? logprobs['content'] : undefined
  if (!Array.isArray(content) || content.length === 0) return undefined
  return content.filter(isObject).map((token) => {
    const top: unknown = token['top_logprobs']
    return { ...tokenOf(token), top: Array.isArray(top) ? top.filter(isObject).map(tokenOf) : [] }
  })
}

function tokenOf({ token, logprob, bytes }: JsonObject): Omit<TokenLogprob, 'top'> {
  return {
    token: String(token),
    logprob: Number(logprob),
    ...(bytes === undefined ? {} : { bytes: Array.isArray(bytes) ? bytes.map(Number) : null }),
  }
}

/** The same as this dialect writes them; null where there are none. */
export function logprobsMember(tokens: readonly TokenLogprob[] | undefined): JsonObject | null {
  if (tokens === undefined) return null
  return { content: tokens.map(({ top, ...token }) => ({ ...written(token), top_logprobs: top.map(written) })), refusal: null }
}

function written({ token, logprob, bytes = null }: Omit<TokenLogprob, 'top'>): JsonObject {
  return { token, logprob, bytes }
}
