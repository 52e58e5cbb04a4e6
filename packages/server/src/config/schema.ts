import { billedParameter, BUCKETS } from '@faregate/core'
import { z } from 'zod'
import { mail, payments } from './schema-services.ts'
import { api } from './schema-apis.ts'

/**
 * The configuration file as a schema: the one source of validation, of defaults, of the JSON Schema for editors
 * and of docs/reference/configuration.md. Each member has a description; members that
 * the management API can change are in force without a restart, what is needed to start comes from here alone.
 */

const name = z.string().regex(/^[^\s/]+$/)
const modelName = z.string().regex(/^\S+$/)
const count = (from: number, to: number) => z.int().min(from).max(to)
const weight = count(1, 1_000_000).default(1)

/** A decimal; an unquoted one is taken from its source text, so no digit is lost on the way through a float. */
const price = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/)
  .meta({ unquoted: true })

const providerKey = z.strictObject({
  key: z.string().min(1).describe("The provider's key. Keep it out of the file: `${OPENAI_API_KEY}` reads the environment."),
  weight: weight.describe('Share of the calls among the keys of one priority.'),
  priority: count(0, 1000).default(0).describe('Keys of the lowest number are used first; the next ones when those fail.'),
})

const provider = z.strictObject({
  name: name.describe('A name of your choice, by which deployments refer to this account. No spaces, no slash.'),
  kind: z.string().min(1).describe('What speaks there: `openai`, `openai-compatible`, `demo`, or another row of the provider table.'),
  baseUrl: z
    .url({ protocol: /^https?$/, abort: true })
    .refine((url) => new URL(url).username === '' && new URL(url).password === '')
    .optional()
    .describe("Where it lives, version path included, without user and password. Default: the vendor's own address."),
  apiKey: z.string().min(1).optional().describe('Its one key. Keep it out of the file: `${OPENAI_API_KEY}` reads the environment.'),
  keys: z.array(providerKey).min(1).optional().describe('Several keys instead of `apiKey`.'),
})

const deploymentParameters = z.record(z.string().min(1), z.unknown()).refine((parameters) => billedParameter(parameters) === undefined, {
  error: ({ input }) => `${billedParameter(input as Record<string, unknown>)} decides what is billed: it cannot be a default`,
})

const deployment = z.strictObject({
  provider: name.describe('The `name` of one of the providers.'),
  model: z.string().min(1).describe('The name that the provider uses for the model.'),
  weight: weight.describe('Share of the calls among the deployments of one priority.'),
  priority: count(0, 1_000).optional().describe('Lower is called first; the others come when those before them fail or rest. Absent: 0.'),
  parameters: deploymentParameters
    .optional()
    .describe(
      "Members of the request's body that are added where the caller did not send them, as the provider calls them " +
        '(`temperature`, `safetySettings`, …). Members that decide what is billed cannot be among them.',
    ),
})

const UNIT_PRICES: Partial<Record<string, string>> = {
  request: 'Price of a million requests.',
  image: 'Price of a million images that are made.',
  second: 'Price of a million seconds of audio that are listened to.',
  character: 'Price of a million characters that are spoken.',
  search: 'Price of a million searches: of the web for an answer, or of documents that are ranked.',
}

const prices = Object.fromEntries(BUCKETS.map((bucket) => [bucket, price.optional().describe(priceDescription(bucket))])) as Record<
  (typeof BUCKETS)[number],
  z.ZodOptional<typeof price>
>

function priceDescription(bucket: string): string {
  return UNIT_PRICES[bucket] ?? `Price of a million tokens of \`${bucket}\`.`
}

