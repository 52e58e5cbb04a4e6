import { withoutSlash } from '@faregate/core'
import type { Context, Handlers } from '../call.ts'
import { change, changeConfiguration } from '../change.ts'
import { refuseManaged } from '../managed.ts'
import type { AdminTransaction } from '../ports.ts'
import { presentProvider } from '../present/configuration.ts'
import { found, refuse } from '../refusal.ts'
import { isKeyless, sealKeys } from './providers.ts'

export const providersName: Handlers<'getProvider' | 'updateProvider' | 'deleteProvider' | 'testProvider'> = {
  async getProvider({ deps, params: { name } }) {
    const known = deps.snapshot().providers.get(name)
    const row = known === undefined || known.managedBy.source === 'database' ? await deps.store.read.providers.get(name) : known
    return presentProvider(deps, found(row, 'provider', name))
  },

  async updateProvider(call) {
    const {
      deps,
      params: { name },
      body,
    } = call
    refuseManaged('provider', name, deps.snapshot().providers.get(name)?.managedBy)
    return changeConfiguration(call, async (trx) => {
      const before = found(await trx.providers.get(name), 'provider', name)
      const replaced = body.apiKey !== undefined || body.keys !== undefined
      const keys = replaced ? sealKeys(deps, name, body) : before.keys
      const after = {
        ...before,
        baseUrl: body.baseUrl === undefined ? before.baseUrl : withoutSlash(body.baseUrl),
        keys,
        keyless: isKeyless(deps, before.kind, keys),
      }
      await trx.putProvider(after)
      const answer = presentProvider(deps, after)
      return {
        event: { action: 'provider.update', subject: name, organization: null, before: presentProvider(deps, before), after: answer },
        answer,
      }
    })
  },

  async deleteProvider(call) {
    const {
      deps,
      params: { name },
    } = call
    refuseManaged('provider', name, deps.snapshot().providers.get(name)?.managedBy)
    await changeConfiguration(call, async (trx) => {
      const before = found(await trx.providers.get(name), 'provider', name)
      await refuseUsed(call, trx, name)
      await trx.deleteProvider(name)
      return {
        event: { action: 'provider.delete', subject: name, organization: null, before: presentProvider(deps, before) },
        answer: undefined,
      }
    })
    return undefined
  },

  async testProvider(call) {
    const {
      deps,
      body,
      params: { name },
    } = call
    const known = deps.snapshot().providers.get(name) ?? (await deps.store.read.providers.get(name))
    found(known, 'provider', name)
    const answer = await (body.keysOnly === true ? deps.testProviderKeys(name) : deps.testProvider(name))
    return change(call, async () => ({ event: { action: 'provider.test', subject: name, organization: null, after: answer }, answer }))
  },
}

/** A model whose provider is gone could only fail. */
async function refuseUsed({ deps }: Context, trx: AdminTransaction, provider: string): Promise<void> {
  const stored = await trx.models.list()
  const users = [...deps.snapshot().models.values(), ...stored]
    .filter(({ name, deployments, ...rest }) => deployments.some((one) => one.provider === provider) && isStill(name, stored, rest))
    .map(({ name }) => name)
  if (users.length === 0) return
  refuse({ code: 'conflict', detail: `The provider "${provider}" still serves ${[...new Set(users)].join(', ')}.` })
}

/** The snapshot may still hold a model that the database has lost since. */
function isStill(name: string, stored: { name: string }[], entry: object): boolean {
  const fromDatabase = 'managedBy' in entry && (entry.managedBy as { source: string }).source === 'database'
  return !fromDatabase || stored.some((row) => row.name === name)
}
