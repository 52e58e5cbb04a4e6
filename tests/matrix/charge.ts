import type { SceneUsage } from '../replay/answers/scene.ts'
import { nano } from '../support/decimal.ts'

/** Decimal strings per million tokens, each a price of its own. */
export const PRICE = { input: '1.25', output: '10', cacheRead: '0.125', cacheWrite: '1.5625', reasoning: '12.5' }

/** What an answer costs by {@link PRICE}, in units of 1e-9: disjoint buckets, one rounding, up. */
export function cost(usage: Required<SceneUsage>): bigint {
  const millionths = Object.entries(PRICE).reduce(
    (sum, [bucket, price]) => sum + BigInt(usage[bucket as keyof typeof PRICE]) * nano(price),
    0n,
  )
  return (millionths + 999_999n) / 1_000_000n
}
