import { authenticationWith } from '@faregate/contract/api-callers'
import { checks as checksOfApi, validation } from '@faregate/contract/api-checks'
import { models, policy } from '@faregate/contract/api-models'
import { baseUrl, ca, proxying, secretless, timeouts } from '@faregate/contract/api-proxying'
import { routesWith } from '@faregate/contract/api-routes'
import { z } from 'zod'
import { listing, presentation } from './schema-catalogue.ts'
import { prompt } from './schema-prompts.ts'

/** Published APIs in the configuration file. What this cannot see is checked by `checkApis`. */

const routes = routesWith(
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .meta({ unquoted: true }),
)

const secret = z.string().min(1)

const upstream = z.strictObject({
  baseUrl: baseUrl.optional(),
  header: z
    .strictObject({
      name: secretless.headerName,
      value: secret.describe('The secret. Keep it out of the file: `${WEATHER_KEY}` reads the environment.'),
    })
    .optional()
    .describe('A secret that the upstream wants with each call.'),
  basic: z
    .strictObject({ user: secretless.user, secret: secret.describe('The password, from the environment like every secret.') })
    .optional()
    .describe('User and password that the upstream wants as Basic.'),
  oauth: z
    .strictObject({
      tokenUrl: secretless.tokenUrl,
      clientId: secretless.clientId,
      clientSecret: secret.describe('The client secret, from the environment like every secret.'),
      scopes: secretless.scopes,
    })
    .optional()
    .describe("A client's credentials, with which a token is fetched for the upstream (OAuth 2)."),
  mutualTls: z
    .strictObject({
      certificate: secretless.certificate,
      key: secret.describe('Its private key as PEM, from the environment like every secret.'),
    })
    .optional()
    .describe('What the gateway proves itself with when it connects (mutual TLS).'),
  ca: ca.optional(),
})

const authentication = authenticationWith({
  clientSecret: secret.describe('The secret with which the gateway asks, from the environment like every secret.'),
})

// Nothing is published from the file, so that nothing is made before it.
const checks = checksOfApi.omit({ beforePublish: true }).describe('Calls that are saved with the API, and made by its test. Absent: none.')

const { identity, upstreams, health, retries, addresses, rewrite, requestHeaders, responseHeaders, hostHeader, cache, http2 } = proxying

export const api = z.strictObject({
  prefix: z.string().min(2).describe("Where callers find it, like `/weather`. Some first segments are the gateway's own."),
  upstream: upstream.optional().describe('The service behind it. Every HTTP service has one.'),
  upstreams: upstreams.optional(),
  routes: routes.optional().describe('What can be called, and what that costs. Every HTTP service has some.'),
  timeouts: timeouts.optional(),
  authentication: authentication.optional(),
  identity: identity.optional(),
  health: health.optional(),
  retries: retries.optional(),
  addresses: addresses.optional(),
  rewrite: rewrite.optional(),
  requestHeaders: requestHeaders.optional(),
  responseHeaders: responseHeaders.optional(),
  hostHeader: hostHeader.optional(),
  cache: cache.optional(),
  http2: http2.optional(),
  encodedSlashes: z
    .enum(['refuse', 'pass'])
    .optional()
    .describe(
      'What becomes of `%2F` and `%5C` in a path. An upstream may read another route in them than the one that is charged: absent, they ' +
        'are refused.',
    ),
  document: z
    .string()
    .min(1)
    .optional()
    .describe('Its OpenAPI document: a file, JSON or YAML, relative to the configuration file. Nothing that it refers to is read.'),
  validation: validation.optional(),
  checks: checks.optional(),
  prompt,
  models: models.optional(),
  policy: policy.optional(),
  presentation: presentation.optional(),
  listing: listing.optional(),
})