const model = z.strictObject({
  deployments: z.array(deployment).min(1).describe('The upstreams that serve the model.'),
  price: z.strictObject(prices).optional().describe("What callers pay, by bucket. Absent: the catalogue's price."),
  maxOutput: count(1, 100_000_000).optional().describe("The most output tokens the model can make in one answer. Absent: the catalogue's."),
  maxOutputWhenAbsent: count(1, 100_000_000).optional().describe('Output limit where the caller gives none. Absent: the general one.'),
  sliceTokens: count(1, 1_000_000).optional().describe('Output tokens that one hold of a stream covers. Absent: the general one.'),
  hiddenOutput: z
    .boolean()
    .optional()
    .describe('True where output is billed that is never seen (reasoning): the whole bound is held at once.'),
  outputLimitMember: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .optional()
    .describe('The member that carries the output limit upstream.'),
  unsupported: z
    .enum(['refuse', 'drop'])
    .optional()
    .describe(
      'What happens to members of a request that a deployment of another dialect has no place for: `refuse` answers 400 with their names, ' +
        "`drop` leaves them out and lists them in `Faregate-Dropped`. The caller's `Faregate-Unsupported` goes first. Absent: `refuse`.",
    ),
})

const limits = z.strictObject({
  bodyBytes: count(1024, 1_073_741_824).default(33_554_432).describe('Largest request body, in bytes. Beyond: 413 `request_too_large`.'),
  bodiesBytes: count(1_048_576, Number.MAX_SAFE_INTEGER)
    .default(268_435_456)
    .describe(
      'Memory for the bodies of all requests that are being received or served, in bytes; those of up to 64 KiB are not counted. ' +
        'A body that finds no room waits; after 30 s it is refused: 413 with `Retry-After`.',
    ),
  cacheBytes: count(0, Number.MAX_SAFE_INTEGER)
    .default(67_108_864)
    .describe('Memory for kept answers of published APIs (`apis.*.cache`), in bytes. What was not used for the longest time goes first.'),
  headerBytes: count(4096, 1_048_576).default(16_384).describe('Largest request head, in bytes. Beyond: 431.'),
  requestMs: count(100, 3_600_000)
    .default(300_000)
    .describe('Time for a request to arrive, head and body, in milliseconds; a head has a minute at most. Beyond: 408.'),
  connectMs: count(1, 600_000).default(5_000).describe('Time for the connection to a provider, in milliseconds.'),
  firstByteMs: count(1, 3_600_000).default(600_000).describe("Time for the first byte of a provider's answer, in milliseconds."),
  silenceMs: count(1, 3_600_000).default(120_000).describe('Longest silence of a provider within an answer, in milliseconds.'),
  keepAliveMs: count(1, 600_000)
    .default(15_000)
    .describe("Silence on a stream after which a comment keeps the caller's connection open, in milliseconds."),
})

