import { capOfOrganization, capOfUser, formatAmount, parseDecimal, walletOf } from '@faregate/core'
import { visibleOrganization, type Call, type Handlers } from '../call.ts'
import { adjustCap, adjustCaps, capOf } from '../caps.ts'
import { changeConfiguration } from '../change.ts'
import { requirePermission } from '../credential.ts'
import { submit } from '../operation.ts'
import { presentBalance, presentOrganization } from '../present/tenants.ts'
import { overridesOf } from '../price-terms.ts'
import { found } from '../refusal.ts'
import type { OrganizationChange } from '../ports.ts'

export const organizationsId: Handlers<'getOrganization' | 'updateOrganization' | 'getBalance'> = {
  async getOrganization(call) {
    return presentOrganization(await visibleOrganization(call, call.params.id))
  },

  async updateOrganization(call) {
    const {
      params: { id },
      body: { overdraft, ...others },
    } = call
    const known = await visibleOrganization(call, id)
    // What an organization is held to, and what it pays, its own tokens cannot change.
    if ([others.limits, others.priceFactor, others.prices].some((member) => member !== undefined))
      requirePermission(call.credential, 'organizations:create')
    if (overdraft !== undefined) await setOverdraft(call, id, parseDecimal(overdraft) ?? 0n)
    if (overdraft !== undefined && Object.keys(others).length === 0) return presentOrganization(known)
    // Zones, limits, caps and terms are part of what is known of a key, so keys have to be read anew.
    const row = await changeConfiguration(call, async (trx) => {
      const before = found(await trx.organizations.get(id), 'organization', id)
      const after = { ...before, ...changeOf(others) }
      await trx.updateOrganization(id, changeOf(others))
      const [from, to] = [presentOrganization(before), presentOrganization(after)]
      return { event: { action: 'organization.update', subject: id, organization: id, before: from, after: to }, answer: after }
    })
    if (others.cap !== undefined && row.cap !== null) await adjustCap(call, id, capOfOrganization(id), row.cap)
    if (others.userCap !== undefined && row.userCap !== null) await adjustCaps(call, id, capOfUser(id, ''), row.userCap)
    return presentOrganization(row)
  },

  async getBalance(call) {
    const {
      deps,
      params: { id },
    } = call
    const { currency } = await visibleOrganization(call, id)
    const balance = await deps.store.read.money.balance(id, deps.clock.now())
    return presentBalance(currency, found(balance, 'wallet of organization', id))
  },
}

/** Lets a cost beyond its hold take the wallet below zero: this is credit, so it needs the permission of grants. */
async function setOverdraft(call: Call<'updateOrganization'>, id: string, overdraft: bigint): Promise<void> {
  const { deps, credential } = call
  requirePermission(credential, 'money:write')
  const balance = found(await deps.store.read.money.balance(id, deps.clock.now()), 'wallet of organization', id)
  await submit(
    call,
    { type: 'wallet', account: walletOf(id), unit: deps.currency, overdraft, creditLimit: balance.creditLimit },
    {
      action: 'organization.overdraft',
      subject: id,
      organization: id,
      before: { overdraft: formatAmount(balance.overdraft) },
      after: { overdraft: formatAmount(overdraft) },
    },
  )
  await deps.store.write((trx) => trx.updateOrganization(id, { overdraft }))
}

function changeOf({
  name,
  zone,
  limits,
  cap,
  userCap,
  priceFactor,
  prices,
  disclosure,
}: Omit<Call<'updateOrganization'>['body'], 'overdraft'>): OrganizationChange {
  return {
    ...(name === undefined ? {} : { name }),
    ...(zone === undefined ? {} : { zone }),
    ...(limits === undefined ? {} : { limits }),
    ...(cap === undefined ? {} : { cap: capOf(cap) }),
    ...(userCap === undefined ? {} : { userCap: capOf(userCap) }),
    ...(priceFactor === undefined ? {} : { priceFactor }),
    ...(prices === undefined ? {} : { prices: overridesOf(prices) }),
    ...(disclosure === undefined ? {} : { disclosure }),
  }
}
