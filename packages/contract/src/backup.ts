import { z } from 'zod'
import type { RouteSpec } from './route.ts'

const fileName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a file name in the backup folder: letters, digits, dot, dash, underscore')

const tag = 'Backup'

export const backupRoutes = {
  createBackup: {
    method: 'POST',
    path: '/api/backup',
    tag,
    summary: 'Write everything into one file in the backup folder, while running',
    permission: 'backup:write',
    body: z.strictObject({ name: fileName.optional() }),
    status: 201,
    response: z.object({ name: z.string(), file: z.string(), bytes: z.number() }).meta({ title: 'Backup' }),
    idempotent: true,
  },
  restoreBackup: {
    method: 'POST',
    path: '/api/restore',
    tag,
    summary: 'Replace everything by a backup from the backup folder, while running',
    permission: 'backup:restore',
    body: z.strictObject({ file: fileName }),
    status: 200,
    response: z
      .object({ restored: z.string(), previous: z.string().describe('A backup of what was there before.') })
      .meta({ title: 'Restore' }),
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
