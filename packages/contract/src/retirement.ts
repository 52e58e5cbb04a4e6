import { z } from 'zod'
import { time } from './common.ts'

/** A page that anybody can open. */
export const pageLink = z.url({ protocol: /^https?$/ }).max(2000)

/** How an API or a model goes, as it is answered. */
export const shownRetirement = z
  .object({
    state: z.enum(['deprecated', 'retired']),
    at: time,
    sunset: time.nullable(),
    successor: z.string().nullable(),
    link: z.string().nullable(),
  })
  .nullable()
  .describe('How it goes; null: it stays.')
