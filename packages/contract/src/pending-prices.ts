import { z } from 'zod'
import { byId, reason, time } from './common.ts'
import type { RouteSpec } from './route.ts'

const rates = z.record(z.string(), z.string()).describe('Decimal strings per million units, by bucket.')

const side = z.object({ version: z.string(), price: rates })

const change = z.object({
  bucket: z.string(),
  fromTokens: z.number().describe('For requests of so many input tokens or more; 0: for all that no other line names.'),
  before: z.string().nullable().describe('Null: no price.'),
  after: z.string().nullable(),
  change: z
    .string()
    .nullable()
    .describe('As a share of what was, with its sign: "1.00" is twice as much. Null: from nothing, or to no price.'),
})

/** A price that a newer catalogue brought and that waits, or what became of it. */
export const pendingPrice = z
  .object({
    id: z.string(),
    name: z.string().describe('The vendor as the catalogue names it, a slash, and the model.'),
    deployments: z.array(z.string()).describe('What is configured and costs this, as `provider/model`.'),
    state: z.enum(['pending', 'approved', 'rejected', 'withdrawn']),
    inForce: side.nullable().describe('Null: nothing is in force any more.'),
    offered: side,
    changes: z.array(change).describe('What differs, when it differs most.'),
    change: z.string().nullable().describe('The largest change, as a share without a sign. Null: from nothing, or to no price.'),
    effectiveAt: time.describe('When the difference is as large as that: later than now where the catalogue announces it.'),
    since: time,
  })
  .meta({ title: 'PendingPrice' })

const tag = 'Prices'

export const pendingPriceRoutes = {
  listPendingPrices: {
    method: 'GET',
    path: '/api/prices/pending',
    tag,
    summary:
      'List the prices of a newer catalogue that wait for approval: they differ by more than `prices.approveAbove` from what is in force',
    permission: 'prices:read',
    status: 200,
    response: z.object({ data: z.array(pendingPrice), next: z.null() }),
  },
  approvePrice: {
    method: 'POST',
    path: '/api/prices/pending/{id}/approve',
    tag,
    summary: 'Put a waiting price in force, within a second',
    permission: 'prices:write',
    params: byId,
    body: z.strictObject({ reason }),
    status: 200,
    response: pendingPrice,
    idempotent: true,
  },
  rejectPrice: {
    method: 'POST',
    path: '/api/prices/pending/{id}/reject',
    tag,
    summary: 'Keep the price in force, until a catalogue brings yet another one',
    permission: 'prices:write',
    params: byId,
    body: z.strictObject({ reason }),
    status: 200,
    response: pendingPrice,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
