import { EXCESS } from './usage.ts'
import { billToRows } from './bill-to.ts'
import { capRows, limitRows, priceRows, type Having } from './shared.ts'
import type { FieldWorld, Row, Rows } from './world.ts'

/** It is made with them. */
const created: Having = (world, members, credit) => world.customer(members, {}, credit)

/** It is changed to have them. */
const updated: Having = async (world, members, credit) => {
  const customer = await world.customer({}, {}, credit)
  await world.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, members)
  return customer
}

/** What becomes of a call without any credit. */
async function spending(world: FieldWorld, having: Having, billing: Record<string, unknown>): Promise<string> {
  return (await world.call(await having(world, { billing }, ''))).code
}

function rowsOf(having: Having): Rows {
  const priced = async (world: FieldWorld, members: Record<string, unknown>) => ({ customer: await having(world, members), model: 'plain' })
  const refused =
    (see: (world: FieldWorld, customer: Awaited<ReturnType<Having>>) => Promise<unknown>, name: string): Row['see'] =>
    async (world, value) =>
      see(world, await having(world, { [name]: value }, ''))
  return {
    name: { a: 'One', b: 'Two', see: refused(async (world, customer) => (await world.call(customer)).detail, 'name') },
    zone: {
      a: 'UTC',
      b: 'Asia/Kathmandu',
      see: async (world, zone) => world.resets(await having(world, { zone, cap: { amount: '1.00', period: 'day' } })),
    },
    overdraft: {
      a: '0',
      b: '2.00',
      see: async (world, overdraft) => world.paidAfter(await having(world, { overdraft }, '0.01'), EXCESS),
    },
    disclosure: { a: 'code', b: 'amounts', see: refused(async (world, customer) => (await world.call(customer)).members, 'disclosure') },
    'billing.mode': {
      a: 'prepaid',
      b: 'arrears',
      see: async (world, mode) => spending(world, having, mode === 'prepaid' ? { mode } : { mode, creditLimit: '1.00' }),
    },
    'billing.creditLimit': {
      a: '0.001',
      b: '1.00',
      see: async (world, creditLimit) => spending(world, having, { mode: 'arrears', creditLimit }),
    },
    ...limitRows(having),
    ...capRows('cap', having),
    ...capRows('userCap', having),
    ...capRows('tagCap', having),
    ...priceRows(priced),
  }
}

/** Every field of the calls that make and change an organization. */
export const ORGANIZATION_ROWS: Record<string, Rows> = {
  createOrganization: {
    ...rowsOf(created),
    ...billToRows('createOrganization'),
    currency: {
      a: 'USD',
      b: 'EUR',
      see: async (world, currency) => (await world.api.call('POST', '/api/organizations', { name: 'n', currency })).status,
    },
  },
  updateOrganization: { ...rowsOf(updated), ...billToRows('updateOrganization') },
  suspendOrganization: {
    reason: {
      a: 'Invoice 17 is open.',
      b: 'It was asked for.',
      see: async (world, reason) => {
        const customer = await world.customer()
        await world.api.expect(200, 'POST', `/api/organizations/${customer.organization}/suspend`, { reason })
        return (await world.call(customer)).detail
      },
    },
  },
}
