import type { TokenLogprob } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'

type Token = Omit<TokenLogprob, 'top'>

/** Log probabilities of an answer or a line, token by token (documentation: API reference, `Logprob`). */
export function readLogprobs(list: unknown): TokenLogprob[] | undefined {
  if (!Array.isArray(list)) return undefined
  const tokens = list.filter(isObject).flatMap((item) => {
    const top: unknown[] = Array.isArray(item['top_logprobs']) ? item['top_logprobs'] : []
    return readToken(item).map((token) => ({ ...token, top: top.filter(isObject).flatMap(readToken) }))
  })
  return tokens.length === 0 ? undefined : tokens
}

function readToken({ token, logprob, bytes }: JsonObject): Token[] {
  if (typeof token !== 'string' || typeof logprob !== 'number') return []
  const whole = Array.isArray(bytes) && bytes.every((byte) => typeof byte === 'number')
  return [{ token, logprob, ...(whole ? { bytes } : {}) }]
}

export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map(({ top, ...token }) => ({ ...writeToken(token), ...(top.length === 0 ? {} : { top_logprobs: top.map(writeToken) }) }))
}

function writeToken({ token, logprob, bytes }: Token): JsonObject {
  return { token, logprob, ...(bytes == null ? {} : { bytes }) }
}
