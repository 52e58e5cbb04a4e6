import assert from 'node:assert/strict'
import { nano } from './decimal.ts'
import { json, send } from './http.ts'
import type { Answer } from './http.ts'
import { rememberManaged } from './secrets/recorder.ts'
import { eventually } from './wait.ts'

export interface Balance {
  currency: string
  granted: string
  expired: string
  posted: string
  held: string
  available: string
  overdraft: string
}

interface Attempt {
  provider: string
  model: string
  status: number | null
  buckets: Record<string, number>
  latencyMs: number
  ttftMs: number | null
  [member: string]: unknown
}

export interface RequestRecord {
  id: string
  outcome: string
  denial: string | null
  model: string | null
  key: string | null
  cost: string
  providerCost: string | null
  priceVersion: string | null
  estimated: boolean
  delivery: string
  user?: string | null
  flags?: string[]
  clamped?: number | null
  attempts: Attempt[]
  [member: string]: unknown
}

export interface Verification {
  ok: boolean
  checked: Record<string, number>
  violations: { invariant: string; subject: string; detail: string }[]
}

export interface NewLimit {
  kind: 'requests' | 'tokens' | 'concurrency'
  amount: number
  per?: 'second' | 'minute' | 'hour' | 'day'
  burst?: number
  by?: 'user' | 'tag'
}

export interface NewKey {
  name?: string
  models?: string[]
  cap?: { amount: string; period: 'day' | 'week' | 'month' | 'total' }
  limits?: NewLimit[]
  expiresAt?: string
  member?: string
  scopes?: string[]
  addresses?: string[]
}

/** The management API as a stranger would call it from its documentation: thin, importing nothing of the product. */
export class ManagementApi {
  readonly url: string
  readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await send(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    rememberManaged(path, body, answer)
    return answer
  }

  /** Calls and insists on the status; gives the body. */
  async expect<T>(status: number, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answer = await this.call(method, path, body, headers)
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 800)}`)
    return (answer.text === '' ? {} : json(answer)) as T
  }

  async organization(name: string): Promise<string> {
    return (await this.expect<{ id: string }>(201, 'POST', '/api/organizations', { name })).id
  }

  async application(organization: string, name: string): Promise<string> {
    return (await this.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/applications`, { name })).id
  }

  async key(application: string, options: NewKey = {}): Promise<{ id: string; key: string; signingSecret: string }> {
    return this.expect(201, 'POST', `/api/applications/${application}/keys`, { name: 'test', ...options })
  }

  async grant(organization: string, amount: string, more: Record<string, unknown> = {}): Promise<string> {
    return (
      await this.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/grants`, { amount, reason: 'test', ...more })
    ).id
  }

  balance(organization: string): Promise<Balance> {
    return this.expect(200, 'GET', `/api/organizations/${organization}/balance`)
  }

  /** The record of one request; records are written off the request path, so it is waited for. */
  record(id: string, withinMs = 10_000): Promise<RequestRecord> {
    return eventually(() => this.expect<RequestRecord>(200, 'GET', `/api/requests/${id}`), withinMs)
  }

  /** Every record that matches a query, over all pages. */
  async records(query: Record<string, string> = {}): Promise<RequestRecord[]> {
    const found: RequestRecord[] = []
    let cursor: string | undefined
    do {
      const parameters = new URLSearchParams({ ...query, ...(cursor === undefined ? {} : { cursor }) })
      const page = await this.expect<{ data: RequestRecord[]; next?: string | null }>(200, 'GET', `/api/requests?${parameters.toString()}`)
      found.push(...page.data)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return found
  }

  verify(): Promise<Verification> {
    return this.expect(200, 'GET', '/api/ledger/verify')
  }
}

/** The two facts that hold at rest, whatever happened before: the ledger verifies, and nothing is held. */
export async function assertSettled(api: ManagementApi, organization: string, withinMs = 10_000): Promise<Balance> {
  const balance = await eventually(async () => {
    const now = await api.balance(organization)
    assert.equal(nano(now.held), 0n, `still held: ${now.held}`)
    return now
  }, withinMs)
  const verification = await api.verify()
  assert.deepEqual(verification.violations, [])
  assert.equal(verification.ok, true)
  assert.equal(nano(balance.available), nano(balance.granted) - nano(balance.expired) - nano(balance.posted))
  return balance
}
