import { z } from 'zod'
import { byId, instant, money, name, page, paging, reason, time } from './common.ts'
import { limits } from './limits.ts'
import type { RouteSpec } from './route.ts'

export const subscription = z
  .object({
    id: z.string(),
    organization: z.string(),
    plan: z.string(),
    version: z.number(),
    state: z.enum(['incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'cancelled', 'expired']),
    blocker: z.string().nullable().describe('The code with which requests are refused; null: it serves.'),
    until: time.nullable().describe('When this state ends by itself.'),
    agreed: z
      .object({
        quotas: z.array(
          z.object({
            counts: z.string(),
            models: z.string().nullable(),
            apis: z.string().nullable().optional(),
            limit: z.number(),
          }),
        ),
        limits,
      })
      .nullable()
      .describe('Quotas and limits that stand in the place of those of the plan, until the plan is changed.'),
    approval: z.enum(['none', 'pending', 'approved', 'rejected', 'revoked']),
    reason: z.string().nullable().describe('Why it was asked for, or of the last decision about it.'),
    startedAt: time,
    trialUntil: time.nullable(),
    paidUntil: time.nullable(),
    periods: z.number().describe('How many were paid.'),
    renews: z.boolean(),
    cancelAt: time.nullable(),
    pausedAt: time.nullable(),
    createdAt: time,
  })
  .meta({ title: 'Subscription' })

const preview = z
  .object({
    plan: z.string(),
    version: z.number(),
    due: money.describe('To be paid at once; below zero: put on the balance.'),
    secondsLeft: z.number(),
    secondsInPeriod: z.number(),
    paidUntil: time.nullable(),
  })
  .meta({ title: 'Change of plan' })

const tag = 'Subscriptions'

export const subscriptionRoutes = {
  listSubscriptions: {
    method: 'GET',
    path: '/api/organizations/{id}/subscriptions',
    tag,
    summary: 'List the subscriptions of an organization',
    permission: 'subscriptions:read',
    params: byId,
    query: z.strictObject(paging),
    status: 200,
    response: page(subscription),
  },
  createSubscription: {
    method: 'POST',
    path: '/api/organizations/{id}/subscriptions',
    tag,
    summary: 'Subscribe an organization to a plan; its first period is paid from the balance',
    permission: 'subscriptions:write',
    params: byId,
    body: z.strictObject({
      plan: name,
      reason: reason.optional().describe('Why; asked for where the plan needs approval.'),
      renews: z.boolean().default(true).describe('Whether a next period begins when one has ended.'),
      startedAt: instant.optional().describe('When it began, elsewhere. For the operator.'),
      paidUntil: instant.optional().describe('Until when it was paid, elsewhere. For the operator.'),
    }),
    status: 201,
    response: subscription,
    idempotent: true,
  },
  getSubscription: {
    method: 'GET',
    path: '/api/subscriptions/{id}',
    tag,
    summary: 'See a subscription',
    permission: 'subscriptions:read',
    params: byId,
    status: 200,
    response: subscription,
  },
  updateSubscription: {
    method: 'POST',
    path: '/api/subscriptions/{id}/events',
    tag,
    summary: 'Cancel, pause, resume or renew a subscription, or ask again for its approval',
    permission: 'subscriptions:write',
    params: byId,
    body: z.strictObject({
      event: z.enum(['cancel', 'pause', 'resume', 'renew', 'reapply']),
      at: z.enum(['now', 'period_end']).optional().describe('Of `cancel`: `period_end` unless said otherwise.'),
      reason: reason.optional().describe('Of `reapply`.'),
    }),
    status: 201,
    response: subscription,
    idempotent: true,
  },
  decideSubscription: {
    method: 'POST',
    path: '/api/subscriptions/{id}/decision',
    tag,
    summary: 'Approve or reject a subscription, or revoke its approval',
    permission: 'subscriptions:approve',
    params: byId,
    body: z.strictObject({ decision: z.enum(['approve', 'reject', 'revoke']), reason: reason.optional() }),
    status: 201,
    response: subscription,
    idempotent: true,
  },
  changeSubscription: {
    method: 'POST',
    path: '/api/subscriptions/{id}/plan',
    tag,
    summary: 'Move a subscription to another plan or version, or see what that would cost',
    permission: 'subscriptions:write',
    params: byId,
    body: z.strictObject({ plan: name, preview: z.boolean().default(false).describe('Only tells what it would cost.') }),
    status: 201,
    response: z.object({ preview, subscription }),
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
