/** Commands that need a payment rail: `tests/payments/cli.test.ts` runs them. */
export const PAYMENT_COMMANDS = [
  'top-up create',
  'top-up list',
  'top-up refund',
  'payment-method add',
  'payment-method list',
  'payment-method use',
  'payment-method remove',
  'auto-top-up set',
  'auto-top-up show',
  'auto-top-up off',
  'subscription checkout',
]
