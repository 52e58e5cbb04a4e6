import assert from 'node:assert/strict'
import { claims, ISSUER, ISSUER_KEY, pemOf, token } from '../../apis/callers/issuer.ts'
import { configuration, say } from '../../support/config.ts'
import { startGateway, type Customer, type Gateway } from '../../support/gateway.ts'
import { header, json, send, type Answer } from '../../support/http.ts'
import { MovingTime } from '../../support/moving-time.ts'
import { StripeStandIn } from '../../support/stripe/stand-in.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { obliging, type Using } from './usage.ts'

export const DAY_MS = 86_400_000

/** A time so many days from now. */
export const fromNow = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()

/** What a caller sees of one call. */
export interface Seen {
  status: number
  /** Of the refusal; empty: it was served. */
  code: string
  detail: string
  cost: string
  /** The refusal says for how long. */
  waits: boolean
  members: string[]
}

/** A field of a body: two values of it, and what is seen from outside of each. */
export interface Row {
  a: unknown
  b: unknown
  see: (world: FieldWorld, value: unknown) => Promise<unknown>
}

export type Rows = Record<string, Row>

/** A gateway in which each row makes what it needs. Calls of `plain` cost 0.005, and hold 0.01. */
export class FieldWorld {
  readonly gateway: Gateway
  readonly stripe: StripeStandIn
  readonly #upstream: Upstream
  readonly #time: MovingTime | undefined
  #day = Promise.resolve()
  #later: Promise<FieldWorld> | undefined
  #made = 0

  private constructor(gateway: Gateway, upstream: Upstream, stripe: StripeStandIn, time?: MovingTime) {
    this.gateway = gateway
    this.stripe = stripe
    this.#upstream = upstream
    this.#time = time
  }

  /** `time`: that of its gateway, where a row moves it. */
  static async start(time?: MovingTime): Promise<FieldWorld> {
    const upstream = await startUpstream()
    const price = { input: '0', output: '1000' }
    upstream.on('*', obliging)
    const knob = { prefix: '/knob', upstream: { baseUrl: upstream.url }, routes: [{ method: 'GET', path: '/*', price: '0.01' }] }
    const jwt = { issuer: ISSUER, audience: ['shop'], publicKeys: [pemOf(ISSUER_KEY)] }
    const vouched = { ...knob, prefix: '/vouched', authentication: { jwt } }
    const stripe = await new StripeStandIn().listen()
    stripe.telling = true
    const gateway = await startGateway({
      config: configuration(upstream, { plain: { price } }, { apis: { knob, vouched }, ...stripe.configuration }),
      ...(time === undefined ? {} : { env: time.env }),
    })
    stripe.endpoint = `${gateway.url}/api/payments/stripe/webhook`
    return new FieldWorld(gateway, upstream, stripe, time)
  }

  /** Another one like it, in which {@link nextDay} comes when a row calls for it. */
  later(): Promise<FieldWorld> {
    return (this.#later ??= MovingTime.from(daysToCome()).then((time) => FieldWorld.start(time)))
  }

  /** Another day begins, for all rows that look. */
  nextDay(): Promise<void> {
    this.#day = this.#day.then(() => this.#time?.jump([this.gateway]))
    return this.#day
  }

  async stop(): Promise<void> {
    await (await this.#later)?.stop()
    await this.gateway.stop()
    await this.stripe.close()
    await this.#upstream.close()
  }

  get api(): Gateway['api'] {
    return this.gateway.api
  }

  /** A name that no other row has. */
  fresh(prefix: string): string {
    this.#made += 1
    return `${prefix}-${this.#made}`
  }

  /** A model of its own, as `plain` is, so that plans of other rows do not touch it. */
  async model(): Promise<string> {
    const name = this.fresh('model')
    const price = { input: '0', output: '1000' }
    await this.api.expect(201, 'POST', '/api/models', { name, deployments: [{ provider: 'fake', model: 'plain' }], price })
    return name
  }

  /** A key in an organization with these members, and credit. */
  async customer(organization: object = {}, key: object = {}, credit = '10.00'): Promise<Customer> {
    const made = await this.api.expect<{ id: string }>(201, 'POST', '/api/organizations', { name: 'Acme', ...organization })
    if (credit !== '') await this.api.grant(made.id, credit)
    const application = await this.api.application(made.id, 'app')
    const { id: keyId, key: secret } = await this.api.key(application, key)
    return { organization: made.id, application, keyId, key: secret }
  }

  async call({ key }: Pick<Customer, 'key'>, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Seen> {
    return seenIn(await this.gateway.chat(key, { model: 'plain', max_tokens: 10, messages: say(), ...more }, { headers }))
  }

  /** The same of a call of the published API `knob`, at 0.01. */
  async callApi({ key }: Pick<Customer, 'key'>): Promise<Seen> {
    return seenIn(await send(`${this.gateway.url}/knob/a`, { headers: { authorization: `Bearer ${key}` } }))
  }

  /** The code of a call with a token that names somebody; empty: it was served. */
  async callVouched(sub: string): Promise<string> {
    const headers = { authorization: `Bearer ${token(ISSUER_KEY, claims({ sub }))}` }
    return seenIn(await send(`${this.gateway.url}/vouched/a`, { headers })).code
  }

  /** The codes of several calls, one after the other; empty: it was served. */
  async codes(customer: Pick<Customer, 'key'>, calls: { user?: string; tag?: string }[]): Promise<string[]> {
    const codes: string[] = []
    for (const { user, tag } of calls) {
      const seen = await this.call(customer, user === undefined ? {} : { user }, tag === undefined ? {} : { 'faregate-tags': tag })
      codes.push(seen.code)
    }
    return codes
  }

  /** What a key may know of itself. */
  async self({ key }: Pick<Customer, 'key'>): Promise<Record<string, unknown>> {
    const answer = await send(`${this.gateway.url}/v1/key`, { headers: { authorization: `Bearer ${key}` } })
    assert.equal(answer.status, 200, answer.text)
    return json(answer)
  }

  /** When the first cap of a key resets. */
  async resets(customer: Pick<Customer, 'key'>): Promise<unknown> {
    const { caps } = (await this.self(customer)) as { caps: { resetsAt: unknown }[] }
    return caps[0]?.resetsAt
  }

  /** What an organization has paid in all, once a call was made. */
  async paidAfter({ organization, key }: Customer, { path, body, type = 'application/json' }: Using, model = 'plain'): Promise<string> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type }
    const answer = await send(this.gateway.url + path, { method: 'POST', headers, body: Buffer.from(body(model)) })
    assert.equal(answer.status, 200, answer.text)
    return (await this.api.balance(organization)).posted
  }

  /** What is held for a body. */
  async hold({ key }: Pick<Customer, 'key'>, body: object, model = 'plain'): Promise<string> {
    return (await this.gateway.explain(key, { model, ...body })).hold
  }
}

/** Now, and the noon of each day that follows. */
function daysToCome(): string[] {
  const now = Date.now()
  const noon = new Date(now).setUTCHours(12, 0, 0, 0)
  return [now, ...Array.from({ length: 60 }, (_, day) => noon + (day + 1) * DAY_MS)].map((at) => new Date(at).toISOString())
}

function seenIn(answer: Answer): Seen {
  const problem = answer.status < 300 ? {} : json(answer)
  const text = (name: string): string => (typeof problem[name] === 'string' ? problem[name] : '')
  return {
    status: answer.status,
    code: text('code'),
    detail: text('detail'),
    cost: header(answer, 'faregate-cost') ?? '',
    waits: header(answer, 'retry-after') !== undefined,
    members: Object.keys(problem),
  }
}
