import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { send } from '../http.ts'
import type { Answer } from '../http.ts'
import { nested } from './form.ts'
import { signature } from './signature.ts'

export interface Session {
  id: string
  object: 'checkout.session'
  url: string
  status: 'open' | 'complete'
  payment_status: 'unpaid' | 'paid'
  client_reference_id: string
  metadata: Record<string, string>
  amount_total: number
  currency: string
  payment_intent: string | null
  success_url: string
}

/** What goes wrong with the next call: it fails, or it is done and the answer is lost, or it is reported before it is answered. */
export type Fault = 'failed' | 'lost' | 'early'

interface Told {
  /** Signed with another secret than the endpoint's. */
  secret?: string
  /** Seconds since the epoch that the signature names. */
  at?: number
  type?: string
  /** What is said otherwise than it is. */
  change?: Partial<Session>
}

/**
 * Stripe's API as far as top-ups use it, over HTTP, with its memory: idempotency keys, sessions that are paid, events that
 * are signed. What it does wrong is chosen call by call.
 */
export class StripeStandIn {
  readonly secretKey = 'sk_test_standInForTheRealThing42'
  readonly webhookSecret = 'whsec_standInSecretOfTheEndpoint'
  readonly sessions = new Map<string, Session>()
  readonly faults: Fault[] = []
  /** Where events go. */
  endpoint = ''
  calls = 0
  readonly #answers = new Map<string, { sent: string; status: number; body: string }>()
  readonly #server: Server
  #events = 0

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What a configuration needs to reach it. */
  get configuration(): Record<string, unknown> {
    return { payments: { stripe: { secretKey: this.secretKey, webhookSecret: this.webhookSecret, apiUrl: this.url } } }
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** The session that a page's address opens. */
  sessionAt(url: string): Session {
    const session = this.sessions.get(url.split('/').at(-1) ?? '')
    if (session === undefined) throw new Error(`no session at ${url}`)
    return session
  }

  /** Somebody pays on the page; nothing is told yet. */
  pay(session: Session): Session {
    return Object.assign(session, { status: 'complete', payment_status: 'paid', payment_intent: `pi_${session.id}` } as const)
  }

  /** Tells the endpoint of a session. */
  tell(session: Session, { type = 'checkout.session.completed', change, ...told }: Told = {}): Promise<Answer> {
    return this.#send(type, { ...session, ...change }, told)
  }

  /** Tells the endpoint that money went back, or came back: a refund, or a dispute, by its id. */
  tellReturn(
    session: Session,
    type: string,
    { id, cents, status = 'succeeded' }: { id: string; cents: number; status?: string },
  ): Promise<Answer> {
    return this.#send(type, { id, amount: cents, currency: session.currency, payment_intent: session.payment_intent, status }, {})
  }

  #send(type: string, object: unknown, { secret = this.webhookSecret, at = Math.floor(Date.now() / 1_000) }: Told): Promise<Answer> {
    const event = { id: `evt_${++this.#events}`, object: 'event', type, created: at, data: { object } }
    const body = JSON.stringify(event)
    return send(this.endpoint, { body, headers: { 'stripe-signature': signature(secret, at, body) } })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let sent = ''
    for await (const piece of request) sent += String(piece)
    this.calls++
    const fault = this.faults.shift()
    if (fault === 'failed') return answer(response, 500, { error: { type: 'api_error', message: 'An unknown error occurred' } })
    if (request.headers.authorization !== `Bearer ${this.secretKey}`) {
      return answer(response, 401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } })
    }
    const paid = [...this.sessions.values()].find(({ payment_intent: id }) => request.url === `/v1/payment_intents/${id}`)
    if (request.method === 'GET' && paid !== undefined) {
      return answer(response, 200, { id: paid.payment_intent, object: 'payment_intent', metadata: paid.metadata })
    }
    if (request.method !== 'POST' || request.url !== '/v1/checkout/sessions') {
      return answer(response, 404, { error: { type: 'invalid_request_error', message: `Unrecognized request URL (${request.url})` } })
    }
    const key = String(request.headers['idempotency-key'] ?? '')
    const known = this.#answers.get(key)
    if (known !== undefined && known.sent !== sent) {
      return answer(response, 400, {
        error: { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters' },
      })
    }
    const made = known ?? { sent, ...this.#open(sent) }
    this.#answers.set(key, made)
    if (fault === 'lost') return void request.socket.destroy()
    if (fault === 'early') await this.tell(this.pay([...this.sessions.values()].at(-1) ?? this.sessionAt('')))
    response.writeHead(made.status, { 'content-type': 'application/json', 'request-id': `req_${this.calls}` }).end(made.body)
  }

  #open(sent: string): { status: number; body: string } {
    const form = nested(sent)
    const [item] = Object.values(form['line_items'] as Record<string, { price_data: { unit_amount: string; currency: string } }>)
    const amount = Number(item?.price_data.unit_amount)
    if (!(amount >= 50)) {
      const error = { type: 'invalid_request_error', code: 'amount_too_small', message: 'The amount must be at least $0.50 usd' }
      return { status: 400, body: JSON.stringify({ error }) }
    }
    const id = `cs_test_${this.sessions.size + 1}`
    const session: Session = {
      id,
      object: 'checkout.session',
      url: `${this.url}/pay/${id}`,
      status: 'open',
      payment_status: 'unpaid',
      client_reference_id: String(form['client_reference_id']),
      metadata: form['metadata'] as Record<string, string>,
      amount_total: amount,
      currency: String(item?.price_data.currency),
      payment_intent: null,
      success_url: String(form['success_url']),
    }
    this.sessions.set(id, session)
    return { status: 200, body: JSON.stringify(session) }
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
