import { priceRule, type PriceRule } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { tableUnder, type PricedBy } from '@faregate/pricing'
import type { Route } from './locate.ts'

/** Routes are resolved once for a configuration; so are their prices under a rule. */
const priced = new WeakMap<Route, Map<string, Route>>()

/** The route at the prices of an organization, where it has terms of its own. */
export function routeOf({ terms }: KeyEntry['organization'], route: Route): Route {
  return terms === undefined ? route : routeByRule(route, priceRule(terms, route.model.name), 'org')
}

/** The route at the prices that a rule makes of its own. */
export function routeByRule(route: Route, rule: PriceRule, by: PricedBy): Route {
  if (rule.price === undefined && (rule.factor ?? '1') === '1') return route
  const name = `${by} ${nameOf(rule)}`
  const known = priced.get(route) ?? new Map<string, Route>()
  priced.set(route, known)
  const found = known.get(name)
  if (found !== undefined) return found
  const candidates = route.candidates.map((candidate) => ({ ...candidate, price: tableUnder(candidate.price, rule, by) }))
  // A price for what is not seen says that there is some, as the price of the model itself does.
  const hides = candidates.some(({ price }) => price.rates.reasoning !== undefined)
  const made = { ...route, candidates, hiddenOutput: route.hiddenOutput || (route.model.hiddenOutput === undefined && hides) }
  known.set(name, made)
  return made
}

/** Rules are read once for a configuration, and are the same for all keys of an organization. */
const names = new WeakMap<PriceRule, string>()

function nameOf(rule: PriceRule): string {
  const known = names.get(rule) ?? JSON.stringify([rule.factor, rule.price])
  names.set(rule, known)
  return known
}
