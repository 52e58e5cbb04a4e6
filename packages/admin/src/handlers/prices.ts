import type { Call, Context, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged, refuseTaken } from '../managed.ts'
import { ratesOf } from '../model-definition.ts'
import { wholeList } from '../paging.ts'
import { presentPrice } from '../present/configuration.ts'
import { timeText } from '../present/time.ts'
import { priceInForce, pricesInForce } from '../prices-in-force.ts'
import { found, invalid, notFound, refuse } from '../refusal.ts'
import type { PriceRow } from '../rows.ts'

export const prices: Handlers<'listPrices' | 'createPrice' | 'getPrice' | 'updatePrice' | 'deletePrice'> = {
  async listPrices({ deps }) {
    return wholeList(pricesInForce(deps, await deps.store.read.prices.list()))
  },

  async createPrice(call) {
    const {
      deps,
      body: { provider, model, price },
    } = call
    const name = `${provider}/${model}`
    const createdAt = deps.clock.now()
    const row: PriceRow = { name, provider, model, rates: ratesOf(price), version: versionOf(call, name), createdAt }
    return changeConfiguration(call, async (trx) => {
      if ((await trx.prices.get(name)) !== undefined) return refuseTaken('price', name)
      const known = deps.snapshot().providers.has(provider) || (await trx.providers.get(provider)) !== undefined
      if (!known) return invalid('/provider', `there is no provider "${provider}"`)
      await trx.putPrice(row)
      const answer = presentPrice(row)
      return { event: { action: 'price.create', subject: name, organization: null, after: answer }, answer }
    })
  },

  async getPrice({ deps, params: { name } }) {
    return found(priceInForce(deps, await deps.store.read.prices.list(), name), 'price', name)
  },

  async updatePrice(call) {
    const {
      params: { name },
      body,
    } = call
    return changeConfiguration(call, async (trx) => {
      const before = overridden(call, await trx.prices.get(name))
      const after = { ...before, rates: ratesOf(body.price), version: versionOf(call, name) }
      await trx.putPrice(after)
      const answer = presentPrice(after)
      return { event: { action: 'price.update', subject: name, organization: null, before: presentPrice(before), after: answer }, answer }
    })
  },

  async deletePrice(call) {
    const {
      params: { name },
    } = call
    await changeConfiguration(call, async (trx) => {
      const before = overridden(call, await trx.prices.get(name))
      await trx.deletePrice(name)
      return { event: { action: 'price.delete', subject: name, organization: null, before: presentPrice(before) }, answer: undefined }
    })
    return undefined
  },
}

/** Says where a price comes from and when it was set: what holds are stored with. */
function versionOf({ deps }: Context, name: string): string {
  return `override:${name}@${timeText(deps.clock.now())}`
}

/** The override, or why there is none to change: a model's own price is a member of the model. */
function overridden({ deps, params: { name } }: Call<'updatePrice' | 'deletePrice'>, row: PriceRow | undefined): PriceRow {
  if (row !== undefined) return row
  const model = deps.snapshot().models.get(name)
  if (model?.price === undefined) return notFound('price override', name)
  refuseManaged('price of model', name, model.managedBy)
  return refuse({ code: 'conflict', detail: `This price is a member of the model "${name}": change that with PATCH /api/models/{name}.` })
}
