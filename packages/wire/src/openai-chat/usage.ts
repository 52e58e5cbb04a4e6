import type { Buckets } from '@faregate/core'
import { Counts, split } from '../canonical/counts.ts'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** Where a whole answer tells its usage. */
export const CHAT_USAGE = { name: 'usage', read: readUsage }

/**
 * Turns OpenAI's `usage` into disjoint buckets. `prompt_tokens` includes what came from the cache and from audio and
 * images, `completion_tokens` includes reasoning, audio and images: each is taken out of its total once. Details that are
 * absent or null leave their bucket absent. Also understood: DeepSeek's `prompt_cache_hit_tokens`, Moonshot's `cached_tokens`,
 * cache writes inside the prompt, and upstreams (xAI, Gemini) that count reasoning beside `completion_tokens`, where the
 * total shows it. The buckets of tokens always add up to the total; Perplexity and OpenRouter tell beside them how often they searched.
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts()
  const tokens = readTokens(usage, counts)
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  const { prompt, completion } = tokens
  if (prompt === undefined || completion === undefined || prompt + completion === 0) return { ok: false, reason: 'missing', raw: usage }
  const output = splitOutput(tokens, prompt, completion)
  const input = splitInput(tokens, prompt)
  return input === undefined || output === undefined
    ? { ok: false, reason: 'contradictory', raw: usage }
    : { ok: true, buckets: { ...input, ...output, ...(tokens.search === undefined ? {} : { search: tokens.search }) } }
}

/**
 * Models of OpenAI's that search before they answer, each time, and tell it nowhere (guide "Web search": "always retrieves
 * information from the web before responding"). A search is billed beside the tokens (U7).
 */
const ALWAYS_SEARCHES = /(^|\/)gpt-[\w.-]*search-(preview|api)/

export function searchesAlways(model: unknown): boolean {
  return typeof model === 'string' && ALWAYS_SEARCHES.test(model)
}

/** The usage of an answer, or of a chunk of one, with the search that its model made for it. */
export function readAnswerUsage({ usage, model }: JsonObject): UsageReading {
  const reading = readUsage(usage)
  if (!reading.ok || reading.buckets.search !== undefined || !searchesAlways(model)) return reading
  return { ok: true, buckets: { ...reading.buckets, search: 1 } }
}

interface Tokens {
  prompt: number | undefined
  completion: number | undefined
  total: number | undefined
  cached: number | undefined
  cacheWrite: number | undefined
  audioIn: number | undefined
  imageIn: number | undefined
  reasoning: number | undefined
  audioOut: number | undefined
  imageOut: number | undefined
  search: number | undefined
}

function readTokens(usage: JsonObject, counts: Counts): Tokens {
  const told = (...path: string[]): number | undefined => counts.of(usage, ...path)
  return {
    prompt: told('prompt_tokens'),
    completion: told('completion_tokens'),
    total: told('total_tokens'),
    cached: told('prompt_tokens_details', 'cached_tokens') ?? told('prompt_cache_hit_tokens') ?? told('cached_tokens'),
    cacheWrite:
      told('prompt_tokens_details', 'cache_write_tokens') ??
      told('prompt_tokens_details', 'cache_creation_tokens') ??
      told('prompt_tokens_details', 'cache_creation_input_tokens'),
    audioIn: told('prompt_tokens_details', 'audio_tokens'),
    imageIn: told('prompt_tokens_details', 'image_tokens'),
    reasoning: told('completion_tokens_details', 'reasoning_tokens'),
    audioOut: told('completion_tokens_details', 'audio_tokens'),
    imageOut: told('completion_tokens_details', 'image_tokens'),
    search: told('num_search_queries') ?? told('server_tool_use', 'web_search_requests'),
  }
}

function splitInput(tokens: Tokens, prompt: number): Buckets | undefined {
  return split(prompt, 'input', [
    ['cacheRead', tokens.cached],
    ['cacheWrite', tokens.cacheWrite],
    ['audioIn', tokens.audioIn],
    ['imageIn', tokens.imageIn],
  ])
}

function splitOutput(tokens: Tokens, prompt: number, completion: number): Buckets | undefined {
  const beside = (tokens.total ?? prompt + completion) - prompt - completion
  if (beside === 0)
    return split(completion, 'output', [
      ['reasoning', tokens.reasoning],
      ['audioOut', tokens.audioOut],
      ['imageOut', tokens.imageOut],
    ])
  // More in total than prompt and completion: reasoning that was counted apart, if that is what the rest can be.
  const told = tokens.reasoning ?? 0
  const outsideCache = (tokens.cached ?? 0) + (tokens.cacheWrite ?? 0)
  if (beside < 0 || (told !== beside && (told !== 0 || beside === outsideCache))) return undefined
  const output = split(completion, 'output', [
    ['audioOut', tokens.audioOut],
    ['imageOut', tokens.imageOut],
  ])
  return output && { ...output, reasoning: beside }
}
