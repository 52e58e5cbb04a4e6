import assert from 'node:assert/strict'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json } from '../support/http.ts'
import { createDatabase } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import type { Behaviour, Method } from '../support/stripe/objects.ts'
import { StripeStandIn } from '../support/stripe/stand-in.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

/** A call costs 0.10. */
export const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const PRICE = { price: { input: '0', output: '10000' } }
/** Replicas make their keys from one secret. */
const SECRET = { FAREGATE_SECRET: Buffer.alloc(32, 7).toString('base64') }

export interface TopUp {
  id: string
  amount: string
  refunded: string
  automatic: boolean
  state: 'open' | 'paid' | 'void'
}

/** Gateways on one database, an upstream, and what stands in for Stripe. */
export class PaymentWorld {
  readonly upstream: Upstream
  readonly stripe: StripeStandIn
  readonly gateways: Gateway[]
  readonly #database: TestDatabase | undefined

  private constructor(upstream: Upstream, stripe: StripeStandIn, gateways: Gateway[], database: TestDatabase | undefined) {
    this.upstream = upstream
    this.stripe = stripe
    this.gateways = gateways
    this.#database = database
  }

  static async start(engine: 'SQLite' | 'PostgreSQL'): Promise<PaymentWorld> {
    const upstream = await startUpstream()
    upstream.on('plain', either(10, { usage: usage(0, 10) }))
    const stripe = await new StripeStandIn().listen()
    stripe.telling = true
    const database = engine === 'PostgreSQL' ? await createDatabase() : undefined
    const config = configuration(upstream, { plain: PRICE }, stripe.configuration)
    const options = { config, env: SECRET, ...(database === undefined ? {} : { databaseUrl: database.url }) }
    const gateways = await Promise.all((database === undefined ? [0] : [0, 1]).map(() => startGateway(options)))
    const world = new PaymentWorld(upstream, stripe, gateways, database)
    stripe.endpoint = `${world.gateway.url}/api/payments/stripe/webhook`
    return world
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop()))
    await this.stripe.close()
    await this.upstream.close()
    await this.#database?.drop()
  }

  get gateway(): Gateway {
    const [gateway] = this.gateways
    assert.ok(gateway)
    return gateway
  }

  /** Somebody saves a payment method for an organization. */
  async save(organization: string, behaviour: Behaviour = 'pays', type: Method['type'] = 'card'): Promise<Method> {
    const { url } = await this.gateway.api.expect<{ url: string }>(201, 'POST', `/api/organizations/${organization}/payment-methods`, {})
    return this.stripe.save(this.stripe.sessionAt(url), behaviour, type)
  }

  /** A customer with some credit and a saved card. */
  async customer(credit: string | undefined, behaviour: Behaviour = 'pays'): Promise<Customer> {
    const customer = await this.gateway.customer(credit)
    await this.save(customer.organization, behaviour)
    return customer
  }

  async methods(organization: string): Promise<Record<string, unknown>[]> {
    const path = `/api/organizations/${organization}/payment-methods`
    return (await this.gateway.api.expect<{ data: Record<string, unknown>[] }>(200, 'GET', path)).data
  }

  async topUps(organization: string): Promise<TopUp[]> {
    return (await this.gateway.api.expect<{ data: TopUp[] }>(200, 'GET', `/api/organizations/${organization}/top-ups`)).data
  }

  /** Has an organization topped up when its balance is below 1.00, by 5.00. */
  automatic(organization: string, terms: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const body = { below: '1.00', amount: '5.00', monthlyCeiling: '100.00', ...terms }
    return this.gateway.api.expect(200, 'PUT', `/api/organizations/${organization}/auto-top-up`, body)
  }

  standing(organization: string): Promise<Record<string, unknown>> {
    return this.gateway.api.expect(200, 'GET', `/api/organizations/${organization}/auto-top-up`)
  }

  /** Resolves once so much was granted in all. */
  async granted(organization: string, amount: string, withinMs?: number): Promise<void> {
    await eventually(async () => assert.equal((await this.gateway.api.balance(organization)).granted, amount), withinMs)
  }

  /** What Stripe was paid for an organization, payment by payment. */
  paymentsOf(organization: string): number[] {
    const all = [...this.stripe.account.intents.values()]
    return all
      .filter(({ metadata, status }) => metadata['faregate_organization'] === organization && status === 'succeeded')
      .map(({ amount }) => amount)
  }

  /** Calls until the answer is refused with this code. */
  async refusedWith(key: string, code: string) {
    return eventually(async () => {
      const answer = await this.gateway.chat(key, BODY)
      assert.equal(json(answer)['code'], code, answer.text.slice(0, 300))
      return answer
    })
  }
}
