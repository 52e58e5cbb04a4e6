import { ALERT_KINDS } from '@faregate/core'
import { z } from 'zod'
import { byName, decimal } from './common.ts'
import type { RouteSpec } from './route.ts'

const rule = {
  kind: z
    .enum(ALERT_KINDS)
    .describe(
      '`errors`: the share of calls that were answered with 5xx, or whose answer broke off. `refusals`: the share that the gateway refused. `latency`: the time ' +
        'that 99 of 100 answers took at most. `spending`: what was charged.',
    ),
  above: decimal.describe('It holds above this: a share ("0.05"), milliseconds, or an amount.'),
  minutes: z.int().min(1).max(60).default(5).describe('Over so many minutes until now.'),
  minimumCalls: z.int().min(1).max(1_000_000).default(20).describe('Fewer calls tell nothing, and it does not hold.'),
}

const alerts = z.object({
  data: z.array(
    z
      .object({
        ...rule,
        value: z.string().nullable().describe('What it is now. Null: there were too few calls.'),
        holds: z.boolean().describe('Whether it is above that now.'),
      })
      .meta({ title: 'ApiAlert' }),
  ),
  next: z.null(),
})

const tag = 'APIs'

export const apiAlertRoutes = {
  listApiAlerts: {
    method: 'GET',
    path: '/api/apis/{name}/alerts',
    tag,
    summary: 'When webhooks are told of how an API is called, and how that stands now',
    permission: 'apis:read',
    params: byName,
    status: 200,
    response: alerts,
  },
  setApiAlerts: {
    method: 'PUT',
    path: '/api/apis/{name}/alerts',
    tag,
    summary: 'Say when webhooks that are told `api.alert` are told of how an API is called, in the place of what was said before',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ alerts: z.array(z.strictObject(rule)).max(10) }),
    status: 200,
    response: alerts,
  },
} as const satisfies Record<string, RouteSpec>
