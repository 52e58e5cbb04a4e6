import type { Millis, Retirement } from '@faregate/core'
import { invalid } from './refusal.ts'

/** What is said of how something goes; times as they are sent. */
export interface SentRetirement {
  state: Retirement['state']
  sunset?: string | undefined
  successor?: string | undefined
  link?: string | undefined
}

/** What goes, and what is there of its kind. */
export interface Going {
  kind: 'API' | 'model'
  name: string
  known: ReadonlyMap<string, { retirement?: Retirement | undefined }>
}

/**
 * How it goes from now on. Since when is kept while only what is told of it changes; what takes its place is kept where nothing
 * is said of it. `pointer`: where the members stand in the body.
 */
export function nextRetirement(
  before: Retirement | undefined,
  sent: SentRetirement,
  now: Millis,
  { kind, name, known }: Going,
  pointer = '',
): Retirement {
  const { state, successor = before?.successor, link = before?.link } = sent
  if (sent.successor !== undefined && (sent.successor === name || !isServed(known.get(sent.successor))))
    return invalid(`${pointer}/successor`, `"${sent.successor}" is no other ${kind} that is served`)
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

function isServed(entry: { retirement?: Retirement | undefined } | undefined): boolean {
  return entry !== undefined && entry.retirement?.state !== 'retired'
}
