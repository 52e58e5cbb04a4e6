import type { Buckets } from '@faregate/core'
import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import type { AnswerReading } from '../dialect.ts'
import { isObject, parseObject } from '../json/object.ts'
import { Counts, split } from './counts.ts'

/** Where an answer tells the tokens that its images took. */
export const IMAGE_USAGE = { name: 'usage', read: (usage: unknown) => readImageUsage(usage, {}) }

/**
 * Usage of images made, as OpenAI tells it of models that are billed by tokens: `input_tokens` holds those of text and of
 * images, `output_tokens` too, where the model plans in words. Others tell nothing, or money: there the images themselves are
 * the usage.
 */
export function readImageUsage(usage: unknown, made: Pick<Buckets, 'image'>): UsageReading {
  const untold: UsageReading = made.image === undefined ? MISSING_USAGE : { ok: true, buckets: made }
  if (!isObject(usage)) return untold
  const counts = new Counts(usage)
  const input = counts.of('input_tokens')
  const output = counts.of('output_tokens')
  const images = counts.within('input_tokens_details', 'image_tokens')
  const cached = counts.within('input_tokens_details', 'cached_tokens')
  const text = counts.within('output_tokens_details', 'text_tokens')
  if (counts.fault !== undefined) return { ok: false, reason: counts.fault, raw: usage }
  if (input === undefined || output === undefined || output === 0) return untold
  const parts = split(input, (images ?? 0) + (cached ?? 0))
  if (parts === undefined || (text ?? 0) > output) return { ok: false, reason: 'contradictory', raw: usage }
  return {
    ok: true,
    buckets: {
      input: parts.rest,
      imageOut: output - (text ?? 0),
      ...(text === undefined ? {} : { output: text }),
      ...(images === undefined ? {} : { imageIn: images }),
      ...(cached === undefined ? {} : { cacheRead: cached }),
      ...made,
    },
  }
}

/** Reads a collected answer; undefined if it holds no images. */
export function readImages(body: Buffer): AnswerReading | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined) return undefined
  const { data, usage, error } = answer
  if (!Array.isArray(data)) return undefined
  return {
    usage: readImageUsage(usage, { image: data.length }),
    text: () => '',
    hasOutput: data.length > 0,
    ...(error == null ? {} : { error }),
  }
}
