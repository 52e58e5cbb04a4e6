import type { AdminDeps } from '@faregate/admin'
import { pricesInForce } from '@faregate/admin/prices-in-force'
import type { ApiEntry } from '@faregate/core'

/** What a million units of a model cost its callers, by bucket: decimal strings. */
export type Rates = Record<string, string>

/** By which a prompt is charged: like its model. Null: it is none, or what it costs depends on what serves its model. */
export async function ratesOf(deps: AdminDeps, entry: ApiEntry): Promise<Rates | null> {
  if (entry.kind !== 'prompt') return null
  return (await ratesOfModels(deps, [entry.prompt.model]))[0] ?? null
}

/** The same of each of published models, by the names that callers use. Null: it is something else. */
export async function ratesByModel(deps: AdminDeps, entry: ApiEntry): Promise<Record<string, Rates | null> | null> {
  if (entry.kind !== 'model') return null
  const rates = await ratesOfModels(deps, Object.values(entry.models))
  return Object.fromEntries(Object.keys(entry.models).map((name, index) => [name, rates[index] ?? null]))
}

async function ratesOfModels(deps: AdminDeps, names: readonly string[]): Promise<(Rates | null)[]> {
  const { models } = deps.snapshot()
  const found = names.map((name) => models.get(name))
  const prices = found.every((model) => model?.price !== undefined) ? [] : pricesInForce(deps, await deps.store.read.prices.list())
  return found.map((model) => {
    if (model === undefined) return null
    if (model.price !== undefined) return model.price
    const served = model.deployments.map((one) =>
      prices.find(({ provider, model: name }) => provider === one.provider && name === one.model),
    )
    const [first, ...others] = served.map((price) => price?.price)
    const same = others.every((price) => JSON.stringify(price) === JSON.stringify(first))
    return first === undefined || !same ? null : first
  })
}
