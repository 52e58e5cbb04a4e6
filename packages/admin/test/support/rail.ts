import type { PaymentRail } from '@faregate/billing/rails/port'

/** A rail that does what it is asked, at once. */
export const TEST_RAIL: PaymentRail = {
  name: 'test',
  checkout: async ({ id }) => ({ status: 'open', url: `https://pay.example/${id}` }),
  customer: async ({ id }) => `customer of ${id}`,
  setup: async ({ id }) => ({ status: 'open', url: `https://pay.example/${id}` }),
  verification: async () => undefined,
  remove: async () => undefined,
  unpayable: (amount) => (amount % 10_000_000n === 0n ? undefined : 'an amount is a multiple of 0.01'),
  begin: async ({ id }) => ({ status: 'begun', payment: `payment of ${id}` }),
  standing: async () => ({ status: 'open', refusal: null }),
  charge: async () => ({ status: 'paid' }),
  withdraw: async () => 'void',
  refund: async ({ id }) => ({ status: 'refunded', reference: `refund of ${id}` }),
  refunded: async () => true,
  read: async () => ({ status: 'other' }),
}
