import { constantTimeEqual } from '@faregate/identity'
import type { PaymentRail } from '@faregate/billing/rails/port'
import { createStripeRail } from '@faregate/billing/rails/stripe'
import type { Configuration } from '../config/schema.ts'

/** What a link leads to, as the first segment of its path. */
export type LinkedPage = 'top-up' | 'payment-method'

/** The payment rail that is connected, and the links to the pages on which an organization's payments are seen to. */
export interface Payments {
  /** Undefined: none is connected, and nothing is served under the links. */
  rail: PaymentRail | undefined
  topUpPage: (organization: string) => string
  methodPage: (organization: string) => string
  /** The organization that the last part of a link to a page names, if we made that link. */
  organizationOf: (page: LinkedPage, link: string) => string | undefined
}

/** `hash` is keyed: nobody makes a link who was not refused, so that nobody else can have pages opened at the rail. */
export function connectPayments(
  { payments: { stripe } }: Pick<Configuration, 'payments'>,
  hash: (text: string) => string,
  publicUrl: () => string,
): Payments {
  const markOf = (page: LinkedPage, organization: string): string => hash(`${page}:${organization}`).slice(0, 32)
  const linkTo = (page: LinkedPage) => (organization: string) => `${publicUrl()}/${page}/${organization}.${markOf(page, organization)}`
  return {
    rail: stripe === undefined ? undefined : createStripeRail(stripe),
    topUpPage: linkTo('top-up'),
    methodPage: linkTo('payment-method'),
    organizationOf: (page, link) => {
      const [organization = '', mark = ''] = link.split('.')
      return constantTimeEqual(mark, markOf(page, organization)) ? organization : undefined
    },
  }
}
