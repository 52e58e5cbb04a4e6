import { TO_PAY, type CatalogueEntry } from './entry.ts'

/** Plans that are served only to whoever has a payment method; in order of precedence. */
export const METHOD_CODES = {
  payment_method_required: {
    ...TO_PAY,
    title: 'Payment method required',
    meaning: 'The plan is served while the organization has a saved payment method, and it has none. Nothing is charged for saving one.',
    mend: ['Save a payment method; the first fix says where.'],
  },
  payment_method_unverified: {
    ...TO_PAY,
    title: 'Payment method not verified',
    meaning:
      'The plan is served while the organization has a payment method that can be charged, and the one that it saved still has to be verified.',
    mend: ['Verify the payment method; the first fix says where.', 'Or save another one, which needs no verification.'],
  },
} as const satisfies Record<string, CatalogueEntry>

/** What a balance that is too low is refused with; in order of precedence. */
export const BALANCE_CODES = {
  payment_action_required: {
    ...TO_PAY,
    title: 'Payment has to be confirmed',
    meaning:
      'The balance is too low, and its automatic top-up was not let through: the bank wants to hear from whoever holds the payment method.',
    mend: [
      'Pay the top-up in person, where the bank can ask; the first fix says where.',
      'Or save a payment method that is charged without asking.',
    ],
  },
  auto_topup_failed: {
    ...TO_PAY,
    title: 'Automatic top-up failed',
    meaning: 'The balance is too low, and its automatic top-up could not be paid with the saved payment method.',
    mend: ['Save another payment method: the top-up is tried with it at once.', 'Or top up by hand.'],
  },
  insufficient_balance: {
    ...TO_PAY,
    title: 'Balance too low for this request',
    meaning: 'The request may cost more than the organization has left, credit included; or an invoice is overdue, which the fix names.',
    mend: [
      'Top up the balance, or pay the invoice.',
      'Or ask for less: `affordable` says how much output the balance covers.',
      'Or use a model of `alternatives`, which the balance covers.',
    ],
  },
  balance_reserved: {
    status: 429,
    title: 'Balance reserved by requests in flight',
    actor: 'caller',
    retryable: true,
    openaiCode: 'rate_limit_exceeded',
    meaning: 'There is money, but it is held by requests that are still running. What they do not use comes back when they end.',
    mend: ['Wait for the requests in flight, then send this one again.', 'Or send fewer at a time.'],
  },
} as const satisfies Record<string, CatalogueEntry>
