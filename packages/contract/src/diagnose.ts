import { z } from 'zod'
import { byId } from './common.ts'
import type { RouteSpec } from './route.ts'

/** The six steps, in the order in which they are walked. */
export const DIAGNOSIS_STEPS = ['billing', 'subscription', 'permissions', 'configuration', 'rate_limits', 'logs_and_usage'] as const

export const diagnosis = z
  .object({
    id: z.string(),
    requestId: z.string().nullable(),
    denialId: z.string().nullable(),
    code: z.string().nullable().describe('Why it was refused; null when it was not.'),
    summary: z.string(),
    steps: z.array(
      z.object({
        step: z.enum(DIAGNOSIS_STEPS),
        result: z.enum(['ok', 'failed', 'unknown']),
        detail: z.string(),
        fix: z.string().nullable(),
      }),
    ),
  })
  .meta({ title: 'Diagnosis' })

export const diagnoseRoutes = {
  diagnose: {
    method: 'GET',
    path: '/api/diagnose/{id}',
    tag: 'Refusals',
    summary: 'Walk six steps for a request or a refusal, each with its fix',
    permission: 'requests:read',
    withinTeam: true,
    params: byId,
    status: 200,
    response: diagnosis,
  },
} as const satisfies Record<string, RouteSpec>
