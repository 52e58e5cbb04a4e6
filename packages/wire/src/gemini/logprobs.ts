import type { TokenLogprob } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** `logprobsResult` of a candidate: chosen tokens, and for each step the likeliest ones. */
export function logprobsOf(result: unknown): TokenLogprob[] | undefined {
  if (!isObject(result) || !Array.isArray(result['chosenCandidates'])) return undefined
  const tops = Array.isArray(result['topCandidates']) ? (result['topCandidates'] as unknown[]) : []
  return result['chosenCandidates'].map((chosen, index) => {
    const step = tops[index]
    const candidates: unknown[] = isObject(step) && Array.isArray(step['candidates']) ? step['candidates'] : []
    return { ...tokenOf(chosen), top: candidates.map(tokenOf) }
  })
}

function tokenOf(candidate: unknown): { token: string; logprob: number } {
  const { token, logProbability } = isObject(candidate) ? candidate : {}
  return { token: typeof token === 'string' ? token : '', logprob: typeof logProbability === 'number' ? logProbability : 0 }
}

/** The other way round. */
export function logprobsResultOf(logprobs: readonly TokenLogprob[]): JsonObject {
  return {
    chosenCandidates: logprobs.map(candidateOf),
    topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(candidateOf) })),
  }
}

function candidateOf({ token, logprob }: { token: string; logprob: number }): JsonObject {
  return { token, logProbability: logprob }
}
