import { API_METHODS, CHARGED_CLASSES } from '@faregate/core'
import { z } from 'zod'
import { listing, presentation } from './schema-catalogue.ts'

/** Published HTTP services in the configuration file. What this cannot see is checked by `checkApis`. */

const milliseconds = z.int().min(1).max(3_600_000)

const route = z.strictObject({
  method: z.enum([...API_METHODS, '*']).describe('The method; `*` for any of them. HEAD is answered as its GET.'),
  path: z
    .string()
    .min(1)
    .describe(
      'The path below the prefix: exact, with `{parameter}` for a segment, ending in `*` for whatever follows. A literal goes first.',
    ),
  price: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .meta({ unquoted: true })
    .optional()
    .describe('What one call costs. A route has a price, or is declared free.'),
  free: z.literal(true).optional().describe('Calls cost nothing. Keys, limits and records hold all the same.'),
  chargeOn: z
    .array(z.enum(CHARGED_CLASSES))
    .min(1)
    .optional()
    .describe("Which of the upstream's answers are charged: `2xx`, `3xx`, `4xx`. Absent: `2xx` and `3xx`. A 5xx never is."),
})

export const api = z.strictObject({
  prefix: z.string().min(2).describe("Where callers find it, like `/weather`. Some first segments are the gateway's own."),
  upstream: z
    .strictObject({
      baseUrl: z.string().min(1).describe('Where the service is. The path below the prefix is appended.'),
      header: z
        .strictObject({
          name: z.string().min(1).describe('The header that carries the secret.'),
          value: z.string().min(1).describe('The secret. Keep it out of the file: `${WEATHER_KEY}` reads the environment.'),
        })
        .optional()
        .describe('A secret that the upstream wants with each call.'),
    })
    .describe('The service behind it.'),
  routes: z.array(route).min(1).describe('What can be called, and what that costs.'),
  timeouts: z
    .strictObject({
      firstByteMs: milliseconds.optional().describe('Time for the first byte of an answer. Absent: `limits.firstByteMs`.'),
      silenceMs: milliseconds.optional().describe('Longest silence within an answer. Absent: `limits.silenceMs`.'),
    })
    .optional()
    .describe('How long the upstream is waited for, in milliseconds.'),
  encodedSlashes: z
    .enum(['refuse', 'pass'])
    .optional()
    .describe(
      'What becomes of `%2F` and `%5C` in a path. An upstream may read another route in them than the one that is charged: absent, they ' +
        'are refused.',
    ),
  presentation: presentation.optional(),
  listing: listing.optional(),
})
