import { isDenial, Recent, type Millis } from '@faregate/core'
import { ACCESS_TOKEN_SECONDS, isAccessToken, type AccessToken } from '@faregate/identity'
import { badToken, bearerIn, tokenExpired } from './bearer.ts'
import type { Checked, Scheme } from './caller.ts'
import { byId, keyBehind, type CallerDirectory } from './directory.ts'

export interface OAuthDeps {
  callers: CallerDirectory
  /** What an access token of ours says; undefined: it is none. */
  readToken: (text: string) => AccessToken | undefined
}

const MOST_REMEMBERED = 10_000

/** Access tokens that the gateway itself gave for a key (RFC 6749, 4.4). */
export function oauthScheme(
  deps: OAuthDeps,
  realm: string,
  { maxAgeSeconds = ACCESS_TOKEN_SECONDS }: { maxAgeSeconds?: number | undefined },
): Scheme {
  const remembered = new Recent<AccessToken>(MOST_REMEMBERED)
  const read = (text: string): AccessToken | undefined => {
    const token = remembered.get(text) ?? deps.readToken(text)
    if (token !== undefined) remembered.set(text, token)
    return token
  }
  const check = async (text: string, now: Millis): Promise<Checked> => {
    const token = read(text)
    if (token === undefined) return badToken(realm, 'The gateway did not give it.')
    const key = await keyBehind(deps.callers, byId(token.key))
    if (key === undefined) return badToken(realm, 'The key for which it was given is not there any more.')
    if (isDenial(key)) return key
    const until = token.issuedAt + maxAgeSeconds * 1_000
    return { key, subject: null, refused: now < until ? undefined : tokenExpired(realm, Math.floor(until / 1_000)) }
  }
  return {
    name: 'oauth',
    told: 'an access token of the gateway as "Authorization: Bearer TOKEN": it is given at /api/oauth/token for the id of a key and the key',
    challenge: `Bearer realm="${realm}"`,
    tokens: true,
    check(inbound, now) {
      const text = bearerIn(inbound)
      return text === undefined || !isAccessToken(text) ? undefined : check(text, now)
    },
  }
}
