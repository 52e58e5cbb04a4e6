import { tableAt, type Catalogue } from './catalogue.ts'
import { nameOf, type RememberedPrice } from './review.ts'

/** The catalogue with the prices that are in force: those that are remembered go before what this release says. */
export function catalogueInForce(published: Catalogue, remembered: readonly RememberedPrice[]): Catalogue {
  const schedules = new Map(remembered.map((price) => [nameOf(price), price.schedule]))
  return {
    version: published.version,
    facts: (priceKey, model) => published.facts(priceKey, model),
    find: (priceKey, model, at) => {
      const schedule = schedules.get(nameOf({ priceKey, model }))
      return schedule === undefined ? published.find(priceKey, model, at) : tableAt(priceKey, schedule, at)
    },
  }
}
