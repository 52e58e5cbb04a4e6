import { capOfOrganization } from '@faregate/core'
import { billToOf, setCredit } from '../billing-terms.ts'
import { visibleOrganization, type Call, type Handlers } from '../call.ts'
import { adjustCap, adjustCaps, capOf } from '../caps.ts'
import { changeConfiguration } from '../change.ts'
import { requirePermission } from '../credential.ts'
import { presentBalance, presentOrganization } from '../present/tenants.ts'
import { overridesOf } from '../price-terms.ts'
import { found } from '../refusal.ts'
import type { OrganizationChange } from '../ports.ts'
import type { OrganizationRow } from '../rows.ts'

export const organizationsId: Handlers<'getOrganization' | 'updateOrganization' | 'getBalance'> = {
  async getOrganization(call) {
    return presentOrganization(await visibleOrganization(call, call.params.id))
  },

  async updateOrganization(call) {
    const {
      params: { id },
      body: { overdraft, billing, ...others },
    } = call
    await visibleOrganization(call, id)
    // What an organization is held to, and what it pays, its own tokens cannot change.
    if ([others.limits, others.priceFactor, others.prices].some((member) => member !== undefined))
      requirePermission(call.credential, 'organizations:create')
    await setCredit(call, { overdraft, billing })
    if (Object.keys(others).length === 0) return presentOrganization(await visibleOrganization(call, id))
    // Zones, limits, caps and terms are part of what is known of a key, so keys have to be read anew.
    const row = await changeConfiguration(call, async (trx) => {
      const before = found(await trx.organizations.get(id), 'organization', id)
      const changed = changeOf(before, others)
      const after = { ...before, ...changed }
      await trx.updateOrganization(id, changed)
      // Its month may end sooner there.
      if (changed.zone !== undefined) await trx.postponeInvoiceMark(id, 0)
      const [from, to] = [presentOrganization(before), presentOrganization(after)]
      return { event: { action: 'organization.update', subject: id, organization: id, before: from, after: to }, answer: after }
    })
    if (others.cap !== undefined && row.cap !== null) await adjustCap(call, id, capOfOrganization(id), row.cap)
    if (others.userCap !== undefined && row.userCap !== null) await adjustCaps(call, id, 'user', row.userCap)
    if (others.tagCap !== undefined && row.tagCap !== null) await adjustCaps(call, id, 'tag', row.tagCap)
    return presentOrganization(row)
  },

  async getBalance(call) {
    const {
      deps,
      params: { id },
    } = call
    const organization = await visibleOrganization(call, id)
    const balance = await deps.store.read.money.balance(id, deps.clock.now())
    return presentBalance(organization, found(balance, 'wallet of organization', id))
  },
}

function changeOf(
  known: OrganizationRow,
  {
    name,
    zone,
    limits,
    cap,
    userCap,
    tagCap,
    billTo,
    priceFactor,
    prices,
    disclosure,
  }: Omit<Call<'updateOrganization'>['body'], 'overdraft' | 'billing'>,
): OrganizationChange {
  return {
    ...(name === undefined ? {} : { name }),
    ...(zone === undefined ? {} : { zone }),
    ...(limits === undefined ? {} : { limits }),
    ...(billTo === undefined ? {} : { billTo: billToOf(known.billTo, billTo) }),
    ...(cap === undefined ? {} : { cap: capOf(cap) }),
    ...(userCap === undefined ? {} : { userCap: capOf(userCap) }),
    ...(tagCap === undefined ? {} : { tagCap: capOf(tagCap) }),
    ...(priceFactor === undefined ? {} : { priceFactor }),
    ...(prices === undefined ? {} : { prices: overridesOf(prices) }),
    ...(disclosure === undefined ? {} : { disclosure }),
  }
}
