import { ApiFault, missing, type Behaviour, type Intent, type Method, type Refund, type Session, type SetupIntent } from './objects.ts'

/** A form as it was sent, nested. */
export type Form = Record<string, unknown>

/** What of an object changed is told as an event. */
type Tell = (type: string, object: unknown) => void

/** What an account at Stripe remembers, and what its calls do to that. */
export class Account {
  readonly sessions = new Map<string, Session>()
  readonly intents = new Map<string, Intent>()
  readonly setups = new Map<string, SetupIntent>()
  readonly methods = new Map<string, Method>()
  readonly refunds = new Map<string, Refund>()
  readonly behaviours = new Map<string, Behaviour>()
  readonly customers = new Map<string, { id: string; metadata: Record<string, string> }>()
  /** Refunds are under way at first. */
  slowRefunds = false
  readonly #url: () => string
  readonly #tell: Tell
  #made = 0

  constructor(url: () => string, tell: Tell) {
    this.#url = url
    this.#tell = tell
  }

  openSession(form: Form): Session {
    const setup = form['mode'] === 'setup'
    const [item] = Object.values((form['line_items'] ?? {}) as Record<string, { price_data: { unit_amount: string; currency: string } }>)
    const amount = Number(item?.price_data.unit_amount)
    if (!setup && !(amount >= 50)) {
      throw new ApiFault(400, {
        type: 'invalid_request_error',
        code: 'amount_too_small',
        message: 'The amount must be at least $0.50 usd',
      })
    }
    const customer = textIn(form, 'customer')
    if (customer !== null && !this.customers.has(customer)) throw missing('customer')
    const id = `cs_test_${++this.#made}`
    const session: Session = {
      id,
      object: 'checkout.session',
      mode: setup ? 'setup' : 'payment',
      url: `${this.#url()}/pay/${id}`,
      status: 'open',
      payment_status: setup ? 'no_payment_required' : 'unpaid',
      client_reference_id: String(form['client_reference_id']),
      metadata: form['metadata'] as Record<string, string>,
      amount_total: setup ? null : amount,
      currency: String(item?.price_data.currency ?? form['currency']),
      customer,
      payment_intent: null,
      setup_intent: null,
      success_url: String(form['success_url']),
    }
    this.sessions.set(id, session)
    return session
  }

  /** Somebody pays on the page. */
  pay(session: Session): Session {
    const id = `pi_${session.id}`
    const { amount_total: amount, currency, metadata } = session
    this.intents.set(id, this.#intent(id, { amount: amount ?? 0, currency, metadata, customer: null, status: 'succeeded' }))
    return Object.assign(session, { status: 'complete', payment_status: 'paid', payment_intent: id } as const)
  }

  /** Somebody saves a card on the page, or a bank account, which has to be verified then. */
  save(session: Session, behaviour: Behaviour = 'pays', type: Method['type'] = 'card'): Method {
    const number = ++this.#made
    const last4 = String(4_000 + number)
    const method: Method = {
      id: `pm_test_${number}`,
      object: 'payment_method',
      type,
      customer: session.customer,
      ...(type === 'card'
        ? { card: { brand: 'visa', last4, exp_month: 12, exp_year: 2_039 } }
        : { us_bank_account: { bank_name: 'STRIPE TEST BANK', last4 } }),
    }
    const id = `seti_test_${number}`
    const waits = type === 'us_bank_account'
    this.setups.set(id, {
      id,
      object: 'setup_intent',
      status: waits ? 'requires_action' : 'succeeded',
      metadata: session.metadata,
      payment_method: method.id,
      next_action: waits
        ? { type: 'verify_with_microdeposits', verify_with_microdeposits: { hosted_verification_url: `${this.#url()}/verify/${id}` } }
        : null,
    })
    this.methods.set(method.id, method)
    this.behaviours.set(method.id, behaviour)
    Object.assign(session, { status: 'complete', setup_intent: id })
    return method
  }

  /** The amounts of the small deposits were entered. */
  verify(setup: SetupIntent): SetupIntent {
    return Object.assign(setup, { status: 'succeeded', next_action: null } as const)
  }

  createCustomer(form: Form): unknown {
    const id = `cus_test_${++this.#made}`
    const customer = { id, object: 'customer', metadata: (form['metadata'] ?? {}) as Record<string, string> }
    this.customers.set(id, customer)
    return customer
  }

  createIntent(form: Form): Intent {
    const id = `pi_test_${++this.#made}`
    const customer = textIn(form, 'customer')
    if (customer !== null && !this.customers.has(customer)) throw missing('customer')
    const facts = { amount: Number(form['amount']), currency: String(form['currency']), customer }
    const intent = this.#intent(id, { ...facts, metadata: form['metadata'] as Record<string, string>, status: 'requires_payment_method' })
    this.intents.set(id, intent)
    return intent
  }

  #intent(id: string, facts: Pick<Intent, 'amount' | 'currency' | 'metadata' | 'customer' | 'status'>): Intent {
    const received = facts.status === 'succeeded' ? facts.amount : 0
    return { id, object: 'payment_intent', ...facts, amount_received: received, last_payment_error: null }
  }

