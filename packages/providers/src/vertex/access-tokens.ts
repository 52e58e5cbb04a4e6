import { assertionOf, type ServiceAccount } from './service-account.ts'

/** As much of `fetch` as is needed, so that tests can answer in its place. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; redirect: 'error'; signal: AbortSignal },
) => Promise<{ status: number; text(): Promise<string> }>

export interface AccessTokensDeps {
  fetch: Fetch
  /** Milliseconds since 1970. */
  now: () => number
}

/** So long before its end a token counts as over: a call that takes it must still be under way with it. */
const MARGIN_MS = 5 * 60_000
const TIMEOUT_MS = 10_000
/** Accounts that are remembered; more than this is no installation, but a leak. */
const MOST = 1000

interface Token {
  value: Promise<string>
  /** Infinity while it is being fetched. */
  validUntil: number
}

/**
 * Access tokens of service accounts, each fetched once however many calls need it at the same time, and kept until shortly
 * before its end. A failure is not kept: the next call tries again.
 */
export class AccessTokens {
  readonly #deps: AccessTokensDeps
  readonly #tokens = new Map<string, Token>()

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps
  }

  /** Rejects where Google gives none; the message is for the operator. */
  of(account: ServiceAccount): Promise<string> {
    const name = `${account.clientEmail} ${account.privateKey} ${account.tokenUri}`
    const kept = this.#tokens.get(name)
    if (kept !== undefined && kept.validUntil > this.#deps.now()) return kept.value
    const token: Token = { value: Promise.resolve(''), validUntil: Number.POSITIVE_INFINITY }
    token.value = this.#fetch(account, token).catch((error: unknown) => {
      if (this.#tokens.get(name) === token) this.#tokens.delete(name)
      throw error
    })
    if (this.#tokens.size >= MOST) this.#tokens.clear()
    this.#tokens.set(name, token)
    return token.value
  }

  async #fetch(account: ServiceAccount, token: Token): Promise<string> {
    const { fetch, now } = this.#deps
    const asked = now()
    const assertion = await assertionOf(account, asked)
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString()
    const response = await fetch(account.tokenUri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const answer = parsed(await response.text())
    const { access_token: value, expires_in: lifetime } = answer
    if (response.status !== 200 || typeof value !== 'string' || value === '') throw new Error(refusal(account, response.status, answer))
    token.validUntil = asked + (typeof lifetime === 'number' ? lifetime * 1000 : 0) - MARGIN_MS
    return value
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function refusal(
  { clientEmail, tokenUri }: ServiceAccount,
  status: number,
  { error, error_description: description }: Record<string, unknown>,
): string {
  const said = [error, description].filter((text) => typeof text === 'string').join(': ')
  return `${new URL(tokenUri).host} gives no access token to ${clientEmail} (HTTP ${status}${said === '' ? '' : `, ${said.slice(0, 300)}`})`
}
