import type { CallerLimits } from '../dialect.ts'

/** A caller's limits as Anthropic tells them (API reference, "Rate limits", response headers); moments are RFC 3339. */
export function limitHeaders(limits: CallerLimits, now: number): Record<string, string> {
  const headers = Object.entries(limits).flatMap(([kind, { amount, remaining, resetMs }]) => [
    [`anthropic-ratelimit-${kind}-limit`, String(amount)],
    [`anthropic-ratelimit-${kind}-remaining`, String(remaining)],
    [`anthropic-ratelimit-${kind}-reset`, `${new Date(Math.ceil((now + resetMs) / 1_000) * 1_000).toISOString().slice(0, 19)}Z`],
  ])
  return Object.fromEntries(headers) as Record<string, string>
}
