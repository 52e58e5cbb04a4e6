import type { Millis } from '@faregate/core'
import type { ProviderAttempt } from '@faregate/gateway'

/** How a provider fares, as far as its last calls tell. */
export interface ProviderCondition {
  state: 'ok' | 'failing' | 'unknown'
  lastError?: string
  lastErrorAt?: Millis
}

const UNKNOWN: ProviderCondition = { state: 'unknown' }
/** A single failure is no news; this many in a row are. */
const FAILING_AFTER = 3

/** Remembers how the last calls of each provider ended. */
export class ProviderHealth {
  readonly #conditions = new Map<string, ProviderCondition & { failures: number }>()

  attempt(attempt: Pick<ProviderAttempt, 'provider' | 'status' | 'outcome' | 'error'>, at: Millis): void {
    const before = this.#conditions.get(attempt.provider)
    // A caller who went away, or a body the provider refused, tells nothing about the provider.
    if (attempt.outcome === 'aborted' || attempt.error === 'provider_rejected') return
    if (attempt.outcome === 'served' || attempt.outcome === 'partial') {
      this.#conditions.set(attempt.provider, { ...before, state: 'ok', failures: 0 })
      return
    }
    const failures = (before?.failures ?? 0) + 1
    const decided = failures >= FAILING_AFTER || attempt.error === 'provider_auth_failed' || attempt.error === 'provider_account_unpaid'
    this.#conditions.set(attempt.provider, {
      state: decided ? 'failing' : (before?.state ?? 'unknown'),
      failures,
      lastError: `${attempt.error ?? 'failed'}${attempt.status === null ? '' : ` (HTTP ${attempt.status})`}`,
      lastErrorAt: at,
    })
  }

  of(provider: string): ProviderCondition {
    const found = this.#conditions.get(provider)
    if (found === undefined) return UNKNOWN
    const { failures: _counted, ...condition } = found
    return condition
  }
}
