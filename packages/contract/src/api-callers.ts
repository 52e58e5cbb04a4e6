import { CERTIFICATE_NAMES, TOKEN_ALGORITHMS } from '@faregate/core'
import { z } from 'zod'
import { WRITE_ONLY } from './common.ts'

/** Who may call an API, and what is told of them: for the management API and for the configuration file alike. */

const headerName = z.string().min(1).max(100)

const key = z
  .strictObject({
    header: headerName.optional().describe('A header that may carry the key as well.'),
    query: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('A parameter of the query that may carry the key as well. It is left out of the call.'),
    subprotocol: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'For WebSockets of browsers, which set no headers: the key may be offered as a protocol, behind this name and a dot. It is left out of the call.',
      ),
  })
  .describe('A key of the gateway: `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`.')

const basic = z
  .strictObject({
    realm: z
      .string()
      .regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, 'printable ASCII without quotes and backslashes')
      .max(100)
      .optional()
      .describe('What is to be opened, as it is told to whoever is asked for a password. Absent: the name of the API.'),
  })
  .describe('Basic (RFC 7617): the id of a key, or of its application, as the name, and the key as the password.')

const signature = z
  .strictObject({
    windowSeconds: z
      .int()
      .min(1)
      .max(3600)
      .optional()
      .describe('For how long before and after its time a signature is taken. Absent: 300.'),
  })
  .describe('Requests that are signed with the secret of a key (RFC 9421, `hmac-sha256`), each with a nonce of its own.')

const oauth = z
  .strictObject({
    maxAgeSeconds: z.int().min(1).max(900).optional().describe('How old a token may be. Absent: 900, as old as any is good.'),
  })
  .describe('Access tokens that the gateway gives for a key at `/api/oauth/token` (OAuth 2, client credentials).')

const url = z.string().min(1).max(2000)
const as = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe('The id of the key as which those are served whose name no key has. Absent: they are refused.')

const jwt = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe('The claim `iss` of tokens that are taken.'),
    audience: z.array(z.string().min(1).max(500)).min(1).max(50).describe('What of the claim `aud` is taken.'),
    algorithms: z
      .array(z.enum(TOKEN_ALGORITHMS))
      .min(1)
      .optional()
      .describe('How tokens may be signed. Absent: by any algorithm with a key pair.'),
    jwksUrl: url
      .optional()
      .describe('Where the issuer publishes its keys (RFC 7517). They are fetched anew when a token names one that is not known.'),
    publicKeys: z
      .array(z.string().min(1).max(10_000))
      .min(1)
      .max(20)
      .optional()
      .describe("The issuer's public keys, as PEM, in place of `jwksUrl`."),
    claim: z.string().min(1).max(200).optional().describe('The claim that names the caller, like `azp`. Absent: `sub`.'),
    as,
  })
  .describe('Tokens that somebody else signs (RFC 7519), as `Authorization: Bearer`. A key says for whom it stands.')

/** What of introspection is no secret. */
const introspection = {
  url: url.describe('Where it is asked about tokens (`POST`, with client id and secret as Basic).'),
  clientId: z.string().min(1).max(500).describe('The client id with which the gateway asks.'),
  issuer: z
    .string()
    .min(1)
    .max(500)
    .describe('Who gives the tokens, as keys name it that stand for callers; where `iss` is answered, it must be the same.'),
  audience: z.array(z.string().min(1).max(500)).min(1).max(50).optional().describe('What of `aud` is taken. Absent: whatever it is.'),
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
    .describe('Scopes of which a token must have all. Absent: none.'),
  claim: z.string().min(1).max(200).optional().describe('The member of the answer that names the caller, like `client_id`. Absent: `sub`.'),
  cacheSeconds: z
    .int()
    .min(0)
    .max(300)
    .optional()
    .describe('For how long a token that is good is not asked about again, never beyond its end. Absent: 30.'),
  as,
}

const mutualTls = z
  .strictObject({
    ca: z
      .array(z.string().min(1).max(20_000))
      .min(1)
      .max(50)
      .describe('Authorities whose certificates are taken, as PEM: those that have signed them themselves.'),
    issuer: z.string().min(1).max(500).describe('Who vouches for callers so: a name of your choice, as keys name it that stand for them.'),
    name: z
      .enum(CERTIFICATE_NAMES)
      .optional()
      .describe(
        'What names the caller: the `subject` (`CN=ann,O=Shop`), the first alternative name that is `dns`, `email` or `uri`, or the ' +
          '`thumbprint` (SHA-256, hexadecimal). Absent: `subject`.',
      ),
    as,
  })
  .describe('Certificates with which connections are made (mutual TLS); `clientCertificates` says how the gateway learns of them.')

const INTROSPECTED =
  'Tokens that somebody else gave, and is asked about (RFC 7662), as `Authorization: Bearer`. With `jwt` beside it, tokens in three ' +
  'parts are left to that. A key says for whom it stands.'

const open = z
  .strictObject({
    as: z.string().min(1).max(100).describe('The id of the key as which they are served: its limits hold, and its organization pays.'),
  })
  .describe('Whoever sends no credential may call.')

/** The ways of callers. `secret`: what is sent, or shown, of the secret with which the gateway asks about tokens. */
export function authenticationWith<Secret extends z.ZodRawShape>(secret: Secret) {
  return z
    .strictObject({
      key: key.optional(),
      basic: basic.optional(),
      signature: signature.optional(),
      oauth: oauth.optional(),
      jwt: jwt.optional(),
      introspection: z
        .strictObject({ ...introspection, ...secret })
        .describe(INTROSPECTED)
        .optional(),
      mutualTls: mutualTls.optional(),
      public: open.optional(),
    })
    .describe('In which ways callers prove who they are; those that are not named are not taken. Absent: a key of the gateway.')
}

const authentication = authenticationWith({
  clientSecret: z
    .string()
    .min(1)
    .max(4096)
    .meta(WRITE_ONLY)
    .optional()
    .describe('The secret with which the gateway asks. It is kept sealed and never returned; a change without it keeps it.'),
})

export const shownAuthentication = authenticationWith({ lastFour: z.string() })

const identity = z
  .strictObject({
    headers: z
      .strictObject({
        consumer: headerName.optional().describe('The header with the id of the organization that calls.'),
        application: headerName.optional().describe('The header with the id of its application.'),
        keyId: headerName.optional().describe('The header with the id of the key.'),
        subject: headerName.optional().describe('The header with whom the credential names; absent where it names nobody.'),
      })
      .optional()
      .describe('Headers that say who calls, each by its name. Absent: none.'),
    assertion: z
      .strictObject({
        header: headerName.optional().describe('The header that carries it. Absent: `Faregate-Assertion`.'),
        audience: z.string().min(1).max(500).optional().describe('The claim `aud`. Absent: the name of the API.'),
        lifeSeconds: z.int().min(1).max(3600).optional().describe('For how long it is good. Absent: 60.'),
      })
      .optional()
      .describe(
        'A token that the gateway signs (RFC 7519, EdDSA), which says who calls; its keys are published at `/.well-known/jwks.json`.',
      ),
  })
  .describe('What the upstream is told of who calls. Absent: nothing.')

export const callers = { authentication, identity }
