import type { ModelDefinition } from './configuration-rows.ts'
import { invalid } from './refusal.ts'

type Sent = {
  [Member in Exclude<keyof ModelDefinition, 'retirement'>]?:
    | (Member extends 'price' ? Record<string, string | undefined> : ModelDefinition[Member])
    | null
    | undefined
}

/** A definition changed by what was sent: absent members stay, null takes one away. */
export function definitionOf(before: ModelDefinition, sent: Sent): ModelDefinition {
  const { price, ...rest } = sent
  const merged = { ...before, ...present(rest), ...(price === undefined ? {} : { price: price === null ? null : ratesOf(price) }) }
  const kept = Object.entries(merged).filter(([member, value]) => value !== null && member !== 'name' && member !== 'retirement')
  return { ...Object.fromEntries(kept), deployments: sent.deployments ?? before.deployments }
}

function present(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** Rates as they were sent: at least one, or nothing could be charged. */
export function ratesOf(price: Record<string, string | undefined>): Record<string, string> {
  const rates = Object.entries(price).flatMap(([bucket, rate]): [string, string][] => (rate === undefined ? [] : [[bucket, rate]]))
  if (rates.length === 0) invalid('/price', 'names no bucket, so nothing would have a price')
  return Object.fromEntries(rates)
}
