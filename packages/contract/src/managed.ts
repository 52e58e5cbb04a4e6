import { z } from 'zod'

/** Where something was defined: what the file or the environment defines is read-only here. */
export const managedBy = z.object({
  source: z.enum(['file', 'environment', 'database', 'catalogue']),
  file: z.string().optional(),
  line: z.number().optional(),
  variable: z.string().optional(),
})
