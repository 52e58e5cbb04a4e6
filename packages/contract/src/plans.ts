import { EVERY_FEATURE, PLAN_FEATURES } from '@faregate/core'
import { z } from 'zod'
import { byName, decimal, id, money, page, paging, time } from './common.ts'
import { limits } from './limits.ts'
import { factor, pattern, priceOverrides, shownOverrides } from './price-terms.ts'
import type { RouteSpec } from './route.ts'
import { subscription } from './subscriptions.ts'

const days = z.number().int().min(0).max(3650)

const quota = z
  .strictObject({
    counts: z.enum(['requests', 'tokens']),
    models: pattern.nullable().default(null).describe('A model, or a pattern with `*`: it counts calls of these.'),
    apis: pattern.nullable().default(null).describe('A published API, or a pattern with `*`: it counts calls of these, instead of models.'),
    limit: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).describe('In each period.'),
    overage: factor.nullable().default(null).describe('What use beyond it costs. Null: nothing beyond it is served.'),
  })
  .meta({ title: 'Quota' })

const terms = {
  price: decimal.describe('For each period, from the balance; "0" where the period is `free`.'),
  period: z.enum(['month', 'quarter', 'year', 'free']),
  trialDays: days.default(0),
  graceDays: days.default(3).describe('How long it is served after a payment has failed.'),
  models: z.array(pattern).max(1000).default([]).describe('Models that it includes: exact names, or with `*`.'),
  features: z
    .array(z.enum([EVERY_FEATURE, ...PLAN_FEATURES]))
    .min(1)
    .max(PLAN_FEATURES.length)
    .default([EVERY_FEATURE])
    .describe('What calls of these models it includes: kinds of calls, `streaming`, and `tools`. `*`: all.'),
  apis: z.array(pattern).max(1000).default([]).describe('Published APIs that it includes: names, or with `*`.'),
  exclusive: z.boolean().default(false).describe('What it includes is sold by plan only.'),
  listed: z.boolean().default(true).describe('Anybody may subscribe; otherwise the operator, or whoever sells it, does it.'),
  approval: z.boolean().default(false).describe('A subscription waits until it is approved.'),
  paymentMethod: z
    .boolean()
    .default(false)
    .describe('It is served only while the organization has a saved payment method that can be charged.'),
  quotas: z.array(quota).max(20).default([]),
  credit: decimal.default('0').describe('Put on the balance with each period that is paid, and gone with its end.'),
  priceFactor: factor.default('1').describe('What models cost under it, as a factor on what they cost the organization; "0": included.'),
  prices: priceOverrides.default([]),
  limits: limits.default([]).describe('Of what is served under it, beside those of key, application and organization.'),
}

const plan = z
  .object({
    name: z.string(),
    version: z.number(),
    organization: z.string().nullable().describe('Who sells it; null: the operator.'),
    ...terms,
    price: money,
    credit: money,
    prices: shownOverrides,
    createdAt: time,
  })
  .meta({ title: 'Plan' })

const tag = 'Plans'

export const planRoutes = {
  listPlans: {
    method: 'GET',
    path: '/api/plans',
    tag,
    summary: 'List the plans: of each, the version on sale',
    permission: 'plans:read',
    status: 200,
    response: z.object({ data: z.array(plan), next: z.null() }),
  },
  createPlan: {
    method: 'POST',
    path: '/api/plans',
    tag,
    summary: 'Create a plan, or the next version of one; subscribers stay on theirs. One of an organization has its own APIs alone',
    permission: 'plans:write',
    body: z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'small letters, digits and dashes'),
      organization: id.optional().describe('Who sells it, in every version. Absent: whoever makes its first one.'),
      ...terms,
    }),
    status: 201,
    response: plan,
    idempotent: true,
  },
  getPlan: {
    method: 'GET',
    path: '/api/plans/{name}',
    tag,
    summary: 'See every version of a plan, the newest first',
    permission: 'plans:read',
    params: byName,
    status: 200,
    response: z.object({ data: z.array(plan), next: z.null() }),
  },
  listPlanSubscriptions: {
    method: 'GET',
    path: '/api/plans/{name}/subscriptions',
    tag,
    summary: 'List who has subscribed to a plan, in any version: for whoever sells it',
    permission: 'subscriptions:approve',
    params: byName,
    query: z.strictObject(paging),
    status: 200,
    response: page(subscription),
  },
} as const satisfies Record<string, RouteSpec>
