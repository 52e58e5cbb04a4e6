import type { Bucket, Buckets } from '@faregate/core'
import { Counts, split } from '../canonical/counts.ts'
import { INPUT_BUCKETS, MISSING_USAGE, sumOf, type UsageReading } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** Where a whole answer tells its usage. */
export const GEMINI_USAGE = { name: 'usageMetadata', read: readUsage }

/**
 * Turns `usageMetadata` (API reference, `UsageMetadata`) into disjoint buckets. `promptTokenCount` includes what came from
 * the cache, and audio and images; what tools put in counts beside it, as input. Output is `candidatesTokenCount` and
 * `thoughtsTokenCount` together. Counts that are zero are left out by the vendor: the total shows that they are. The
 * buckets add up to the total.
 */
export function readUsage(usage: unknown): UsageReading {
  if (!isObject(usage)) return MISSING_USAGE
  const counts = new Counts()
  const prompt = counts.of(usage, 'promptTokenCount')
  const total = counts.of(usage, 'totalTokenCount')
  const input = prompt === undefined ? undefined : readInput(usage, counts, prompt)
  const output = prompt === undefined ? undefined : readOutput(usage, counts, prompt, total)
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  if (prompt === undefined || prompt + (total ?? 0) === 0) return { ok: false, reason: 'missing', raw: usage }
  if (input === undefined || output === undefined) return { ok: false, reason: 'contradictory', raw: usage }
  return { ok: true, buckets: { ...input, ...output } }
}

/** Whether it tells any count: in the middle of a stream there may be nothing but the kind of traffic. */
export function tellsCounts(usage: unknown): boolean {
  return isObject(usage) && Object.entries(usage).some(([name, value]) => name.endsWith('TokenCount') && value != null)
}

function readInput(usage: JsonObject, counts: Counts, prompt: number): Buckets | undefined {
  const told = (details: string, kind: string): number | undefined => counts.of(detailOf(usage[details], kind), 'tokenCount')
  const uncached = (kind: string): number | undefined => less(told('promptTokensDetails', kind), told('cacheTokensDetails', kind))
  const cached = counts.of(usage, 'cachedContentTokenCount')
  const input = split(prompt, 'input', [
    ['cacheRead', cached],
    ['audioIn', uncached('AUDIO')],
    ['imageIn', uncached('IMAGE')],
  ])
  return input && { ...input, input: (input.input ?? 0) + (counts.of(usage, 'toolUsePromptTokenCount') ?? 0) }
}

/** Some hosts count thoughts among the candidates' tokens, some do not tell them but in the total, some leave tools out of it. */
function readOutput(usage: JsonObject, counts: Counts, prompt: number, total: number | undefined): Buckets | undefined {
  const candidates = counts.of(usage, 'candidatesTokenCount')
  const thoughts = counts.of(usage, 'thoughtsTokenCount')
  const tools = counts.of(usage, 'toolUsePromptTokenCount') ?? 0
  if (total === undefined && candidates === undefined && thoughts === undefined) return {}
  const shown = candidates ?? 0
  const beside = (total ?? prompt + tools + shown + (thoughts ?? 0)) - prompt - tools - shown
  const made = (kind: string): number | undefined => counts.of(detailOf(usage['candidatesTokensDetails'], kind), 'tokenCount')
  const parts: [Bucket, number | undefined][] = [
    ['audioOut', made('AUDIO')],
    ['imageOut', made('IMAGE')],
  ]
  if (beside === (thoughts ?? 0) || beside === (thoughts ?? 0) - tools) return reasoned(split(shown, 'output', parts), thoughts)
  if (thoughts === undefined && beside > 0) return reasoned(split(shown, 'output', parts), beside)
  if (beside !== 0 || thoughts === undefined || thoughts > shown) return undefined
  return reasoned(split(shown - thoughts, 'output', parts), thoughts)
}

function reasoned(output: Buckets | undefined, reasoning: number | undefined): Buckets | undefined {
  return output && { ...output, ...(reasoning === undefined ? {} : { reasoning }) }
}

/** What is told of one modality, where it is. */
function detailOf(details: unknown, kind: string): unknown {
  return Array.isArray(details) ? details.find((item) => isObject(item) && item['modality'] === kind) : undefined
}

function less(count: number | undefined, part: number | undefined): number | undefined {
  return count === undefined ? undefined : Math.max(0, count - (part ?? 0))
}

/** `usageMetadata` for a caller, made of what is charged; undefined where nothing is known. */
export function usageOf(buckets: Buckets): JsonObject | undefined {
  if (Object.keys(buckets).length === 0) return undefined
  const prompt = sumOf(buckets, INPUT_BUCKETS)
  const shown = sumOf(buckets, ['output', 'audioOut', 'imageOut'])
  const { cacheRead, reasoning, audioIn, imageIn, audioOut, imageOut } = buckets
  const input = detailsOf(prompt, { AUDIO: audioIn, IMAGE: imageIn })
  const output = detailsOf(shown, { AUDIO: audioOut, IMAGE: imageOut })
  return {
    promptTokenCount: prompt,
    ...(cacheRead === undefined ? {} : { cachedContentTokenCount: cacheRead }),
    candidatesTokenCount: shown,
    ...(reasoning === undefined ? {} : { thoughtsTokenCount: reasoning }),
    totalTokenCount: prompt + shown + (reasoning ?? 0),
    ...(input === undefined ? {} : { promptTokensDetails: input }),
    ...(output === undefined ? {} : { candidatesTokensDetails: output }),
  }
}

/** What of a count is which modality; text is the rest. Undefined where no other was told. */
function detailsOf(total: number, parts: Record<string, number | undefined>): JsonObject[] | undefined {
  const told = Object.entries(parts).flatMap(([modality, tokenCount]) => (tokenCount === undefined ? [] : [{ modality, tokenCount }]))
  if (told.length === 0) return undefined
  const text = total - told.reduce((sum, { tokenCount }) => sum + tokenCount, 0)
  return [{ modality: 'TEXT', tokenCount: text }, ...told]
}
