import { API_METHODS, CHARGED_CLASSES } from '@faregate/core'
import { z } from 'zod'
import { instant } from './common.ts'
import { pageLink } from './retirement.ts'

/** What an API can be asked: for the management API and for the configuration file alike. */

const members = {
  method: z.enum([...API_METHODS, '*']).describe('The method; `*` for any of them. HEAD is answered as its GET.'),
  path: z
    .string()
    .min(1)
    .max(500)
    .describe(
      'The path below the prefix: exact, with `{parameter}` for a segment, ending in `*` for whatever follows. A literal goes first.',
    ),
  free: z.literal(true).optional().describe('Calls cost nothing. Keys, limits and records hold all the same.'),
  chargeOn: z
    .array(z.enum(CHARGED_CLASSES))
    .min(1)
    .max(CHARGED_CLASSES.length)
    .optional()
    .describe("Which of the upstream's answers are charged: `2xx`, `3xx`, `4xx`. Absent: `2xx` and `3xx`. A 5xx never is."),
  webSocket: z
    .literal(true)
    .optional()
    .describe('It takes handshakes of WebSockets and nothing else, with GET. The price is that of a connection, charged when it opens.'),
  retirement: z
    .strictObject({
      state: z.enum(['deprecated', 'retired']).describe('`deprecated`: served, and its callers are told; `retired`: refused with 410.'),
      since: instant.describe('Since when.'),
      sunset: instant.optional().describe('When it is to be retired.'),
      successor: z
        .string()
        .min(1)
        .max(500)
        .optional()
        .describe('The path of the route that takes its place; parameters with the same names are those of the call.'),
      link: pageLink.optional().describe('A page that says how to move.'),
    })
    .optional()
    .describe('How it goes. Absent: it stays.'),
  off: z.literal(true).optional().describe('It is switched off: calls are refused, and nothing else takes them.'),
}

/** Routes with prices as they are written in one place or the other. */
export function routesWith<Price extends z.ZodType<string>>(price: Price) {
  const { method, path, ...more } = members
  const priced = price.optional().describe('What one call costs. A route has a price, or is declared free.')
  return z
    .array(z.strictObject({ method, path, price: priced, ...more }).meta({ title: 'ApiRoute' }))
    .min(1)
    .max(20_000)
}
