import type { Denial } from '@faregate/core'
import type { Inbound } from '../edge.ts'
import { headerOf } from '../identify.ts'
import { badCredential } from './bad-credential.ts'

/** What is sent as `Authorization: Bearer` (RFC 6750); undefined: nothing is. */
export function bearerIn(inbound: Pick<Inbound, 'headers'>): string | undefined {
  return /^bearer\s+(\S+)\s*$/i.exec(headerOf(inbound, 'authorization') ?? '')?.[1]
}

/** Refuses a token that is not taken, in the words of RFC 6750. */
export function badToken(realm: string, hint: string): Denial {
  return { ...badCredential('The token', hint), challenges: [invalidToken(realm, hint)] }
}

/** Refuses a token whose time is over. */
export function tokenExpired(realm: string, at: number | undefined): Denial {
  const when = at === undefined ? '' : ` at ${new Date(at * 1_000).toISOString()}`
  return {
    code: 'token_expired',
    detail: `The token expired${when}.`,
    fixes: [{ kind: 'authenticate', action: 'fetch_token', by: 'caller', canYou: true }],
    challenges: [invalidToken(realm, 'The token expired')],
  }
}

/** Refuses a token that is good, and not for this: a 403, because somebody has to say that it may (RFC 6750, 3.1). */
export function insufficientScope(api: string, scopes: readonly string[], granted: readonly string[]): Denial {
  const wanted = scopes.join(' ')
  return {
    code: 'permission_denied',
    detail: `The token has not all of the scopes that the API "${api}" wants: ${wanted}.`,
    scope: { level: 'api', id: api },
    required: scopes.map((scope) => `token:${scope}`),
    granted: granted.filter((scope) => scopes.includes(scope)).map((scope) => `token:${scope}`),
    fixes: [{ kind: 'authenticate', action: 'fetch_token', by: 'caller', canYou: true, scope: wanted }],
    challenges: [`Bearer realm="${api}", error="insufficient_scope", scope="${wanted}"`],
  }
}

/** Who would vouch for a token cannot be asked: that is never the caller's fault. */
export function issuerUnavailable(api: string, cause: string): Denial {
  return {
    code: 'provider_error',
    detail: `The token cannot be checked: who vouches for the callers of the API "${api}" does not answer as it should.`,
    operatorDetail: `${api}: ${cause}`,
    scope: { level: 'api', id: api },
    fixes: [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }],
  }
}

function invalidToken(realm: string, description: string): string {
  return `Bearer realm="${realm}", error="invalid_token", error_description="${description.replaceAll(/["\\]|[^\x20-\x7e]/g, "'")}"`
}
