import type { Nano } from '@faregate/core'
import type { Stripe } from 'stripe'
import { nanoPerMinor, toMinor } from './minor-units.ts'
import type { Checkout, NoCheckout, Order } from './port.ts'
import type { MethodSetup } from './saved.ts'
import { factsOf, factsText, isMissing, type ErrorFacts } from './stripe-errors.ts'

/** Why Stripe cannot take an amount: it has no digits for it. */
export function unpayable(amount: Nano, currency: string): string | undefined {
  if (toMinor(amount, currency) !== undefined) return undefined
  return `an amount in ${currency} is a multiple of ${Number(nanoPerMinor(currency)) / 1e9}`
}

/** Opens the page on which an order is paid. */
export async function openCheckout(stripe: Stripe, order: Order): Promise<Checkout | NoCheckout> {
  const { id, organization, amount, currency, title, returnTo } = order
  const reason = unpayable(amount, currency)
  if (reason !== undefined) return { status: 'unpayable', reason }
  const cents = toMinor(amount, currency) ?? 0
  const metadata = { faregate_order: id, faregate_organization: organization }
  const params: Stripe.Checkout.SessionCreateParams = {
    mode: 'payment',
    client_reference_id: id,
    line_items: [{ quantity: 1, price_data: { currency: currency.toLowerCase(), unit_amount: cents, product_data: { name: title } } }],
    metadata,
    payment_intent_data: { metadata },
    success_url: returnTo,
    cancel_url: returnTo,
  }
  try {
    return await opened(stripe, id, params)
  } catch (error) {
    return noCheckout(factsOf(error))
  }
}

/** Opens the page on which a payment method is saved, unless Stripe does not know its customer any more. */
export async function openSetup(stripe: Stripe, setup: MethodSetup): Promise<Checkout | NoCheckout | { status: 'unknown_customer' }> {
  const { id, organization, customer, currency, returnTo } = setup
  const metadata = { faregate_setup: id, faregate_organization: organization }
  const params: Stripe.Checkout.SessionCreateParams = {
    mode: 'setup',
    client_reference_id: id,
    customer,
    currency: currency.toLowerCase(),
    metadata,
    setup_intent_data: { metadata },
    success_url: returnTo,
    cancel_url: returnTo,
  }
  try {
    // With another customer it is another call, which Stripe would refuse under the same key.
    return await opened(stripe, `${id}.${customer}`, params)
  } catch (error) {
    const facts = factsOf(error)
    return isMissing(facts) && facts.param === 'customer' ? { status: 'unknown_customer' } : noCheckout(facts)
  }
}

async function opened(stripe: Stripe, key: string, params: Stripe.Checkout.SessionCreateParams): Promise<Checkout | NoCheckout> {
  const { url } = await stripe.checkout.sessions.create(params, { idempotencyKey: key })
  return url === null ? unavailable('a session without a page') : { status: 'open', url }
}

/** Only what is said of the amount is for the payer; everything else is between the operator and Stripe. */
function noCheckout(facts: ErrorFacts): NoCheckout {
  if (facts.code === 'amount_too_small') return { status: 'unpayable', reason: 'the amount is too small' }
  if (facts.code === 'amount_too_large') return { status: 'unpayable', reason: 'the amount is too large' }
  return unavailable(factsText(facts))
}

function unavailable(operatorDetail: string): NoCheckout {
  return { status: 'unavailable', reason: 'Stripe cannot be reached, or refuses; nothing was charged', operatorDetail }
}
