import { AMOUNT_PATTERN, parseAmount } from '@faregate/core'
import { z } from 'zod'

/** What is said of an amount that came as a JSON number, which cannot carry money exactly. */
export const AMOUNT_AS_NUMBER = 'send "5.00" as a string'

/** How the schema of an amount is told from that of other text: two ways to write one amount are the same. */
export const DECIMAL_FORMAT = 'decimal'

/** Marks text that is sent and never answered (JSON Schema's `writeOnly`): what is shown of it are its last four characters. */
export const WRITE_ONLY = { writeOnly: true } as const

function decimalText(): z.ZodString {
  return z
    .string({ error: (issue) => (typeof issue.input === 'number' ? AMOUNT_AS_NUMBER : undefined) })
    .regex(AMOUNT_PATTERN, 'not a decimal amount: at most nine digits before and nine after the point, like "5.00"')
    .meta({ format: DECIMAL_FORMAT })
}

/** An amount that is sent: a decimal string greater than zero. */
export const amount = decimalText()
  .refine((text) => parseAmount(text) !== undefined, 'must be greater than zero')
  .describe('A decimal string greater than zero: "5.00".')

/** A decimal string that may be zero: limits, prices. */
export const decimal = decimalText().describe('A decimal string: "0.05".')

/** An amount that is answered; may be negative. */
export const money = z.string().describe('An exact decimal string.')

export const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency has three capital letters, like USD')

export const id = z.string().min(1).max(200)

export const name = z.string().trim().min(1).max(200)

export const reason = z.string().trim().min(1).max(500)

/** A point in time that is sent: ISO 8601 with an offset or Z. */
export const instant = z.iso.datetime({ offset: true, error: 'not an ISO 8601 time with an offset, like 2027-01-31T00:00:00Z' })

/** A point in time that is answered, in UTC. */
export const time = z.string().describe('ISO 8601, UTC.')

/** An IANA time zone that this system knows. */
export const zone = z.string().refine(isZone, 'not a time zone, like Europe/Berlin')

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** An address or a network in CIDR notation. */
export const range = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'neither an address nor a network, like 10.0.0.0/8 or 2001:db8::/32',
)

/** Where a page of a list begins and how long it is. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional().describe('`next` of the page before.'),
}

/** A page of a list, from new to old. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next: z.string().nullable().describe('The cursor of the next page; null at the end.') })
}

/** A name in a list that is separated by commas, each one of the given. */
export function listOf(names: readonly string[]) {
  return z
    .string()
    .optional()
    .refine((text) => text === undefined || text.split(',').every((part) => names.includes(part)), `a list of ${names.join(', ')}`)
}

const moment = z.union([instant, z.iso.date()], 'not a date or a time, like 2027-01-31 or 2027-01-31T00:00:00Z')

/** The window of time that lists and totals share. */
export const window = {
  from: moment.optional().describe('A date or a time. Included.'),
  to: moment.optional().describe('A date or a time. Excluded.'),
}

export const byId = z.object({ id })

export const byName = z.object({ name: z.string().min(1).max(300) })

/** Nothing is answered. */
export const nothing = z.undefined()
