import type { ApiAuthentication } from '@faregate/core'
import type { Json } from './json.ts'

/** Under which name a key of the gateway is in a document. */
const KEY = 'faregate'

/** How callers prove who they are, as a document says it: schemes by their names, and of which one is enough. */
export interface Security {
  schemes: Record<string, Json>
  security: Record<string, string[]>[]
}

/**
 * What an API says of how its callers prove who they are, in the words of OpenAPI. `tokenUrl`: where the gateway gives access tokens.
 * What it has no word for is an `http` scheme of its own name.
 */
export function securityOf(authentication: ApiAuthentication | undefined, tokenUrl: string): Security {
  const schemes = schemesOf(authentication ?? { key: {} }, tokenUrl)
  const security = Object.keys(schemes).map((name) => ({ [name]: [] }))
  // A requirement that is empty is met by whoever sends nothing.
  return { schemes, security: authentication?.public === undefined ? security : [...security, {}] }
}

function schemesOf(
  { key, basic, signature, oauth, jwt, introspection, mutualTls }: ApiAuthentication,
  tokenUrl: string,
): Record<string, Json> {
  return {
    ...(key === undefined ? {} : keySchemes(key)),
    ...(basic && { basic: { type: 'http', scheme: 'basic', description: 'The id of a key, or of its application, and the key.' } }),
    ...(oauth && { oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl, scopes: {} } } } }),
    ...(jwt && {
      jwt: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: `A token that "${jwt.issuer}" signed, for ${jwt.audience.map((one) => `"${one}"`).join(' or ')}.`,
      },
    }),
    ...(introspection && { token: { type: 'http', scheme: 'bearer', description: tokenTold(introspection) } }),
    ...(signature && {
      signature: { type: 'http', scheme: 'signature', description: 'A signature of the request (RFC 9421, hmac-sha256).' },
    }),
    ...(mutualTls && { mutualTls: { type: 'mutualTLS', description: `A certificate of "${mutualTls.issuer}".` } }),
  }
}

function keySchemes({ header, query }: NonNullable<ApiAuthentication['key']>): Record<string, Json> {
  return {
    [KEY]: { type: 'http', scheme: 'bearer', description: 'A key of the gateway.' },
    ...(header === undefined ? {} : { keyInHeader: { type: 'apiKey', in: 'header', name: header, description: 'A key of the gateway.' } }),
    ...(query === undefined ? {} : { keyInQuery: { type: 'apiKey', in: 'query', name: query, description: 'A key of the gateway.' } }),
  }
}

function tokenTold({ issuer, scopes }: NonNullable<ApiAuthentication['introspection']>): string {
  return `A token of "${issuer}"${scopes === undefined ? '' : ` with the scopes ${scopes.join(' ')}`}.`
}
