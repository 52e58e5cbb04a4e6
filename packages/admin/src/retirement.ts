import type { Millis, Retirement } from '@faregate/core'
import { invalid } from './refusal.ts'

/** What is said of how something goes; times as they are sent. */
export interface SentRetirement {
  state: Retirement['state']
  sunset?: string | undefined
  successor?: string | undefined
  link?: string | undefined
}

/**
 * How it goes from now on. Since when is kept while only what is told of it changes; what takes its place is kept where nothing
 * is said of it. `pointer`: where the members stand in the body.
 */
export function nextRetirement(before: Retirement | undefined, sent: SentRetirement, now: Millis, pointer = ''): Retirement {
  const { state, successor = before?.successor, link = before?.link } = sent
  const sunset = sent.sunset === undefined ? undefined : Date.parse(sent.sunset)
  if (sunset !== undefined && sunset <= now) return invalid(`${pointer}/sunset`, 'has passed: retire it instead')
  return {
    state,
    at: before?.state === state ? before.at : now,
    ...(sunset === undefined ? {} : { sunset }),
    ...(successor === undefined ? {} : { successor }),
    ...(link === undefined ? {} : { link }),
  }
}
