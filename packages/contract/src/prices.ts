import { BUCKETS } from '@faregate/core'
import { z } from 'zod'
import { byName, decimal, nothing } from './common.ts'
import { managedBy } from './managed.ts'
import type { RouteSpec } from './route.ts'

/** Decimal strings per million units, by bucket. */
export const rates = z
  .strictObject(Object.fromEntries(BUCKETS.map((bucket) => [bucket, decimal.optional()])))
  .describe('Per million units, by bucket.')

const answeredRates = z.record(z.string(), z.string())

export const price = z
  .object({
    name: z.string().describe('`provider/model`, or the name of a model that has a price of its own.'),
    provider: z.string().nullable(),
    model: z.string(),
    price: answeredRates,
    version: z.string(),
    managedBy,
  })
  .meta({ title: 'Price' })

const tag = 'Prices'

export const priceRoutes = {
  listPrices: {
    method: 'GET',
    path: '/api/prices',
    tag,
    summary: "List the prices in force: of models, overrides, and the catalogue's",
    permission: 'prices:read',
    status: 200,
    response: z.object({ data: z.array(price), next: z.null() }),
  },
  createPrice: {
    method: 'POST',
    path: '/api/prices',
    tag,
    summary: "Set a price for what a provider calls a model; it goes before the catalogue's",
    permission: 'prices:write',
    body: z.strictObject({ provider: z.string().min(1).max(100), model: z.string().min(1).max(300), price: rates }),
    status: 201,
    response: price,
    idempotent: true,
  },
  getPrice: {
    method: 'GET',
    path: '/api/prices/{name}',
    tag,
    summary: 'See a price',
    permission: 'prices:read',
    params: byName,
    status: 200,
    response: price,
  },
  updatePrice: {
    method: 'PATCH',
    path: '/api/prices/{name}',
    tag,
    summary: 'Replace a price',
    permission: 'prices:write',
    params: byName,
    body: z.strictObject({ price: rates }),
    status: 200,
    response: price,
  },
  deletePrice: {
    method: 'DELETE',
    path: '/api/prices/{name}',
    tag,
    summary: "Remove a price, back to the catalogue's",
    permission: 'prices:write',
    params: byName,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>
