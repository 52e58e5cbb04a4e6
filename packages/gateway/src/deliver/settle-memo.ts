import type { Called } from '../call/call.ts'
import { providerCost } from '../finish.ts'
import type { Flow } from '../flow.ts'

/** What the settle entry remembers, so that the record can be rebuilt if the process dies before writing it. */
export function settleMemo(
  flow: Flow,
  { candidate, clamped }: Pick<Exclude<Called, { kind: 'failed' | 'gone' }>, 'candidate' | 'clamped'>,
  estimated: boolean,
): Record<string, unknown> {
  const owed = providerCost(flow)
  return {
    priceVersion: candidate.price.version,
    attempts: flow.attempts,
    ...(estimated ? { estimated } : {}),
    ...(owed === null ? {} : { providerCost: String(owed) }),
    ...(clamped === undefined ? {} : { clamped: clamped.value }),
  }
}
