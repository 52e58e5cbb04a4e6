import { nano } from './decimal.ts'

/** Configured prices, decimal strings per million. */
export interface Price {
  input: string
  output: string
  cacheRead?: string
  cacheWrite?: string
  reasoning?: string
  audioIn?: string
  audioOut?: string
  request?: string
}

/** What an OpenAI-compatible upstream reports. */
export interface Usage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  /** Where Moonshot says it. */
  cached_tokens?: number
  prompt_tokens_details?: { cached_tokens?: number; audio_tokens?: number }
  completion_tokens_details?: { reasoning_tokens?: number; audio_tokens?: number }
}

/**
 * What one served request costs, in units of 1e-9, from the prices that the operator configured and the usage that the
 * upstream reported: disjoint buckets, a missing price falls back to its parent's (M15), one rounding, up (M1).
 */
export function charge(price: Price, usage: Usage): bigint {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? usage.cached_tokens ?? 0
  const audioIn = usage.prompt_tokens_details?.audio_tokens ?? 0
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0
  const audioOut = usage.completion_tokens_details?.audio_tokens ?? 0
  const hiddenApart = usage.total_tokens === usage.prompt_tokens + usage.completion_tokens + reasoning
  const plainOutput = usage.completion_tokens - audioOut - (hiddenApart ? 0 : reasoning)
  const lines: [number, string][] = [
    [usage.prompt_tokens - cached - audioIn, price.input],
    [cached, price.cacheRead ?? price.input],
    [audioIn, price.audioIn ?? price.input],
    [plainOutput, price.output],
    [reasoning, price.reasoning ?? price.output],
    [audioOut, price.audioOut ?? price.output],
    [1, price.request ?? '0'],
  ]
  const millionths = lines.reduce((sum, [count, rate]) => sum + BigInt(count) * nano(rate), 0n)
  return roundUp(millionths)
}

/** What a count of tokens costs at one rate per million, in units of 1e-9, rounded up. */
export function tokens(count: number, rate: string): bigint {
  return roundUp(BigInt(count) * nano(rate))
}

function roundUp(millionths: bigint): bigint {
  return (millionths + 999_999n) / 1_000_000n
}
