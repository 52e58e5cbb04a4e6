import type { Buckets } from '@faregate/core'
import { sumOf, type UsageReading } from '../canonical/usage.ts'
import type { StreamIds, StreamReader, StreamStep } from '../dialect.ts'
import { isObject, parseObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { errorStep, OTHER_STEP } from './steps.ts'
import { readImageUsage } from './images-answer.ts'

/**
 * Reads a stream of images: partial ones, and with the `…completed` event of the last one that was asked for its end. Each
 * image tells its own usage.
 */
export class ImageStreamReader implements StreamReader {
  readonly ids: StreamIds = {}
  readonly #expected: number
  #completed = 0
  #used: UsageReading = { ok: true, buckets: {} }

  /** `images`: how many were asked for. */
  constructor(images: number) {
    this.#expected = images
  }

  read({ data }: RawEvent): StreamStep {
    if (data === undefined) return OTHER_STEP
    if (data === '[DONE]') return { ...OTHER_STEP, kind: 'done', finished: true }
    const event = parseObject(data)
    const { type, usage, error } = event ?? {}
    if (error != null) return errorStep(error)
    if (typeof type !== 'string') return OTHER_STEP
    if (type.endsWith('.partial_image')) return { ...OTHER_STEP, kind: 'delta', made: 1 }
    return type.endsWith('.completed') ? this.#complete(isObject(usage) ? usage : undefined) : OTHER_STEP
  }

  #complete(usage: unknown): StreamStep {
    this.#completed += 1
    this.#used = added(this.#used, readImageUsage(usage, { image: 1 }))
    const finished = this.#completed >= this.#expected
    return { kind: finished ? 'done' : 'delta', text: '', finished, usage: this.#used, usageOnly: false, made: 1 }
  }
}

const COUNTED = ['input', 'cacheRead', 'imageIn', 'output', 'imageOut', 'image'] as const

/** What cannot be believed of one image makes the whole unbelievable. */
function added(sum: UsageReading, more: UsageReading): UsageReading {
  if (!sum.ok || !more.ok) return sum.ok ? more : sum
  const buckets: Buckets = {}
  for (const name of COUNTED) {
    if (sum.buckets[name] !== undefined || more.buckets[name] !== undefined)
      buckets[name] = sumOf(sum.buckets, [name]) + sumOf(more.buckets, [name])
  }
  return { ok: true, buckets }
}
