import type { TokenLogprob } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** The log probabilities of a piece of text; undefined where none are told. */
export function logprobsOf(value: unknown): TokenLogprob[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.filter(isObject).map((entry) => {
    const { top_logprobs: top } = entry
    return { ...oneOf(entry), top: Array.isArray(top) ? top.filter(isObject).map(oneOf) : [] }
  })
}

function oneOf({ token, logprob, bytes }: JsonObject): Omit<TokenLogprob, 'top'> {
  const known = { token: typeof token === 'string' ? token : '', logprob: typeof logprob === 'number' ? logprob : 0 }
  return Array.isArray(bytes) ? { ...known, bytes: bytes as number[] } : known
}

/** As this dialect writes them; bytes are never left out. */
export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject[] {
  return logprobs.map(({ top, ...entry }) => ({ ...written(entry), top_logprobs: top.map(written) }))
}

function written({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): JsonObject {
  return { token, logprob, bytes: bytes ?? [...Buffer.from(token, 'utf8')] }
}
