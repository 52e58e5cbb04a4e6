import type { RouteOutput, Routes } from '@faregate/contract'
import type { AdminDeps } from './deps.ts'
import { presentPrice } from './present/configuration.ts'
import type { PriceRow } from './rows.ts'

type Price = RouteOutput<Routes['getPrice']>

/** Every price that charges are made by: of models, of overrides, and the catalogue's for deployments that have neither. */
export function pricesInForce(deps: AdminDeps, overrides: PriceRow[]): Price[] {
  const models = [...deps.snapshot().models.values()]
  const own = models.flatMap(({ name, price, managedBy }): Price[] =>
    price === undefined ? [] : [{ name, provider: null, model: name, price, version: `model:${name}`, managedBy }],
  )
  const overridden = overrides.map(presentPrice)
  const taken = new Set(overridden.map(({ name }) => name))
  const catalogue = models
    .flatMap((model) => (model.price === undefined ? model.deployments : []))
    .flatMap(({ provider, model, weight }): Price[] => {
      const name = `${provider}/${model}`
      const found = taken.has(name) ? undefined : deps.cataloguePrice({ provider, model, weight })
      taken.add(name)
      return found === undefined
        ? []
        : [{ name, provider, model, price: found.rates, version: found.version, managedBy: { source: 'catalogue' } }]
    })
  return [...own, ...overridden, ...catalogue]
}

/** One of them by its name. */
export function priceInForce(deps: AdminDeps, overrides: PriceRow[], name: string): Price | undefined {
  return pricesInForce(deps, overrides).find((price) => price.name === name)
}
