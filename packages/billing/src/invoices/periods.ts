import type { Millis } from '@faregate/core'
import { spanOf } from '@faregate/ledger/period'
import type { InvoicePeriod } from './invoice.ts'

/** No two zones are further apart, summer time included. */
const FURTHEST_MS = 36 * 3_600_000

/**
 * The period that begins where the last has ended, or with the organization (`first`): to the end of the month, in its zone. Hours
 * that a move to another zone leaves over before that are no period of their own, but a part of the next.
 */
export function periodFrom(since: Millis, zone: string, first: boolean): InvoicePeriod {
  const until = monthEnd(since, zone)
  const end = !first && until - since < FURTHEST_MS ? monthEnd(until, zone) : until
  return { name: spanOf('month', zone, end - 1).start, from: since, until: end, zone }
}

function monthEnd(at: Millis, zone: string): Millis {
  return spanOf('month', zone, at).until ?? at
}
