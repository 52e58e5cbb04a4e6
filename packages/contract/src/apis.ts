import { z } from 'zod'
import { firstListing, presentation, shownListing, shownPresentation } from './api-presentation.ts'
import { shownAuthentication } from './api-callers.ts'
import { models, policy, shownPolicy } from './api-models.ts'
import { baseUrl, ca, nullable, proxying, secretless, shown, timeouts } from './api-proxying.ts'
import { checks, contractReport, validation } from './api-checks.ts'
import { routesWith, shownMetered } from './api-routes.ts'
import { shownCanaryTerms } from './canary-terms.ts'
import { byName, decimal, id, nothing, WRITE_ONLY } from './common.ts'
import { managedBy } from './managed.ts'
import { prompt, shownPrompt } from './prompts.ts'
import { shownRetirement } from './retirement.ts'
import type { RouteSpec } from './route.ts'

/** What an API can be called. */
export const apiName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'small letters, digits and dashes')

const secretOf = (most: number) => z.string().min(1).max(most).meta(WRITE_ONLY).optional()
const secret = secretOf(4096)

const upstream = z.strictObject({
  baseUrl: baseUrl.optional(),
  header: z
    .strictObject({ name: secretless.headerName, value: secret })
    .nullable()
    .optional()
    .describe('A secret that the upstream wants in a header. It is kept sealed and never returned; a change without `value` keeps it.'),
  basic: z
    .strictObject({ user: secretless.user, secret })
    .nullable()
    .optional()
    .describe('User and password that the upstream wants as Basic (RFC 7617). A change without `secret` keeps it.'),
  oauth: z
    .strictObject({ tokenUrl: secretless.tokenUrl, clientId: secretless.clientId, clientSecret: secret, scopes: secretless.scopes })
    .nullable()
    .optional()
    .describe(
      "A client's credentials, with which a token is fetched for the upstream (RFC 6749, 4.4). A change without `clientSecret` keeps it.",
    ),
  mutualTls: z
    .strictObject({ certificate: secretless.certificate, key: secretOf(20_000).describe('Its private key, as PEM.') })
    .nullable()
    .optional()
    .describe('What the gateway proves itself with when it connects (mutual TLS). A change without `key` keeps it.'),
  ca: ca.nullable().optional(),
})

const staging = z
  .strictObject({ upstream: upstream.optional(), upstreams: proxying.upstreams.nullable().optional() })
  .describe('Where the service is in staging, with the secrets that it wants there. Absent: it cannot be put in staging.')

/** What an API's definition holds beside its name. */
export const members = {
  prefix: z
    .string()
    .min(2)
    .max(200)
    .optional()
    .describe("Where callers find it: `/weather`; `/` and its name where nothing is said. Some first segments are the gateway's own."),
  upstream: upstream.optional().describe('The service behind it.'),
  staging: staging.nullable().optional(),
  routes: routesWith(decimal).optional(),
  ...nullable({ timeouts, ...proxying }),
  encodedSlashes: z
    .enum(['refuse', 'pass'])
    .nullable()
    .optional()
    .describe(
      'What becomes of `%2F` and `%5C` in a path: an upstream may read another route in them than the one that is charged. Absent: refused.',
    ),
  ...nullable({ validation, checks }),
  prompt: prompt.optional().describe('What a prompt asks its model. It has no upstream, no routes, and nothing of how they are called.'),
  models: models
    .optional()
    .describe('Models under names of the API. All of them, in place of those that it has. It has no upstream and no routes.'),
  policy: policy.nullable().optional(),
  presentation: presentation.nullable().optional(),
}

/** An HTTP service, a prompt over a model, or models under names of their own. */
const API_KINDS = ['http', 'prompt', 'model'] as const

const shownUpstream = z.object({
  baseUrl: z.string().describe('Of the first, where there are several.'),
  header: z.object({ name: z.string(), lastFour: z.string() }).nullable(),
  basic: z.object({ user: z.string(), lastFour: z.string() }).nullable(),
  oauth: z.object({ tokenUrl: z.string(), clientId: z.string(), scopes: z.array(z.string()), lastFour: z.string() }).nullable(),
  mutualTls: z.object({ certificate: z.string() }).nullable(),
  ca: z.array(z.string()).nullable(),
})

