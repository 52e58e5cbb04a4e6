import { formatAmount, parseDecimal, walletOf } from '@faregate/core'
import { visibleOrganization, type Call, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { requirePermission } from '../credential.ts'
import { submit } from '../operation.ts'
import { presentBalance, presentOrganization } from '../present/tenants.ts'
import { found } from '../refusal.ts'

export const organizationsId: Handlers<'getOrganization' | 'updateOrganization' | 'getBalance'> = {
  async getOrganization(call) {
    return presentOrganization(await visibleOrganization(call, call.params.id))
  },

  async updateOrganization(call) {
    const {
      params: { id },
      body: { overdraft, ...naming },
    } = call
    const known = await visibleOrganization(call, id)
    // What an organization is held to, its own tokens cannot lift.
    if (naming.limits !== undefined) requirePermission(call.credential, 'organizations:create')
    if (overdraft !== undefined) await setOverdraft(call, id, parseDecimal(overdraft) ?? 0n)
    if (overdraft !== undefined && Object.keys(defined(naming)).length === 0) return presentOrganization(known)
    // Zones decide the periods of caps, and limits hold for keys: these have to be read anew.
    return changeConfiguration(call, async (trx) => {
      const before = found(await trx.organizations.get(id), 'organization', id)
      const after = { ...before, ...defined(naming) }
      await trx.updateOrganization(id, { name: after.name, zone: after.zone, limits: after.limits })
      const answer = presentOrganization(after)
      return {
        event: { action: 'organization.update', subject: id, organization: id, before: presentOrganization(before), after: answer },
        answer,
      }
    })
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

function defined({ name, zone, limits }: Omit<Call<'updateOrganization'>['body'], 'overdraft'>) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(zone === undefined ? {} : { zone }),
    ...(limits === undefined ? {} : { limits }),
  }
}
