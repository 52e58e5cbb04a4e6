import { countsOf } from './quota.ts'
import type { SettleOp } from './types.ts'
import type { Entry } from './working-set.ts'

/** Tells the record that it was not the instance itself that settled. */
const RECOVERED = '{"recovered":true}'

/**
 * What resolves the open holds of one request whose instance is dead: the cost is the last durable mark, which counts
 * only what the socket had accepted before; without a mark, a void (M23). `instance` is the one that recovers.
 */
export function recoverySettle(request: string, holds: readonly Pick<Entry, 'id' | 'terms'>[], instance: number): SettleOp {
  let last = -1
  let cost = 0n
  let counts: SettleOp['counts']
  for (const entry of holds) {
    const slice = Number(entry.id.slice(request.length + 1))
    if (slice > last) {
      last = slice
      if (entry.terms.counts !== undefined) counts = countsOf(entry.terms.counts)
    }
    const mark = BigInt(entry.terms.mark ?? 0)
    if (mark > cost) cost = mark
  }
  return { type: 'settle', request, slices: last + 1, cost, ...(counts === undefined ? {} : { counts }), instance, memo: RECOVERED }
}
