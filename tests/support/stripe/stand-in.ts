import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { send } from '../http.ts'
import type { Answer } from '../http.ts'
import { Account } from './account.ts'
import { called } from './calls.ts'
import { nested } from './form.ts'
import { ApiFault, type Behaviour, type Method, type Session, type SetupIntent } from './objects.ts'
import { checkoutPage, verifyPage } from './pages.ts'
import { signature } from './signature.ts'

export type { Session } from './objects.ts'

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
 * Stripe's API as far as Faregate uses it, over HTTP, with its memory: idempotency keys, pages that are paid, cards that are
 * refused, events that are signed. What it does wrong is chosen call by call.
 */
export class StripeStandIn {
  readonly secretKey = 'sk_test_standInForTheRealThing42'
  readonly webhookSecret = 'whsec_standInSecretOfTheEndpoint'
  readonly account: Account
  readonly faults: Fault[] = []
  /** Where events go. */
  endpoint = ''
  /** Whether it tells by itself what its calls and pages do; otherwise it tells what it is told to. */
  telling = false
  calls = 0
  /** Calls wait for this before they do anything. */
  #held: Promise<void> = Promise.resolve()
  /** Answers to calls like these wait after what they tell of is done. */
  #unanswered: { like: RegExp; until: Promise<void> } | undefined
  readonly #answers = new Map<string, { sent: string; status: number; body: string }>()
  readonly #server: Server
  #events = 0

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.account = new Account(
      () => this.url,
      (type, object) => {
        if (this.telling) void this.tellOf(type, object).catch(() => undefined)
      },
    )
  }

  get sessions(): Map<string, Session> {
    return this.account.sessions
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

  /** No call is answered until what this gives is called. */
  hold(): () => void {
    let release = (): void => undefined
    this.#held = new Promise((resolve) => (release = resolve))
    return release
  }

  /** Calls whose path is like this do what they do, and are not answered until what this gives is called. */
  holdAnswers(like: RegExp): () => void {
    let release = (): void => undefined
    const until = new Promise<void>((resolve) => (release = resolve))
    this.#unanswered = { like, until }
    return release
  }

  /** The session that a page's address opens. */
  sessionAt(url: string): Session {
    const session = this.sessions.get(url.split('/').at(-1) ?? '')
    if (session === undefined) throw new Error(`no session at ${url}`)
    return session
  }

  /** Somebody pays on the page; nothing is told yet. */
  pay(session: Session): Session {
    return this.account.pay(session)
  }

  /** Somebody saves a payment method on the page, which is told. */
  async save(session: Session, behaviour: Behaviour = 'pays', type: Method['type'] = 'card'): Promise<Method> {
    const method = this.account.save(session, behaviour, type)
    const told = await this.tell(session)
    if (told.status !== 200) throw new Error(`a saved method was answered ${told.status} ${told.text}`)
    return method
  }

  /** Somebody verifies a bank account, which is told. */
  async verify(setup: SetupIntent): Promise<void> {
    await this.tellOf('setup_intent.succeeded', this.account.verify(setup))
  }

  /** Tells the endpoint of a session. */
  tell(session: Session, { type = 'checkout.session.completed', change, ...told }: Told = {}): Promise<Answer> {
    return this.#send(type, { ...session, ...change }, told)
  }

  /** Tells the endpoint of anything. */
  tellOf(type: string, object: unknown): Promise<Answer> {
    return this.#send(type, object, {})
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
    const [, kind, id = ''] = (request.url ?? '').split('/')
    if (kind === 'pay' || kind === 'verify') return this.#page(request, response, kind, id)
    this.calls++
    await this.#held
    const fault = this.faults.shift()
    if (fault === 'failed') return answer(response, 500, { error: { type: 'api_error', message: 'An unknown error occurred' } })
    if (request.headers.authorization !== `Bearer ${this.secretKey}`) {
      return answer(response, 401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } })
    }
    const made = this.#remembered(request, sent)
    if (this.#unanswered?.like.test(request.url ?? '') === true) await this.#unanswered.until
    if (fault === 'lost') return void request.socket.destroy()
    if (fault === 'early') await this.tell(this.pay([...this.sessions.values()].at(-1) ?? this.sessionAt('')))
    response.writeHead(made.status, { 'content-type': 'application/json', 'request-id': `req_${this.calls}` }).end(made.body)
  }

  /** A call under a key that was used before has the answer that it had, whatever has become of it since. */
  #remembered(request: IncomingMessage, sent: string): { status: number; body: string } {
    const key = request.headers['idempotency-key']
    const known = key === undefined ? undefined : this.#answers.get(String(key))
    if (known !== undefined && known.sent !== `${request.url}\n${sent}`) {
      const message = 'Keys for idempotent requests can only be used with the same parameters'
      return { status: 400, body: JSON.stringify({ error: { type: 'idempotency_error', message } }) }
    }
    if (known !== undefined) return known
    const made = this.#do(request, sent)
    if (key !== undefined) this.#answers.set(String(key), { sent: `${request.url}\n${sent}`, ...made })
    return made
  }

  #do({ method = '', url = '' }: IncomingMessage, sent: string): { status: number; body: string } {
    try {
      return { status: 200, body: JSON.stringify(called(this.account, method, url, nested(sent))) }
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error
      return { status: error.status, body: JSON.stringify({ error: error.error }) }
    }
  }

  /** What people see; what they do there is told, and leads back. */
  async #page(request: IncomingMessage, response: ServerResponse, kind: 'pay' | 'verify', id: string): Promise<void> {
    const session = this.sessions.get(id)
    const setup = this.account.setups.get(id)
    const found = kind === 'pay' ? session : setup
    if (found === undefined) return void response.writeHead(404).end()
    if (request.method !== 'POST') {
      const text = session === undefined ? verifyPage() : checkoutPage(session)
      return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text)
    }
    if (session === undefined) {
      if (setup !== undefined) await this.verify(setup)
      return void response.writeHead(200).end()
    }
    if (session.mode === 'setup') await this.save(session)
    else await this.tell(this.pay(session))
    response.writeHead(303, { location: session.success_url }).end()
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
