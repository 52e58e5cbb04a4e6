import { MIN_CHECK_INTERVAL_MS } from '@faregate/core'
import { z } from 'zod'
import { callers } from './api-callers.ts'
import { range } from './common.ts'

/** How the calls of an API reach what is behind it: for the management API and for the configuration file alike. */

const milliseconds = z.int().min(1).max(3_600_000)
const url = z.string().min(1).max(2000)
const pem = z.string().min(1).max(20_000)

export const timeouts = z
  .strictObject({
    connectMs: milliseconds.optional().describe('Time for the connection. Absent: `limits.connectMs`.'),
    firstByteMs: milliseconds.optional().describe('Time for the first byte of an answer. Absent: `limits.firstByteMs`.'),
    silenceMs: milliseconds.optional().describe('Longest silence within an answer. Absent: `limits.silenceMs`.'),
    idleMs: milliseconds.optional().describe('After so long without a byte an open WebSocket is closed. Absent: 300000.'),
  })
  .describe('How long the upstream is waited for, in milliseconds.')

export const baseUrl = url.describe('Where the service is; the path below the prefix is appended.')

/** What of an upstream's authentication is no secret. */
export const secretless = {
  headerName: z.string().min(1).max(100).describe('The header that carries the secret.'),
  user: z.string().min(1).max(200).describe('The user name.'),
  tokenUrl: url.describe('Where tokens are fetched (`POST`, with client id and secret as Basic).'),
  clientId: z.string().min(1).max(500).describe('The client id.'),
  scopes: z
    .array(
      z
        .string()
        .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
        .max(200),
    )
    .min(1)
    .max(50)
    .optional()
    .describe('Scopes to ask for. Absent: none.'),
  certificate: pem.describe('The certificate with which the gateway proves itself, as PEM, with those between it and its authority.'),
}

export const ca = z
  .array(pem)
  .min(1)
  .max(20)
  .describe('Authorities whose certificates are trusted for the upstream, as PEM, in place of the usual ones. Absent: the usual ones.')

const upstreams = z
  .array(
    z.strictObject({
      baseUrl,
      weight: z.int().min(1).max(1_000_000).optional().describe('Its share of the calls, beside those of the others. Absent: 1.'),
    }),
  )
  .min(1)
  .max(64)
  .describe('Several places where the service is, in place of `upstream.baseUrl`. Each takes its share of the calls.')

const check = z
  .strictObject({
    path: z.string().min(1).max(500).describe('Asked with GET below the base URL of each upstream; 2xx and 3xx are good.'),
    intervalMs: z.int().min(MIN_CHECK_INTERVAL_MS).max(3_600_000).optional().describe('Between two checks. Absent: 10000.'),
    timeoutMs: milliseconds.optional().describe('Time for an answer. Absent: 2000.'),
    healthy: z.int().min(1).max(100).optional().describe('So many good answers in a row bring an upstream back. Absent: 2.'),
    unhealthy: z.int().min(1).max(100).optional().describe('So many bad ones in a row put it aside. Absent: 3.'),
  })
  .describe('Upstreams are asked how they are, whether or not they are called. Absent: they are not.')

export const health = z
  .strictObject({
    failures: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'So many calls in a row that an upstream failed (no connection, no answer, 5xx) put it aside, be it the last one. Absent: 3 where ' +
          'there are several, and where calls have put all of them aside they are called all the same.',
      ),
    asideMs: milliseconds.optional().describe('For so long; then one call tries it. Absent: 10000.'),
    check: check.optional(),
  })
  .describe('When an upstream is not called. Absent: after failures while there is another one.')

const retries = z
  .int()
  .min(0)
  .max(5)
  .describe(
    'How often a call is made again, at another upstream where there is one: where the connection could not be made, or nothing of the ' +
      'answer had come to a GET, HEAD, PUT or DELETE without a body. Absent: once where there are several upstreams.',
  )

const ranges = z.array(range).min(1).max(1000)

const addresses = z
  .strictObject({
    allow: ranges.optional().describe('Addresses and networks from which alone it may be called. Absent: from anywhere.'),
    deny: ranges.optional().describe('Addresses and networks from which it may not be called, whatever is allowed.'),
  })
  .describe('Where the API may be called from.')

const rewrite = z
  .strictObject({
    from: z.string().min(1).max(500).describe('The beginning of a path below the prefix, in whole segments: `/v1`; `/`: of every path.'),
    to: z.string().min(1).max(500).describe('What the upstream is called with in its place; `/`: nothing.'),
  })
  .describe('What becomes of the beginning of paths. Absent: they go on as they are.')

const header = z.string().min(1).max(100)

function headers(direction: string) {
  return z
    .strictObject({
      set: z.record(header, z.string().max(4096)).optional().describe('Headers to set, by their names, in place of those that come.'),
      remove: z.array(header).min(1).max(100).optional().describe('Names of headers to leave out.'),
    })
    .describe(`What becomes of headers ${direction}. Absent: nothing beside what the gateway does itself.`)
}

/** Members of a definition beside its upstream and its routes. */
export const proxying = {
  ...callers,
  upstreams,
  health,
  retries,
  addresses,
  rewrite,
  requestHeaders: headers('on the way to the upstream'),
  responseHeaders: headers('on the way back'),
  hostHeader: z
    .enum(['upstream', 'caller'])
    .describe('Which host the upstream is told: its own, or that under which callers find the gateway (`publicUrl`). Absent: its own.'),
  cache: z
    .strictObject({
      priceFactor: z
        .string()
        .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'a decimal from 0 to 1, like "0.5"')
        .optional()
        .describe('What a call costs that is answered from what is kept, as a part of its price. Absent: all of it.'),
    })
    .describe('Answers are kept by the rules of HTTP (RFC 9111), and given to whoever asks the same. Absent: none is.'),
  http2: z
    .boolean()
    .describe('Whether upstreams with `https` that offer HTTP/2 are called with it, many calls on one connection. Absent: HTTP/1.1 alone.'),
}

type Nullable<T extends Record<string, z.ZodType>> = { [Name in keyof T]: z.ZodOptional<z.ZodNullable<T[Name]>> }

/** The same members, of which each may be absent, or null to be taken away. */
export function nullable<T extends Record<string, z.ZodType>>(members: T): Nullable<T> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member.nullable().optional()])) as Nullable<T>
}

type Shown<T extends Record<string, z.ZodType>> = { [Name in keyof T]: z.ZodNullable<T[Name]> }

/** The same members as they are shown: null is absent. */
export function shown<T extends Record<string, z.ZodType>>(members: T): Shown<T> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member.nullable()])) as Shown<T>
}
