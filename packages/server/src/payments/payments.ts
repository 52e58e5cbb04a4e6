import { constantTimeEqual } from '@faregate/identity'
import type { PaymentRail } from '@faregate/billing/rails/port'
import { createStripeRail } from '@faregate/billing/rails/stripe'
import type { Configuration } from '../config/schema.ts'

/** The payment rail that is connected, and the links to the page on which a balance is topped up. */
export interface Payments {
  /** Undefined: none is connected, and nothing is served under the links. */
  rail: PaymentRail | undefined
  pageOf: (organization: string) => string
  /** The organization that the last part of a link names, if we made that link. */
  organizationOf: (link: string) => string | undefined
}

/** `hash` is keyed: nobody makes a link who was not refused, so that nobody else can have pages opened at the rail. */
export function connectPayments(
  { payments: { stripe } }: Pick<Configuration, 'payments'>,
  hash: (text: string) => string,
  publicUrl: () => string,
): Payments {
  const markOf = (organization: string): string => hash(`top-up:${organization}`).slice(0, 32)
  return {
    rail: stripe === undefined ? undefined : createStripeRail(stripe),
    pageOf: (organization) => `${publicUrl()}/top-up/${organization}.${markOf(organization)}`,
    organizationOf: (link) => {
      const [organization = '', mark = ''] = link.split('.')
      return constantTimeEqual(mark, markOf(organization)) ? organization : undefined
    },
  }
}
