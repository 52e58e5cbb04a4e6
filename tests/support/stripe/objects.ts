/** What becomes of a charge of a saved method: it is paid, refused, the bank asks its holder, it is under way, or it cannot be made so. */
export type Behaviour = 'pays' | 'declines' | 'asks' | 'waits' | 'misfits'

export interface Session {
  id: string
  object: 'checkout.session'
  mode: 'payment' | 'setup'
  url: string
  status: 'open' | 'complete'
  payment_status: 'unpaid' | 'paid' | 'no_payment_required'
  client_reference_id: string
  metadata: Record<string, string>
  amount_total: number | null
  currency: string
  customer: string | null
  payment_intent: string | null
  setup_intent: string | null
  success_url: string
}

export interface Method {
  id: string
  object: 'payment_method'
  type: 'card' | 'us_bank_account'
  customer: string | null
  card?: { brand: string; last4: string; exp_month: number; exp_year: number }
  us_bank_account?: { bank_name: string; last4: string }
}

export interface SetupIntent {
  id: string
  object: 'setup_intent'
  status: 'succeeded' | 'requires_action'
  metadata: Record<string, string>
  payment_method: string
  next_action: { type: 'verify_with_microdeposits'; verify_with_microdeposits: { hosted_verification_url: string } } | null
}

export interface Intent {
  id: string
  object: 'payment_intent'
  amount: number
  amount_received: number
  currency: string
  customer: string | null
  status: 'requires_payment_method' | 'processing' | 'succeeded' | 'canceled'
  metadata: Record<string, string>
  last_payment_error: { type: 'card_error'; code: string; decline_code: string; message: string } | null
}

export interface Refund {
  id: string
  object: 'refund'
  amount: number
  currency: string
  payment_intent: string
  status: 'succeeded' | 'pending' | 'failed'
  metadata: Record<string, string>
}

/** A refusal of the API. */
export class ApiFault extends Error {
  readonly status: number
  readonly error: Record<string, unknown>

  constructor(status: number, error: Record<string, unknown>) {
    super(String(error['code'] ?? error['type']))
    this.status = status
    this.error = error
  }
}

export function missing(what: string): ApiFault {
  return new ApiFault(404, { type: 'invalid_request_error', code: 'resource_missing', param: what, message: `No such ${what}` })
}
