import type { Nano } from '@faregate/core'
import type { Stripe } from 'stripe'
import { nanoPerMinor, toMinor } from './minor-units.ts'
import type { Checkout, NoCheckout, Order } from './port.ts'
import type { MethodSetup } from './saved.ts'
import { factsOf, factsText } from './stripe-errors.ts'

/** Why Stripe cannot take an amount: it has no digits for it. */
export function unpayable(amount: Nano, currency: string): string | undefined {
  if (toMinor(amount, currency) !== undefined) return undefined
  return `an amount in ${currency} is a multiple of ${Number(nanoPerMinor(currency)) / 1e9}`
}

/** Opens the page on which an order is paid. */
export function openCheckout(stripe: Stripe, order: Order): Promise<Checkout | NoCheckout> {
  const { id, organization, amount, currency, title, returnTo } = order
  const reason = unpayable(amount, currency)
  if (reason !== undefined) return Promise.resolve({ status: 'unpayable', reason })
  const cents = toMinor(amount, currency) ?? 0
  const metadata = { faregate_order: id, faregate_organization: organization }
  return open(stripe, id, {
    mode: 'payment',
    client_reference_id: id,
    line_items: [{ quantity: 1, price_data: { currency: currency.toLowerCase(), unit_amount: cents, product_data: { name: title } } }],
    metadata,
    payment_intent_data: { metadata },
    success_url: returnTo,
    cancel_url: returnTo,
  })
}

/** Opens the page on which a payment method is saved. */
export function openSetup(stripe: Stripe, { id, organization, customer, currency, returnTo }: MethodSetup): Promise<Checkout | NoCheckout> {
  const metadata = { faregate_setup: id, faregate_organization: organization }
  return open(stripe, id, {
    mode: 'setup',
    client_reference_id: id,
    customer,
    currency: currency.toLowerCase(),
    metadata,
    setup_intent_data: { metadata },
    success_url: returnTo,
    cancel_url: returnTo,
  })
}

async function open(stripe: Stripe, id: string, params: Stripe.Checkout.SessionCreateParams): Promise<Checkout | NoCheckout> {
  try {
    const { url } = await stripe.checkout.sessions.create(params, { idempotencyKey: id })
    return url === null ? unavailable('a session without a page') : { status: 'open', url }
  } catch (error) {
    return noCheckout(error)
  }
}

/** Only what is said of the amount is for the payer; everything else is between the operator and Stripe. */
function noCheckout(error: unknown): NoCheckout {
  const facts = factsOf(error)
  if (facts.code === 'amount_too_small') return { status: 'unpayable', reason: 'the amount is too small' }
  if (facts.code === 'amount_too_large') return { status: 'unpayable', reason: 'the amount is too large' }
  return unavailable(factsText(facts))
}

function unavailable(operatorDetail: string): NoCheckout {
  return { status: 'unavailable', reason: 'Stripe cannot be reached, or refuses; nothing was charged', operatorDetail }
}
