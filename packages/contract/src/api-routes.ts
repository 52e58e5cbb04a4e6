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

const POINTER = z
  .string()
  .max(500)
  .regex(/^(\/([^~/]|~[01])*)+$/, 'a JSON pointer, like /usage/pages')

const MOST_UNITS = 1_000_000_000

/** What goes through a call, with prices as they are written in one place or the other. */
function meteredWith<Price extends z.ZodType<string>>(price: Price) {
  return z.strictObject({
    sent: price.optional().describe("What a million bytes of the request's body cost."),
    received: price.optional().describe("What a million bytes of the answer's body cost, as it is sent, packed or not."),
    units: z
      .strictObject({
        pointer: POINTER.describe('Where an answer in JSON says how many they are: `/usage/pages`.'),
        price: price.describe('What one of them costs.'),
        most: z.int().min(1).max(MOST_UNITS).describe('So many are held for before the call, and no more are charged.'),
        otherwise: z
          .int()
          .min(0)
          .max(MOST_UNITS)
          .optional()
          .describe('So many are charged where the answer says no number that can be read. Absent: none.'),
      })
      .optional()
      .describe('Counted by the answer itself.'),
  })
}

/** The same as it is shown. */
export const shownMetered = z
  .object({
    sent: z.string().nullable(),
    received: z.string().nullable(),
    units: z.object({ pointer: z.string(), price: z.string(), most: z.number(), otherwise: z.number() }).nullable(),
  })
  .meta({ title: 'ApiMetered' })

/** Routes with prices as they are written in one place or the other. */
export function routesWith<Price extends z.ZodType<string>>(price: Price) {
  const { method, path, ...more } = members
  const priced = price.optional().describe('What one call costs. A route has a price, or `metered`, or is declared free.')
  const metered = meteredWith(price).optional().describe('What is charged by what goes through a call, beside its price.')
  return z
    .array(z.strictObject({ method, path, price: priced, metered, ...more }).meta({ title: 'ApiRoute' }))
    .min(1)
    .max(20_000)
}
