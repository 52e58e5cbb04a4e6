import { createHash } from 'node:crypto'
import { DEFAULT_CLAIM, DEFAULT_INTROSPECTION_SECONDS, Recent, type Denial, type IntrospectionTerms, type Millis } from '@faregate/core'
import { isSecretOfOurs } from '@faregate/identity'
import { clientCredentials } from '../oauth-client.ts'
import { badToken, bearerIn, insufficientScope, issuerUnavailable, tokenExpired } from './bearer.ts'
import type { Checked, Scheme } from './caller.ts'
import { nameIn } from './claims.ts'
import { vouchedCaller, type CallerDirectory, type Vouching } from './directory.ts'

/** Asks who gave a token about it: `body` is a form, `authorization` says who asks. Never rejects. */
export interface TokenAuthority {
  introspect(url: string, question: { authorization: string; body: string }): Promise<{ text: string } | { refused: string }>
}

export interface IntrospectionDeps {
  callers: CallerDirectory
  authority: TokenAuthority
}

type OpenTerms = IntrospectionTerms & { secret: string }

/** Written as the text of a token is, a digest is short, and opens nothing. */
const MOST_REMEMBERED = 10_000

interface Vouched {
  subject: string
  until: Millis
}

/**
 * Tokens that only who gave them can read (RFC 7662), as bearer tokens (RFC 6750). However many calls carry one at once, it is
 * asked about once. What opens something at this gateway is never shown to anybody.
 */
export function introspectionScheme(deps: IntrospectionDeps, api: string, terms: OpenTerms): Scheme {
  const remembered = new Recent<Vouched>(MOST_REMEMBERED)
  const asking = new Map<string, Promise<Vouched | Denial>>()
  const vouching: Vouching = { api, issuer: terms.issuer, as: terms.as }
  const ask = (token: string, digest: string, now: Millis): Promise<Vouched | Denial> => {
    const running = asking.get(digest) ?? vouchedFor(deps.authority, api, terms, token, now).finally(() => asking.delete(digest))
    asking.set(digest, running)
    return running
  }
  const check = async (token: string, now: Millis): Promise<Checked> => {
    const digest = createHash('sha256').update(token).digest('base64')
    const known = remembered.get(digest)
    const vouched = known !== undefined && now < known.until ? known : await ask(token, digest, now)
    if ('code' in vouched) return vouched
    if (vouched !== known) remembered.set(digest, vouched)
    return vouchedCaller(deps.callers, vouching, vouched.subject)
  }
  return {
    name: 'introspection',
    told: `a token of "${terms.issuer}" as "Authorization: Bearer TOKEN"`,
    challenge: `Bearer realm="${api}"`,
    tokens: true,
    check(inbound, now) {
      const token = bearerIn(inbound)
      return token === undefined || isSecretOfOurs(token) ? undefined : check(token, now)
    },
  }
}

async function vouchedFor(authority: TokenAuthority, api: string, terms: OpenTerms, token: string, now: Millis): Promise<Vouched | Denial> {
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString()
  const found = await authority.introspect(terms.url, { authorization: clientCredentials(terms.clientId, terms.secret), body })
  if ('refused' in found) return issuerUnavailable(api, `${terms.url}: ${found.refused}`)
  const said = objectIn(found.text)
  if (typeof said?.['active'] !== 'boolean')
    return issuerUnavailable(api, `${terms.url}: what it answers does not say whether the token is active`)
  return said['active'] ? accepted(api, terms, said, now) : badToken(api, 'Who gave it says that it is not good, or not any more.')
}

/** What is said of a token that is active, held against what is wanted. */
function accepted(api: string, terms: OpenTerms, said: Record<string, unknown>, now: Millis): Vouched | Denial {
  const { issuer, audience, scopes = [], claim = DEFAULT_CLAIM, cacheSeconds = DEFAULT_INTROSPECTION_SECONDS } = terms
  const end = typeof said['exp'] === 'number' ? said['exp'] : undefined
  if (end !== undefined && end * 1_000 <= now) return tokenExpired(api, end)
  if (said['iss'] !== undefined && said['iss'] !== issuer)
    return badToken(api, 'Another issuer than the one that is taken here gave it ("iss").')
  if (audience !== undefined && !listIn(said['aud']).some((one) => audience.includes(one)))
    return badToken(api, 'It is meant for somebody else ("aud").')
  const has = typeof said['scope'] === 'string' ? said['scope'].split(' ') : []
  if (!scopes.every((scope) => has.includes(scope))) return insufficientScope(api, scopes, has)
  const subject = nameIn(said, claim)
  if (subject === undefined) return badToken(api, `What is said of it has no "${claim}" that names the caller.`)
  return { subject, until: Math.min(now + cacheSeconds * 1_000, end === undefined ? Infinity : end * 1_000) }
}

function listIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
