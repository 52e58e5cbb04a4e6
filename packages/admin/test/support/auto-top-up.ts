import assert from 'node:assert/strict'
import type { AutoTopUpRow } from '../../src/payment-rows.ts'
import { topUpNow } from '../../src/payments/auto-top-up.ts'
import type { Ended } from '../../src/payments/auto-top-up-end.ts'
import { creditTopUp } from '../../src/top-up.ts'
import type { Harness } from './harness.ts'
import { TEST_RAIL } from './rail.ts'
import { ScriptedRail, type Stop } from './scripted-rail.ts'

export const UNIT = 1_000_000_000n

/** An organization with a card, that is topped up by 5.00 below 1.00, by 20.00 in a month at most. */
export async function toppedUp(api: Harness, terms: Record<string, string> = {}) {
  const made = await api.call('POST', '/api/organizations', { body: { name: 'acme' } })
  const organization = String(made.body.id)
  const path = `/api/organizations/${organization}/auto-top-up`
  await api.deps.store.write((trx) => trx.insertPaymentCustomer(organization, { rail: TEST_RAIL.name, reference: 'customer' }))
  const scripted = new ScriptedRail()
  // The management API asks the same rail.
  api.deps.rail = scripted.rail
  const { autoTopUps, money, topUps } = api.deps.store.read
  const own = <T extends { organization: string }>(rows: T[]): T[] => rows.filter((row) => row.organization === organization)
  const set = async (more: Record<string, string> = {}): Promise<void> => {
    const body = { below: '1.00', amount: '5.00', monthlyCeiling: '20.00', ...terms, ...more }
    const answer = await api.call('PUT', path, { body })
    assert.equal(answer.status, 200, answer.text)
  }
  const due = async (): Promise<AutoTopUpRow[]> => own(await autoTopUps.due(api.clock.now(), 100))
  await card(api, organization, 'pm', { preferred: true })
  await set()
  return {
    organization,
    path,
    scripted,
    set,
    due: async () => (await due())[0],
    recovered: async () => own(await autoTopUps.recovered(api.clock.now(), 100)),
    /** One round, as each process makes it; what fails is left for the next. */
    round: async () => {
      for (const row of await due()) await topUpNow(api.deps, scripted.rail, row).catch(() => undefined)
    },
    row: async () => (await autoTopUps.get(organization)) ?? assert.fail('there is none'),
    granted: async () => (await money.balance(organization, api.clock.now()))?.granted ?? 0n,
    orders: () => topUps.list({ limit: 100 }, organization),
    grant: (amount: string) => api.call('POST', `/api/organizations/${organization}/grants`, { body: { amount, reason: 'r' } }),
    /** The rail tells of a payment that succeeded. */
    told: async (order: string, amount: bigint) => {
      scripted.becomes(`payment of ${order}`, { status: 'paid' })
      await creditTopUp(api.deps, TEST_RAIL, { order, organization, amount, currency: 'USD', reference: `payment of ${order}` })
    },
  }
}

/** A process that has come so far with the top-up that is due, and is stopped there. */
export async function stopped(
  api: Harness,
  { scripted, due }: Awaited<ReturnType<typeof toppedUp>>,
  at: Stop,
): Promise<{ goOn: () => Promise<Ended> }> {
  const row = await due()
  assert.ok(row)
  const stop = scripted.stop(at)
  const ended = topUpNow(api.deps, scripted.rail, row)
  await stop.reached
  return {
    goOn: () => {
      stop.release()
      return ended
    },
  }
}

/** A saved card of an organization. */
export async function card(
  api: Harness,
  organization: string,
  name: string,
  { preferred = false, verified = true }: { preferred?: boolean; verified?: boolean } = {},
): Promise<string> {
  const id = `${name}_${organization}`
  const shown = { kind: 'card', label: 'visa', lastFour: '4242', expires: null, verified, preferred }
  const named = { reference: `card ${name} of ${organization}`, saving: '', rail: TEST_RAIL.name }
  await api.deps.store.write((trx) => trx.insertPaymentMethod({ id, organization, ...named, ...shown, createdAt: 0 }))
  return id
}
