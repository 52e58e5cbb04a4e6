import type { AdminDeps } from '@faregate/admin'
import { pricesInForce } from '@faregate/admin/prices-in-force'
import type { ApiEntry } from '@faregate/core'

/** What a million units of a model cost its callers, by bucket: decimal strings. */
export type Rates = Record<string, string>

/** By which a prompt is charged: like its model. Null: it is a service, or what it costs depends on what serves its model. */
export async function ratesOf(deps: AdminDeps, entry: ApiEntry): Promise<Rates | null> {
  if (entry.kind !== 'prompt') return null
  const model = deps.snapshot().models.get(entry.prompt.model)
  if (model === undefined) return null
  if (model.price !== undefined) return model.price
  const prices = pricesInForce(deps, await deps.store.read.prices.list())
  const found = model.deployments.map((one) => prices.find(({ provider, model: name }) => provider === one.provider && name === one.model))
  const [first, ...others] = found.map((price) => price?.price)
  const same = others.every((price) => JSON.stringify(price) === JSON.stringify(first))
  return first === undefined || !same ? null : first
}
