import { z } from 'zod'
import { amount, byId, money, name, nothing, reason, time } from './common.ts'
import type { RouteSpec } from './route.ts'

const method = z
  .object({
    id: z.string(),
    organization: z.string(),
    rail: z.string(),
    kind: z.string().describe('In the words of the payment rail: `card`, `us_bank_account`.'),
    label: z.string().nullable().describe('The brand of a card, the name of a bank.'),
    lastFour: z.string().nullable(),
    expires: z.string().nullable().describe('The last month in which it can be charged: `2030-12`.'),
    verified: z.boolean().describe('Whether it can be charged already.'),
    default: z.boolean().describe('It is the one that is charged.'),
    createdAt: time,
  })
  .meta({ title: 'PaymentMethod' })

const opened = z.object({ id: z.string(), organization: z.string(), url: z.string().describe('Where it is saved.') })

const autoTopUp = z
  .object({
    organization: z.string(),
    below: money.describe('It is topped up when the balance is below this; what requests in flight hold counts as still there.'),
    amount: money,
    monthlyCeiling: money.describe('No more than this is paid automatically in a month, which begins in the zone of the organization.'),
    state: z.enum(['ready', 'pending', 'declined', 'action_required']),
    reason: z.string().nullable().describe('Why it failed, in the words of the payment rail.'),
    failedAt: time.nullable(),
    nextAt: time.nullable().describe('It is not tried before; null: not before the payment method, the terms or the balance change.'),
    paidThisMonth: money,
  })
  .meta({ title: 'AutoTopUp' })

const refund = z
  .object({
    id: z.string(),
    topUp: z.string(),
    amount: money,
    reason: z.string(),
    state: z.enum(['pending', 'refunded', 'refused']).describe('Refused: the credit is on the balance again.'),
    reference: z.string().nullable().describe('What the payment rail calls it, or why it refuses.'),
    createdAt: time,
    endedAt: time.nullable(),
  })
  .meta({ title: 'TopUpRefund' })

const bought = opened.extend({ plan: z.string(), version: z.number(), amount: money, url: z.string().describe('Where it is paid.') })

const tag = 'Money'

export const paymentRoutes = {
  listPaymentMethods: {
    method: 'GET',
    path: '/api/organizations/{id}/payment-methods',
    tag,
    summary: 'List the payment methods that an organization has saved',
    permission: 'money:read',
    params: byId,
    status: 200,
    response: z.object({ data: z.array(method), next: z.null() }),
  },
  createPaymentMethod: {
    method: 'POST',
    path: '/api/organizations/{id}/payment-methods',
    tag,
    summary: 'Begin to save a payment method, and say where that is done; it is listed once the payment rail has confirmed it',
    permission: 'payments:write',
    params: byId,
    body: z.strictObject({}),
    status: 201,
    response: opened,
    idempotent: true,
  },
  updatePaymentMethod: {
    method: 'PATCH',
    path: '/api/payment-methods/{id}',
    tag,
    summary: 'Have a payment method charged from now on, instead of the others of its organization',
    permission: 'payments:write',
    params: byId,
    body: z.strictObject({ default: z.literal(true) }),
    status: 200,
    response: method,
  },
  deletePaymentMethod: {
    method: 'DELETE',
    path: '/api/payment-methods/{id}',
    tag,
    summary: 'Remove a payment method, here and at the payment rail',
    permission: 'payments:write',
    params: byId,
    status: 204,
    response: nothing,
  },
  getAutoTopUp: {
    method: 'GET',
    path: '/api/organizations/{id}/auto-top-up',
    tag,
    summary: 'See when an organization is topped up automatically, and how that stands',
    permission: 'money:read',
    params: byId,
    status: 200,
    response: autoTopUp,
  },
  setAutoTopUp: {
    method: 'PUT',
    path: '/api/organizations/{id}/auto-top-up',
    tag,
    summary: 'Have an organization topped up from its payment method whenever its balance is low; what had failed is tried again',
    permission: 'payments:write',
    params: byId,
    body: z.strictObject({
      below: amount,
      amount,
      monthlyCeiling: amount.describe('No more than this is paid automatically in a month.'),
    }),
    status: 200,
    response: autoTopUp,
  },
  deleteAutoTopUp: {
    method: 'DELETE',
    path: '/api/organizations/{id}/auto-top-up',
    tag,
    summary: 'Top an organization up by hand only',
    permission: 'payments:write',
    params: byId,
    status: 204,
    response: nothing,
  },
  createSubscriptionCheckout: {
    method: 'POST',
    path: '/api/organizations/{id}/subscriptions/checkout',
    tag: 'Subscriptions',
    summary: 'Buy a plan: say where its first period is paid; the organization is subscribed once the payment rail has confirmed that',
    permission: 'subscriptions:write',
    params: byId,
    body: z.strictObject({ plan: name }),
    status: 201,
    response: bought,
    idempotent: true,
  },
  listTopUpRefunds: {
    method: 'GET',
    path: '/api/top-ups/{id}/refunds',
    tag,
    summary: 'List what was given back of a top-up',
    permission: 'money:read',
    params: byId,
    status: 200,
    response: z.object({ data: z.array(refund), next: z.null() }),
  },
  createTopUpRefund: {
    method: 'POST',
    path: '/api/top-ups/{id}/refunds',
    tag,
    summary: 'Give a top-up back to whoever paid it, as far as it is neither spent nor held',
    permission: 'money:write',
    params: byId,
    body: z.strictObject({ amount: amount.optional().describe('Absent: all that is left.'), reason }),
    status: 201,
    response: refund,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
