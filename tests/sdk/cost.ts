import assert from 'node:assert/strict'
import type { SceneUsage } from '../replay/answers/scene.ts'
import type { ManagementApi } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import { eventually } from '../support/wait.ts'
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

/** What an organization was charged, in units of 1e-9, once nothing of it is held. The ledger is verified when all is over. */
export function posted(api: ManagementApi, organization: string): Promise<bigint> {
  return eventually(async () => {
    const balance = await api.balance(organization)
    assert.equal(nano(balance.held), 0n, `still held: ${balance.held}`)
    return nano(balance.posted)
  })
}

/** Nothing is held, and what was posted is what these answers cost, to the last digit. */
export async function assertCharged({ gateway }: World, { organization }: Customer, ...usages: SceneUsage[]): Promise<void> {
  assert.equal(
    await posted(gateway.api, organization),
    usages.reduce((sum, usage) => sum + cost(usage), 0n),
  )
}
