import { z } from 'zod'
import { id, money, time, window } from './common.ts'
import { buckets } from './requests.ts'
import type { RouteSpec } from './route.ts'

const total = z.object({
  at: time.describe('When the day or the hour begins.'),
  provider: z.string(),
  model: z.string().describe('As the provider calls it.'),
  calls: z.number().describe('Calls of the provider, those that failed included.'),
  used: z.number().describe('Calls that used something; the others have no counts.'),
  estimated: z.number().describe('Of those: how many the provider did not count for us, so that the counts are our own.'),
  unpriced: z.number().describe("Of those: how many are missing in `cost`, because the provider's price is not known."),
  buckets,
  cost: money.nullable().describe('What the provider is owed by its own price. Null: that of no call is known.'),
})

export const providerUsage = z.object({ currency: z.string(), from: time, to: time, data: z.array(total) }).meta({ title: 'ProviderUsage' })

export const providerUsageRoutes = {
  getProviderUsage: {
    method: 'GET',
    path: '/api/usage/providers',
    tag: 'Usage',
    summary: 'What was used at each provider, model by model, call by call: to compare with its own bill',
    permission: 'usage:read',
    query: z.strictObject({
      organization: id.optional(),
      provider: z.string().max(100).optional(),
      from: window.from.describe('A date or a time. Included. Absent: 30 days before the end.'),
      to: window.to.describe('A date or a time. Excluded. Absent: the end of today, in UTC. At most 366 days.'),
      by: z.enum(['day', 'hour']).default('day').describe('Days and hours are in UTC.'),
    }),
    status: 200,
    response: providerUsage,
  },
} as const satisfies Record<string, RouteSpec>
