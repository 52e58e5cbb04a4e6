import type { Denial } from '@faregate/core'

/** Nothing is served while the database does not answer. */
export function ledgerUnavailable(error: unknown): Denial {
  return {
    code: 'ledger_unavailable',
    detail: 'The database that holds the balances does not answer, and nothing is served unpaid.',
    operatorDetail: String(error),
    retryAfterSeconds: 2,
    fixes: [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }],
  }
}
