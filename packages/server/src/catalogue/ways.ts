import type { ApiAuthentication } from '@faregate/core'

/** One way in which callers of an API prove who they are, in words for whoever looks for one. */
export interface ShownWay {
  way: keyof ApiAuthentication
  told: string
  /** What a call of `curl` says for it; undefined: it cannot be pasted. */
  example: string | undefined
}

const BEARER = '-H "Authorization: Bearer $FAREGATE_TOKEN"'

/** The ways of an API, the one that is easiest to try first. */
export function shownWays(authentication: ApiAuthentication = { key: {} }): ShownWay[] {
  const { key, basic, signature, oauth, jwt, introspection, mutualTls, public: open } = authentication
  const ways: (ShownWay | undefined)[] = [
    key && { way: 'key', told: `a key of the gateway${placesOf(key)}`, example: '-H "Authorization: Bearer $FAREGATE_KEY"' },
    open && { way: 'public', told: 'nothing at all', example: '' },
    basic && { way: 'basic', told: 'the id of a key and the key, as user and password', example: '-u "$FAREGATE_KEY_ID:$FAREGATE_KEY"' },
    oauth && { way: 'oauth', told: 'an access token that the gateway gives for a key (OAuth 2, client credentials)', example: BEARER },
    jwt && { way: 'jwt', told: `a token that "${jwt.issuer}" signed`, example: BEARER },
    introspection && { way: 'introspection', told: `a token of "${introspection.issuer}"${scopesOf(introspection)}`, example: BEARER },
    mutualTls && { way: 'mutualTls', told: `a certificate of "${mutualTls.issuer}"`, example: '--cert client.pem --key client.key' },
    signature && { way: 'signature', told: 'a signature of the request (RFC 9421)', example: undefined },
  ]
  return ways.filter((way) => way !== undefined)
}

function placesOf({ header, query }: NonNullable<ApiAuthentication['key']>): string {
  const beside = [
    ...(header === undefined ? [] : [`in the header ${header}`]),
    ...(query === undefined ? [] : [`in the query as ${query}`]),
  ]
  return beside.length === 0 ? '' : `, also ${beside.join(' or ')}`
}

function scopesOf({ scopes }: NonNullable<ApiAuthentication['introspection']>): string {
  return scopes === undefined ? '' : ` with the scopes ${scopes.join(' ')}`
}

/** What a call in the catalogue says of its caller: of the first way that can be pasted. */
export function exampleCredential(authentication: ApiAuthentication | undefined): string {
  const example = shownWays(authentication).find((way) => way.example !== undefined)?.example ?? ''
  return example === '' ? '' : ` ${example}`
}
