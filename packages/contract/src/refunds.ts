import { z } from 'zod'
import { amount, byId, reason } from './common.ts'
import { refund } from './requests.ts'
import type { RouteSpec } from './route.ts'

export const refundRoutes = {
  refundRequest: {
    method: 'POST',
    path: '/api/requests/{id}/refund',
    tag: 'Money',
    summary: 'Give back what a request was charged, or a part of it',
    permission: 'money:write',
    params: byId,
    body: z.strictObject({ amount: amount.optional(), reason }),
    status: 201,
    response: refund,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
