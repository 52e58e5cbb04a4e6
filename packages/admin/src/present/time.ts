import type { Millis } from '@faregate/core'

/** ISO 8601 in UTC. */
export function timeText(at: Millis): string {
  return new Date(at).toISOString()
}

export function timeTextOrNull(at: Millis | null): string | null {
  return at === null ? null : timeText(at)
}

/** Milliseconds of a time that was checked before. */
export function timeOf(text: string | null): Millis | null {
  return text === null ? null : Date.parse(text)
}
