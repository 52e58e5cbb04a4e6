import type { CallerLimits } from '../dialect.ts'

/** A caller's limits as OpenAI tells them (guide "Rate limits", headers): `x-ratelimit-reset-requests: 6m0s`. */
export function limitHeaders(limits: CallerLimits): Record<string, string> {
  const headers = Object.entries(limits).flatMap(([kind, { amount, remaining, resetMs }]) => [
    [`x-ratelimit-limit-${kind}`, String(amount)],
    [`x-ratelimit-remaining-${kind}`, String(remaining)],
    [`x-ratelimit-reset-${kind}`, durationOf(resetMs)],
  ])
  return Object.fromEntries(headers) as Record<string, string>
}

/** As Go writes it: `120ms`, `8.64s`, `6m0s`, `1h0m0s`. */
function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = `${Math.ceil(ms % 60_000) / 1_000}s`
  if (minutes === 0) return seconds
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`
}
