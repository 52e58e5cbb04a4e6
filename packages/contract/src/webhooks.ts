import { EVENT_NAMES } from '@faregate/core'
import { z } from 'zod'
import { amount, byId, id, instant, nothing, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'

const url = z
  .union([z.url({ protocol: /^https?$/ }).max(2_000), z.templateLiteral(['mailto:', z.email()])], {
    error: 'neither an http or https URL nor mailto: and one address',
  })
  .describe('Where events are posted to, or `mailto:` and an address of mail.')
const events = z.array(z.enum(EVENT_NAMES)).min(1).describe('What it is told.')
const balanceBelow = amount.describe('With `balance.low`: the balance below which it is told. What requests in flight hold still counts.')

export const webhook = z
  .object({
    id: z.string(),
    organization: z.string().nullable().describe('Whose events it is told; null: of every organization.'),
    url: z.string(),
    events: z.array(z.string()),
    balanceBelow: z.string().nullable(),
    enabled: z.boolean(),
    createdAt: time,
  })
  .meta({ title: 'Webhook' })

const created = webhook.extend({
  secret: z.string().optional().describe('What its deliveries are signed with: shown once, absent when the answer is repeated.'),
})

const delivery = z
  .object({
    event: z.string().describe('`webhook-id` of the delivery, the same each time it is tried.'),
    type: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.number(),
    at: time,
    nextAt: time.nullable().describe('When it is tried next.'),
    lastAt: time.nullable(),
    lastStatus: z.number().nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ title: 'Delivery' })

const fields = { url, events, balanceBelow: balanceBelow.optional() }
const tag = 'Webhooks'

export const webhookRoutes = {
  listWebhooks: {
    method: 'GET',
    path: '/api/webhooks',
    tag,
    summary: 'List webhooks',
    permission: 'webhooks:read',
    query: z.strictObject({ ...paging, organization: id.optional() }),
    status: 200,
    response: page(webhook),
  },
  createWebhook: {
    method: 'POST',
    path: '/api/webhooks',
    tag,
    summary: 'Create a webhook that is told of every organization; its secret is shown once',
    permission: 'webhooks:create',
    body: z.strictObject(fields),
    status: 201,
    response: created,
    idempotent: true,
  },
  createWebhookOfOrganization: {
    method: 'POST',
    path: '/api/organizations/{id}/webhooks',
    tag,
    summary: 'Create a webhook of an organization; its secret is shown once',
    permission: 'webhooks:write',
    params: byId,
    body: z.strictObject(fields),
    status: 201,
    response: created,
    idempotent: true,
  },
  getWebhook: {
    method: 'GET',
    path: '/api/webhooks/{id}',
    tag,
    summary: 'See a webhook',
    permission: 'webhooks:read',
    params: byId,
    status: 200,
    response: webhook,
  },
  updateWebhook: {
    method: 'PATCH',
    path: '/api/webhooks/{id}',
    tag,
    summary: 'Change a webhook; one that is disabled is told nothing new, and what waits for it waits on',
    permission: 'webhooks:write',
    params: byId,
    body: z.strictObject({
      url: url.optional(),
      events: events.optional(),
      balanceBelow: balanceBelow.nullable().optional(),
      enabled: z.boolean().optional(),
    }),
    status: 200,
    response: webhook,
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/api/webhooks/{id}',
    tag,
    summary: 'Remove a webhook with its deliveries',
    permission: 'webhooks:write',
    params: byId,
    status: 204,
    response: nothing,
  },
  listDeliveries: {
    method: 'GET',
    path: '/api/webhooks/{id}/deliveries',
    tag,
    summary: 'List what a webhook was told, and how that went',
    permission: 'webhooks:read',
    params: byId,
    query: z.strictObject({ ...paging, state: z.enum(['pending', 'delivered', 'failed']).optional() }),
    status: 200,
    response: page(delivery),
  },
  testWebhook: {
    method: 'POST',
    path: '/api/webhooks/{id}/test',
    tag,
    summary: 'Send the event `webhook.test`',
    permission: 'webhooks:write',
    params: byId,
    body: z.strictObject({}),
    status: 201,
    response: z.object({ event: z.string() }),
    idempotent: true,
  },
  replayWebhook: {
    method: 'POST',
    path: '/api/webhooks/{id}/replay',
    tag,
    summary: 'Deliver again: one event, or everything since a moment; the ids stay the same',
    permission: 'webhooks:write',
    params: byId,
    body: z.strictObject({ event: id.optional(), since: instant.optional() }),
    status: 201,
    response: z.object({ replayed: z.number() }),
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
