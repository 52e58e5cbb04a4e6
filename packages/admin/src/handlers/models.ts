import type { Retirement } from '@faregate/core'
import type { Call, Context, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged, refuseTaken } from '../managed.ts'
import { definitionOf } from '../model-definition.ts'
import { wholeList } from '../paging.ts'
import type { AdminTransaction } from '../ports.ts'
import { presentModel } from '../present/configuration.ts'
import { found, invalid } from '../refusal.ts'
import { tellRetirement } from '../retirement-notices.ts'
import { nextRetirement } from '../retirement.ts'
import type { ModelRow } from '../configuration-rows.ts'

export const models: Handlers<'listModels' | 'createModel' | 'getModel' | 'updateModel' | 'deleteModel'> = {
  async listModels({ deps }) {
    const rows = await deps.store.read.models.list()
    const elsewhere = [...deps.snapshot().models.values()].filter(({ managedBy }) => managedBy.source !== 'database')
    return wholeList([...elsewhere, ...rows].map(presentModel))
  },

  async createModel(call) {
    const {
      deps,
      body: { name, deployments, ...members },
    } = call
    refuseManaged('model', name, deps.snapshot().models.get(name)?.managedBy)
    const row: ModelRow = { ...definitionOf({ deployments }, members), name, createdAt: deps.clock.now() }
    return changeConfiguration(call, async (trx) => {
      if ((await trx.models.get(name)) !== undefined) return refuseTaken('model', name)
      await checkProviders(call, trx, row)
      await trx.putModel(row)
      const answer = presentModel(row)
      return { event: { action: 'model.create', subject: name, organization: null, after: answer }, answer }
    })
  },

  async getModel({ deps, params: { name } }) {
    const known = deps.snapshot().models.get(name)
    const row = known === undefined || known.managedBy.source === 'database' ? await deps.store.read.models.get(name) : known
    return presentModel(found(row, 'model', name))
  },

  async updateModel(call) {
    const {
      deps,
      params: { name },
      body: { retirement: going, ...members },
    } = call
    refuseManaged('model', name, deps.snapshot().models.get(name)?.managedBy)
    // Whoever has called until now is told.
    if (going !== undefined) await deps.flushed()
    return changeConfiguration(call, async (trx) => {
      const { createdAt, ...before } = found(await trx.models.get(name), 'model', name)
      const after: ModelRow = { ...definitionOf(before, members), ...goes(call, before), name, createdAt }
      await checkProviders(call, trx, after)
      await trx.putModel(after)
      await tellRetirement(deps, trx, { model: name }, before.retirement, after.retirement)
      const answer = presentModel(after)
      return {
        event: { action: 'model.update', subject: name, organization: null, before: presentModel({ ...before, createdAt }), after: answer },
        answer,
      }
    })
  },

  async deleteModel(call) {
    const {
      deps,
      params: { name },
    } = call
    refuseManaged('model', name, deps.snapshot().models.get(name)?.managedBy)
    await changeConfiguration(call, async (trx) => {
      const before = found(await trx.models.get(name), 'model', name)
      await trx.deleteModel(name)
      return { event: { action: 'model.delete', subject: name, organization: null, before: presentModel(before) }, answer: undefined }
    })
    return undefined
  },
}

/** How a model goes: as it was where nothing is said of it. */
function goes({ deps, params, body }: Call<'updateModel'>, before: Pick<ModelRow, 'retirement'>): { retirement?: Retirement } {
  const { retirement } = body
  if (retirement === undefined) return before.retirement === undefined ? {} : { retirement: before.retirement }
  if (retirement === null) return {}
  const going = { kind: 'model', name: params.name, known: deps.snapshot().models } as const
  return { retirement: nextRetirement(before.retirement, retirement, deps.clock.now(), going, '/retirement') }
}

async function checkProviders({ deps }: Context, trx: AdminTransaction, { deployments }: ModelRow): Promise<void> {
  for (const [index, { provider }] of deployments.entries()) {
    const known = deps.snapshot().providers.get(provider)
    const stands = known !== undefined && known.managedBy.source !== 'database'
    if (!stands && (await trx.providers.get(provider)) === undefined) {
      invalid(`/deployments/${index}/provider`, `there is no provider "${provider}"`)
    }
  }
}