  /** A payment succeeds once, whatever is asked of it. */
  confirm(id: string, form: Form): Intent {
    const intent = this.intents.get(id)
    if (intent === undefined) throw missing('payment_intent')
    if (intent.status !== 'requires_payment_method') throw unexpected(intent)
    const method = this.methods.get(String(form['payment_method']))
    if (method === undefined || method.customer !== intent.customer) throw missing('payment_method')
    const behaviour = this.behaviours.get(method.id) ?? 'pays'
    if (behaviour === 'waits') return Object.assign(intent, { status: 'processing' } as const)
    if (behaviour === 'misfits') throw misfit()
    if (behaviour !== 'pays') throw this.#refuse(intent, behaviour)
    return this.succeed(intent)
  }

  /** What was under way is paid. */
  succeed(intent: Intent): Intent {
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, last_payment_error: null } as const)
    this.#tell('payment_intent.succeeded', { ...intent })
    return intent
  }

  #refuse(intent: Intent, behaviour: 'declines' | 'asks'): ApiFault {
    const [code, reason] =
      behaviour === 'asks' ? ['authentication_required', 'authentication_required'] : ['card_declined', 'insufficient_funds']
    const error = { type: 'card_error' as const, code, decline_code: reason, message: 'Your card was declined.' }
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error })
    this.#tell('payment_intent.payment_failed', { ...intent })
    return new ApiFault(402, { ...error, payment_intent: intent })
  }

  /** What was under way has failed. */
  fail(intent: Intent): Intent {
    this.#refuse(intent, 'declines')
    return intent
  }

  cancel(id: string): Intent {
    const intent = this.intents.get(id)
    if (intent === undefined) throw missing('payment_intent')
    if (intent.status !== 'requires_payment_method') throw unexpected(intent)
    return Object.assign(intent, { status: 'canceled' } as const)
  }

  detach(id: string): Method {
    const method = this.methods.get(id)
    if (method === undefined || method.customer === null) throw missing('payment_method')
    Object.assign(method, { customer: null })
    this.#tell('payment_method.detached', { ...method })
    return method
  }

  createRefund(form: Form): Refund {
    const intent = this.intents.get(String(form['payment_intent']))
    if (intent?.status !== 'succeeded') throw missing('payment_intent')
    const amount = Number(form['amount'])
    const before = this.refundsOf(intent.id).reduce((sum, refund) => sum + (refund.status === 'failed' ? 0 : refund.amount), 0)
    if (before + amount > intent.amount) {
      throw new ApiFault(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'More than is left' })
    }
    const refund: Refund = {
      id: `re_test_${this.refunds.size + 1}`,
      object: 'refund',
      amount,
      currency: intent.currency,
      payment_intent: intent.id,
      status: this.slowRefunds ? 'pending' : 'succeeded',
      metadata: form['metadata'] as Record<string, string>,
    }
    this.refunds.set(refund.id, refund)
    this.#tell('refund.created', { ...refund })
    return refund
  }

  refundsOf(intent: string): Refund[] {
    return [...this.refunds.values()].filter((refund) => refund.payment_intent === intent)
  }
}

function unexpected({ status }: Intent): ApiFault {
  const code = 'payment_intent_unexpected_state'
  return new ApiFault(400, { type: 'invalid_request_error', code, message: `This PaymentIntent is ${status}` })
}

function misfit(): ApiFault {
  const code = 'payment_method_currency_mismatch'
  return new ApiFault(400, { type: 'invalid_request_error', code, message: 'The currency is not that of the payment method' })
}

function textIn(form: Form, name: string): string | null {
  return typeof form[name] === 'string' ? form[name] : null
}
