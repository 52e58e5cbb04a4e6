import type { Harness } from './harness.ts'
import { TEST_RAIL } from './rail.ts'

/** A payment method, an automatic top-up that is never due, and a paid top-up, whose credit is a grant that is there. */
export async function createPayments(
  api: Harness,
  { organization, grant, name }: { organization: string; grant: string; name: string },
): Promise<{ paymentMethod: string; topUp: string }> {
  const createdAt = api.clock.now()
  const [paymentMethod, topUp] = [`pm_${name}`, `pay_${name}`]
  const rail = TEST_RAIL.name
  const card = { kind: 'card', label: 'visa', lastFour: '4242', expires: '2039-12', verified: true, preferred: true }
  const terms = { below: 1n, amount: 1_000_000_000n, ceiling: 9_000_000_000n }
  const standing = {
    enabled: true,
    revision: 1,
    order: null,
    attempts: 0,
    failures: 0,
    nextAt: null,
    state: 'ready' as const,
    code: null,
    failedAt: null,
  }
  await api.deps.store.write(async (trx) => {
    await trx.insertPaymentCustomer(organization, { rail, reference: `customer of ${organization}` })
    const reference = `method of ${name}`
    await trx.insertPaymentMethod({ id: paymentMethod, organization, rail, reference, saving: reference, ...card, createdAt })
    await trx.insertAutoTopUp({ organization, ...terms, ...standing })
    const facts = { automatic: false, payment: null, plan: null }
    await trx.insertTopUp({ id: topUp, organization, rail, amount: 5_000_000_000n, createdAt, ...facts })
  })
  await api.store.write(async (trx) => {
    const ended = { top_up_id: topUp, grant_id: grant, reference: `payment of ${topUp}`, at: createdAt }
    await trx.insertInto('top_up_ends').values(ended).execute()
  })
  return { paymentMethod, topUp }
}
