import type { Bucket, Buckets } from '@faregate/core'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import { isObject } from '../json/object.ts'

/** Where a whole answer tells its usage. */
export const CHAT_USAGE = { name: 'usage', read: readUsage }

/**
 * Turns OpenAI's `usage` into disjoint buckets. `prompt_tokens` includes what came from the cache and from audio and
 * images, `completion_tokens` includes reasoning and audio: each is taken out of its total once. Details that are absent
 * or null leave their bucket absent. Also understood: DeepSeek's `prompt_cache_hit_tokens`, Moonshot's `cached_tokens`,
 * cache writes inside the prompt, and upstreams (xAI, Gemini) that count reasoning beside `completion_tokens`, where the
 * total shows it. The buckets always add up to the total.
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const reader = new CountReader(usage)
  const counts = readCounts(reader)
  if (reader.fault !== undefined) return { ok: false, reason: reader.fault, raw: usage }
  const { prompt, completion } = counts
  if (prompt === undefined || completion === undefined || prompt + completion === 0) return { ok: false, reason: 'missing', raw: usage }
  const output = splitOutput(counts, prompt, completion)
  const input = splitInput(counts, prompt)
  return input === undefined || output === undefined
    ? { ok: false, reason: 'contradictory', raw: usage }
    : { ok: true, buckets: { ...input, ...output } }
}

interface Counts {
  prompt: number | undefined
  completion: number | undefined
  total: number | undefined
  cached: number | undefined
  cacheWrite: number | undefined
  audioIn: number | undefined
  imageIn: number | undefined
  reasoning: number | undefined
  audioOut: number | undefined
}

function readCounts(reader: CountReader): Counts {
  return {
    prompt: reader.first([['prompt_tokens']]),
    completion: reader.first([['completion_tokens']]),
    total: reader.first([['total_tokens']]),
    cached: reader.first([['prompt_tokens_details', 'cached_tokens'], ['prompt_cache_hit_tokens'], ['cached_tokens']]),
    cacheWrite: reader.first([
      ['prompt_tokens_details', 'cache_write_tokens'],
      ['prompt_tokens_details', 'cache_creation_tokens'],
      ['prompt_tokens_details', 'cache_creation_input_tokens'],
    ]),
    audioIn: reader.first([['prompt_tokens_details', 'audio_tokens']]),
    imageIn: reader.first([['prompt_tokens_details', 'image_tokens']]),
    reasoning: reader.first([['completion_tokens_details', 'reasoning_tokens']]),
    audioOut: reader.first([['completion_tokens_details', 'audio_tokens']]),
  }
}

/** Reads counts by path and remembers the first that is not a count. */
class CountReader {
  fault: 'negative' | 'fractional' | 'contradictory' | undefined
  private readonly usage: Record<string, unknown>

  constructor(usage: Record<string, unknown>) {
    this.usage = usage
  }

  /** The first of these members that is there and not null. */
  first(paths: string[][]): number | undefined {
    for (const path of paths) {
      const value = this.at(path)
      if (value != null) return this.count(value)
    }
    return undefined
  }

  private at(path: string[]): unknown {
    let value: unknown = this.usage
    for (const name of path) value = isObject(value) ? value[name] : undefined
    return value
  }

  private count(value: unknown): number {
    if (typeof value !== 'number') this.fault ??= 'contradictory'
    else if (value < 0) this.fault ??= 'negative'
    else if (!Number.isInteger(value)) this.fault ??= 'fractional'
    else if (!Number.isSafeInteger(value)) this.fault ??= 'contradictory'
    else return value
    return 0
  }
}

/** Undefined when one part alone is more than the whole; parts that overlap (cached audio) are cut to what is left. */
function splitInput(counts: Counts, prompt: number): Buckets | undefined {
  return split(prompt, 'input', [
    ['cacheRead', counts.cached],
    ['cacheWrite', counts.cacheWrite],
    ['audioIn', counts.audioIn],
    ['imageIn', counts.imageIn],
  ])
}

function splitOutput(counts: Counts, prompt: number, completion: number): Buckets | undefined {
  const beside = (counts.total ?? prompt + completion) - prompt - completion
  if (beside === 0)
    return split(completion, 'output', [
      ['reasoning', counts.reasoning],
      ['audioOut', counts.audioOut],
    ])
  // More in total than prompt and completion: reasoning that was counted apart, if that is what the rest can be.
  const told = counts.reasoning ?? 0
  const outsideCache = (counts.cached ?? 0) + (counts.cacheWrite ?? 0)
  if (beside < 0 || (told !== beside && (told !== 0 || beside === outsideCache))) return undefined
  const output = split(completion, 'output', [['audioOut', counts.audioOut]])
  return output && { ...output, reasoning: beside }
}

function split(total: number, rest: 'input' | 'output', parts: [Bucket, number | undefined][]): Buckets | undefined {
  const buckets: Buckets = rest === 'input' ? { input: 0 } : { output: 0 }
  let left = total
  for (const [name, part] of parts) {
    if (part === undefined) continue
    if (part > total) return undefined
    const own = Math.min(part, left)
    buckets[name] = own
    left -= own
  }
  buckets[rest] = left
  return buckets
}