/** What is shown of a definition, whether it is in force or not. */
export const shownMembers = {
  kind: z.enum(API_KINDS),
  prefix: z.string(),
  url: z.string().describe('Where callers find it.'),
  upstream: shownUpstream.nullable().describe('Null: it is no HTTP service, or nothing is said yet.'),
  staging: z
    .object({ upstream: shownUpstream.nullable(), upstreams: proxying.upstreams.nullable() })
    .nullable()
    .describe('What is behind it in staging; null: nothing is said of that.'),
  prompt: shownPrompt.nullable().describe('Null: it is no prompt.'),
  models: models.nullable().describe('Models of this installation, by the names that callers use. Null: it is something else.'),
  policy: shownPolicy,
  routes: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      price: z.string().nullable().describe('Null: it is free, or nothing is said yet.'),
      metered: shownMetered.nullable().describe('Null: a call costs the same, whatever goes through it.'),
      free: z.boolean(),
      chargeOn: z.array(z.string()).describe('Empty: it is a WebSocket, of which each that opens is charged.'),
      off: z.boolean(),
      webSocket: z.boolean(),
      retirement: z
        .object({
          state: z.enum(['deprecated', 'retired']),
          since: z.string(),
          sunset: z.string().nullable(),
          successor: z.string().nullable(),
          link: z.string().nullable(),
        })
        .nullable()
        .describe('How it goes; null: it stays.'),
    }),
  ),
  timeouts: z.object({
    connectMs: z.number().nullable(),
    firstByteMs: z.number().nullable(),
    silenceMs: z.number().nullable(),
    idleMs: z.number().nullable(),
  }),
  ...shown({ ...proxying, authentication: shownAuthentication }),
  encodedSlashes: z.enum(['refuse', 'pass']).nullable().describe('Null: it is no HTTP service.'),
  ...shown({ validation, checks }),
  presentation: shownPresentation,
}

/** A published API as it is shown. */
export const api = z
  .object({
    name: z.string(),
    organization: z.string().nullable().describe('Whose it is; null: the operator.'),
    ...shownMembers,
    release: z.number().nullable().describe('The release in force; null: it is defined in the configuration file.'),
    canary: z
      .object({ release: z.number(), ...shownCanaryTerms })
      .nullable()
      .describe('What is tried beside it, and for which calls; null: nothing is.'),
    document: z.boolean().describe('Whether it has an OpenAPI document.'),
    documentId: z.string().nullable().describe('What its document is called: another one is called otherwise. Null: it has none.'),
    retirement: shownRetirement,
    listing: shownListing,
    managedBy,
  })
  .meta({ title: 'Api' })

const tag = 'APIs'

export const apiRoutes = {
  listApis: {
    method: 'GET',
    path: '/api/apis',
    tag,
    summary: 'List published APIs: of an organization, its own',
    permission: 'apis:read',
    status: 200,
    response: z.object({ data: z.array(api), next: z.null() }),
  },
  createApi: {
    method: 'POST',
    path: '/api/apis',
    tag,
    summary: 'Publish an HTTP service, a prompt or models, without a restart',
    permission: 'apis:write',
    body: z.strictObject({
      name: apiName,
      kind: z.enum(API_KINDS).optional().describe('Absent: what was sent says it.'),
      organization: id.optional().describe('Whose it is, for good. Absent: of whoever publishes it.'),
      listing: firstListing,
      ...members,
    }),
    status: 201,
    response: api,
    idempotent: true,
  },
  getApi: {
    method: 'GET',
    path: '/api/apis/{name}',
    tag,
    summary: 'See a published API',
    permission: 'apis:read',
    params: byName,
    status: 200,
    response: api,
  },
  updateApi: {
    method: 'PATCH',
    path: '/api/apis/{name}',
    tag,
    summary: 'Change a published API, in force within a second; null takes a member away',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject(members),
    status: 200,
    response: api,
  },
  deleteApi: {
    method: 'DELETE',
    path: '/api/apis/{name}',
    tag,
    summary: 'Take an API off',
    permission: 'apis:write',
    params: byName,
    status: 204,
    response: nothing,
  },
  testApi: {
    method: 'POST',
    path: '/api/apis/{name}/test',
    tag,
    summary:
      'Ask each upstream of an API for what lies at its base URL, with its secret, and say what happened; of a prompt or of models, whether they are served. `against`: make the calls that follow from its document, and the saved ones, and compare the answers',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({
      against: z
        .enum(['mock', 'upstream'])
        .optional()
        .describe(
          'What is called: the mock of the document, which changes nothing anywhere, or the first upstream. Absent: no such calls.',
        ),
      of: z.enum(['release', 'draft']).default('release').describe('With `against`: whether what is in force is tried, or the draft.'),
      unsafe: z.boolean().default(false).describe('With `against`: calls other than GET are made to the upstream as well.'),
    }),
    status: 200,
    response: z
      .object({
        ok: z.boolean().describe('Each answers, and takes the secret.'),
        message: z.string(),
        status: z.number().nullable().describe('Of HTTP; null: nothing answered.'),
        latencyMs: z.number(),
        contract: contractReport.nullable().describe('Null: nothing but whether it answers was asked for.'),
      })
      .meta({ title: 'ApiTest' }),
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