export const configurationSchema = z.strictObject({
  providers: z.array(provider).default([]).describe('Accounts at model vendors.'),
  models: z.record(modelName, model).default({}).describe('The models that callers can name.'),
  apis: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/), api)
    .default({})
    .describe('What is published below a prefix of its own: HTTP services, with what a call costs, prompts, and models.'),
  allModels: z
    .boolean()
    .optional()
    .describe(
      'Every model of a connected provider is callable as `provider/model` without an entry. ' +
        'Default: false, but true while the environment connects a provider and no model is configured at all.',
    ),
  publicUrl: z
    .url({ protocol: /^https?$/, abort: true })
    .optional()
    .describe('How callers reach the gateway; used in links. Default: the address it listens on.'),
  trustedProxies: z
    .array(z.string().min(1))
    .default([])
    .describe('Addresses or networks (10.0.0.0/8) of reverse proxies whose `X-Forwarded-For` is believed.'),
  mail: mail.optional().describe('Sends events to webhooks whose URL is `mailto:` and an address.'),
  issuerNetworks: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Addresses or networks of your own in which the issuers of callers' tokens may be asked. Default: the public internet alone.",
    ),
  tls: z
    .strictObject({
      cert: z.string().min(1).describe('PEM file of the certificate chain, relative to the configuration file.'),
      key: z.string().min(1).describe('PEM file of its private key, relative to the configuration file.'),
    })
    .optional()
    .describe('Serve HTTPS on the listener itself.'),
  clientCertificates: z
    .enum(['tls', 'header'])
    .optional()
    .describe(
      'How the certificates of callers are learnt of, for APIs that take them: `tls`, the listener asks for one (needs `tls`), or `header`, ' +
        'one of `trustedProxies` says it in `Client-Cert` (RFC 9440) and overwrites what callers send there. Absent: they are not.',
    ),
  billing: z
    .strictObject({
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .default('USD')
        .describe("The installation's one currency."),
      topUpUrl: z
        .url({ protocol: /^https?$/, abort: true })
        .optional()
        .describe('Page where a customer tops up; refusals for lack of balance link to it.'),
      contact: z.string().min(1).optional().describe('Whom a customer asks for credit; named in refusals for lack of balance.'),
      seller: z
        .strictObject({
          name: z.string().trim().min(1).max(200).optional().describe('Who issues invoices.'),
          address: z.string().trim().min(1).max(1_000).optional().describe('Lines, as they stand on an envelope.'),
          taxNumber: z.string().trim().min(1).max(200).optional().describe('The tax number of who issues invoices.'),
        })
        .prefault({})
        .describe('What stands on invoices, from the next one on.'),
      dueDays: count(0, 365)
        .default(14)
        .describe('Days from the issue of an invoice in arrears until it is overdue, and calls are refused until it is paid.'),
    })
    .prefault({})
    .describe('What refusals for lack of balance say, and what stands on invoices.'),
  payments: payments.prefault({}).describe('How credit is paid for. Without any, the operator grants it.'),
  limits: limits.prefault({}).describe('Sizes and times.'),
  publishing: z
    .strictObject({
      networks: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'neither an address nor a network, like 10.0.0.0/8 or 2001:db8::/32'))
        .default([])
        .describe('Addresses or networks in which the APIs of organizations may have their upstreams, beside the public internet.'),
    })
    .prefault({})
    .describe('What organizations may publish. What the operator publishes may be anywhere.'),
  sliceTokens: count(1, 1_000_000).default(1_024).describe('Output tokens that one hold of a stream covers.'),
  maxOutputWhenAbsent: count(1, 100_000_000)
    .default(16_384)
    .describe('Output limit where the caller gives none, if the balance affords it.'),
  cors: z
    .strictObject({
      origins: z.array(z.string().min(1)).default(['*']).describe('Origins of web pages that may call the data plane; `*` for all.'),
    })
    .prefault({})
    .describe('Calls from browsers.'),
  prices: z
    .strictObject({
      approveAbove: z
        .number()
        .min(0)
        .max(1_000)
        .default(0.1)
        .describe(
          'A newer catalogue that changes the price of a model in use by more than this share, up or down, waits for approval ' +
            '(`faregate price pending`); 0.1 is a tenth. Smaller changes are in force at once. What costs nothing until now always waits.',
        ),
    })
    .prefault({})
    .describe("The catalogue's prices."),
  retention: z
    .strictObject({
      days: count(1, 36_500).default(30).describe('Request and denial records older than this are deleted. Money records stay.'),
      bytes: count(1_000_000, Number.MAX_SAFE_INTEGER)
        .default(5_000_000_000)
        .describe('Beyond this size the oldest request records are deleted.'),
    })
    .prefault({})
    .describe('How long request records are kept.'),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('What is logged. `debug` adds a line for every request served.'),
    })
    .prefault({})
    .describe('The log on standard output.'),
})

/** The configuration file, checked and with every default filled in. */
export type Configuration = z.output<typeof configurationSchema>
export type ConfiguredProvider = Configuration['providers'][number]
export type ConfiguredModel = Configuration['models'][string]
export type ConfiguredApi = Configuration['apis'][string]
