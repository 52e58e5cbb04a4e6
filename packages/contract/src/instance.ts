import { z } from 'zod'
import { time } from './common.ts'
import { managedBy } from './managed.ts'
import type { RouteSpec } from './route.ts'

export const instance = z
  .object({
    version: z.string(),
    startedAt: time,
    uptimeSeconds: z.number(),
    publicUrl: z.string(),
    currency: z.string(),
    clientCertificates: z.enum(['tls', 'header']).nullable().describe('How certificates of callers are learnt of; null: they are not.'),
    billing: z
      .object({ topUpUrl: z.string().nullable(), contact: z.string().nullable(), rail: z.string().nullable() })
      .describe('What refusals for lack of balance say.'),
    configurationVersion: z.number(),
    models: z.number(),
    providers: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        baseUrl: z.string(),
        state: z.enum(['ok', 'failing', 'unknown']),
        lastError: z.string().nullable(),
        managedBy,
      }),
    ),
    ledgerQueue: z.number().describe('Ledger operations that wait.'),
  })
  .meta({ title: 'Instance' })

export const instanceRoutes = {
  getInstance: {
    method: 'GET',
    path: '/api/instance',
    tag: 'Instance',
    summary: 'See version, uptime, providers and their state',
    permission: 'instance:read',
    status: 200,
    response: instance,
  },
  exportConfiguration: {
    method: 'GET',
    path: '/api/export',
    tag: 'Instance',
    summary: 'The configuration that the database holds, as YAML for the file; secrets are replaced by references to the environment',
    permission: 'configuration:read',
    status: 200,
    response: z.object({ yaml: z.string() }).meta({ title: 'Export' }),
  },
} as const satisfies Record<string, RouteSpec>
