import { performance } from 'node:perf_hooks'
import type { OAuthClient } from '@faregate/core'
import type { UpstreamClient, UpstreamError } from '../../edge.ts'
import { clientCredentials } from '../../oauth-client.ts'
import { wholeOf } from '../../upstream/once.ts'

/** Who asks for a token, with the secret in clear text. */
export type OAuthTerms = OAuthClient & { secret: string }

/** The value of `Authorization`, or why there is none. */
export type FetchedToken = { value: string } | { broken: UpstreamError } | { refused: string }

/** So long before its end a token is not used any more, or a tenth of its life where that is less. */
const MARGIN_MS = 30_000
/** Of a token of which its server does not say how long it lives. */
const UNSAID_MS = 300_000
/** A token that is younger is not fetched anew because it was refused: a server that refuses every one is not asked with each call. */
const YOUNG_MS = 1_000
const FETCH_MS = 10_000
const MOST_BYTES = 65_536

/** Why there is no token, in words for the operator. */
export function whyNone(failed: Exclude<FetchedToken, { value: string }>): string {
  return 'refused' in failed ? failed.refused : failed.broken.detail
}

interface Token {
  value: string
  fetchedAt: number
  until: number
}

/** The access token of an API's client credentials (RFC 6749, 4.4): fetched once for all calls that wait, and kept until shortly before its end. */
export class TokenSource {
  readonly #terms: OAuthTerms
  readonly #client: Pick<UpstreamClient, 'send'>
  readonly #now: () => number
  #token: Token | undefined
  #fetching: Promise<FetchedToken> | undefined

  constructor(terms: OAuthTerms, client: Pick<UpstreamClient, 'send'>, now = () => performance.now()) {
    this.#terms = terms
    this.#client = client
    this.#now = now
  }

  /** The value of `Authorization` that is good now; undefined: it has to be fetched. */
  current(): string | undefined {
    return this.#token !== undefined && this.#now() < this.#token.until ? this.#token.value : undefined
  }

  /** The same, fetched where it has to be. Never rejects. */
  async fetchIfNeeded(): Promise<FetchedToken> {
    const value = this.current()
    return value === undefined ? this.fetch() : { value }
  }

  /** Never rejects. */
  fetch(): Promise<FetchedToken> {
    this.#fetching ??= this.#ask().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  /** The upstream refused this one. False: another one would be refused as well. */
  refused(value: string): boolean {
    if (this.#token?.value !== value) return true
    if (this.#now() - this.#token.fetchedAt < YOUNG_MS) return false
    this.#token = undefined
    return true
  }

  async #ask(): Promise<FetchedToken> {
    const askedAt = this.#now()
    const answer = await askFor(this.#client, this.#terms)
    if ('broken' in answer)
      return { broken: { ...answer.broken, detail: `the token endpoint ${this.#terms.tokenUrl}: ${answer.broken.detail}` } }
    if (answer.status >= 500)
      return { broken: { reason: 'protocol', detail: `the token endpoint ${this.#terms.tokenUrl} answered HTTP ${answer.status}` } }
    const read = readToken(answer)
    if ('refused' in read) return { refused: `the token endpoint ${this.#terms.tokenUrl} ${read.refused}` }
    const life = read.seconds === undefined ? UNSAID_MS : read.seconds * 1_000
    this.#token = { value: read.value, fetchedAt: askedAt, until: askedAt + life - Math.min(MARGIN_MS, life / 10) }
    return { value: read.value }
  }
}

function askFor(client: Pick<UpstreamClient, 'send'>, { tokenUrl, clientId, secret, scopes }: OAuthTerms): ReturnType<typeof wholeOf> {
  const { origin, pathname, search } = new URL(tokenUrl)
  const scope = scopes === undefined || scopes.length === 0 ? {} : { scope: scopes.join(' ') }
  const body = Buffer.from(new URLSearchParams({ grant_type: 'client_credentials', ...scope }).toString())
  const headers = {
    authorization: clientCredentials(clientId, secret),
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
    accept: 'application/json',
  }
  const request = { origin, path: pathname + search, headers, body, limits: { firstByteMs: FETCH_MS, silenceMs: FETCH_MS } }
  return wholeOf(client, request, MOST_BYTES)
}

/** Nothing of what was answered is told but the code of its error: it could hold a token. */
function readToken({
  status,
  body,
}: {
  status: number
  body: string
}): { value: string; seconds: number | undefined } | { refused: string } {
  const answer = parsed(body)
  if (status !== 200) {
    const code = typeof answer['error'] === 'string' && /^[a-z_]{1,50}$/.test(answer['error']) ? ` (${answer['error']})` : ''
    return { refused: `answered HTTP ${status}${code}` }
  }
  const { access_token: token, token_type: type, expires_in: expires } = answer
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return { refused: 'answered without an access token' }
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') return { refused: 'answered a token that is none to bear' }
  const seconds = Number(expires)
  return { value: `Bearer ${token}`, seconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined }
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
