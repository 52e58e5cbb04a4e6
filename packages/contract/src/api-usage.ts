import { STAGES } from '@faregate/core'
import { z } from 'zod'
import { byName, id, money, time, window } from './common.ts'
import { violation } from './requests.ts'
import type { RouteSpec } from './route.ts'

const milliseconds = z.number().nullable().describe('Milliseconds. Null: nothing was answered.')

const total = {
  calls: z.number().describe('Every request of it, refused ones included; those of its mock not.'),
  statuses: z
    .object({ '2xx': z.number(), '3xx': z.number(), '4xx': z.number(), '5xx': z.number(), other: z.number() })
    .describe('By what callers were answered. `other`: they did not wait for an answer.'),
  refused: z.number().describe('Calls that the gateway refused.'),
  brokenOff: z.number().describe('Answers that began with another status than 5xx, and broke off: no fault of the callers.'),
  paymentRequired: z.number().describe('Calls that were answered with 402.'),
  latency: z
    .object({
      p50: milliseconds,
      p90: milliseconds,
      p99: milliseconds,
      calls: z.number().describe('The calls that it was found from: the latest 200,000 that were not refused.'),
    })
    .describe('From the head of a request to the end of its answer: so long took half, nine tenths, 99 of 100 of them, at most.'),
  revenue: money.describe('What was charged.'),
  cost: money.nullable().describe('What providers of models are owed for it. Null: that of no call is known.'),
}

export const apiUsage = z
  .object({
    api: z.string(),
    currency: z.string(),
    from: time,
    to: time,
    ...total,
    slots: z.array(z.object({ at: time.describe('When the day or the hour begins.'), ...total })).describe('Those in which it was called.'),
    releases: z
      .array(z.object({ release: z.number().nullable().describe('Null: it has none, or the record is older.'), ...total }))
      .describe('By the release that was in force.'),
    refusals: z.array(z.object({ code: z.string(), status: z.number(), calls: z.number() })).describe('Most first.'),
    violations: z
      .array(violation.extend({ calls: z.number() }))
      .describe('In what calls differed from the document, where they are compared with it: the 50 kinds that were most.'),
    consumers: z
      .array(
        z.object({
          organization: z.string().nullable(),
          application: z.string().nullable(),
          key: z.string().nullable(),
          calls: z.number(),
          revenue: money,
        }),
      )
      .describe('The 20 keys that called it most. Nulls: without a key that is known.'),
  })
  .meta({ title: 'ApiUsage' })

export const apiUsageRoutes = {
  getApiUsage: {
    method: 'GET',
    path: '/api/apis/{name}/usage',
    tag: 'Usage',
    summary: 'How an API is called: statuses, latency, refusals, consumers and revenue, by time and by release',
    permission: 'apis:read',
    params: byName,
    query: z.strictObject({
      from: window.from.describe('A date or a time. Included. Absent: a day before the end.'),
      to: window.to.describe('A date or a time. Excluded. Absent: now. At most 92 days.'),
      by: z.enum(['hour', 'day']).optional().describe('In UTC. Absent: hours of up to two days, else days. Hours: at most 14 days.'),
      release: z.coerce.number().int().min(1).optional().describe('Of this release alone.'),
      stage: z.enum(STAGES).default('production').describe('By the keys of this stage.'),
      organization: id.optional().describe('Of this consumer alone.'),
    }),
    status: 200,
    response: apiUsage,
  },
} as const satisfies Record<string, RouteSpec>
