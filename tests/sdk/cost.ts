import assert from 'node:assert/strict'
import type { SceneUsage } from '../replay/answers/scene.ts'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import { PRICE } from './world.ts'
import type { World } from './world.ts'

/** What an answer costs by {@link PRICE}, in units of 1e-9: disjoint buckets, reasoning as output, one rounding, up (M1). */
function cost({ input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 }: SceneUsage): bigint {
  const lines: [number, string][] = [
    [input, PRICE.input],
    [cacheRead, PRICE.cacheRead],
    [cacheWrite, PRICE.cacheWrite],
    [output + reasoning, PRICE.output],
  ]
  const millionths = lines.reduce((sum, [tokens, price]) => sum + BigInt(tokens) * nano(price), 0n)
  return (millionths + 999_999n) / 1_000_000n
}

/** Nothing is held, and what was posted is what these answers cost, to the last digit. */
export async function assertCharged({ gateway }: World, { organization }: Customer, ...usages: SceneUsage[]): Promise<void> {
  const { posted } = await assertSettled(gateway.api, organization)
  assert.equal(
    nano(posted),
    usages.reduce((sum, usage) => sum + cost(usage), 0n),
  )
}
