import type { Wanted } from './plan-features.ts'

/** What is called and sold: a model, for a request that uses this or that of it, or a published API. */
export type Product = Wanted | { api: string }

export function isApi(product: Product): product is { api: string } {
  return 'api' in product
}
