import { shellWord } from '@faregate/core'
import { placeOf } from '../place.ts'
import type { Check, Finding } from './finding.ts'
import type { Models, Prices, Providers } from './rig.ts'

type Model = Pick<Models[number], 'name' | 'deployments' | 'price' | 'managedBy'>

export const upstreams: Check = async (rig) => upstreamFindings(await rig.models(), await rig.providers())

/** A model that nobody can serve is refused at its first call; better to know before. */
export function upstreamFindings(models: Model[], providers: Pick<Providers[number], 'name'>[]): Finding[] {
  const known = new Set(providers.map(({ name }) => name))
  const wrong = models.flatMap((model) => {
    const gone = model.deployments.find(({ provider }) => !known.has(provider))
    return gone === undefined ? [] : [noProvider(model, gone.provider)]
  })
  if (wrong.length > 0) return wrong
  return [{ check: 'models', result: 'ok', detail: `each of ${models.length} is served by a provider that exists` }]
}

function noProvider(model: Model, provider: string): Finding {
  return {
    check: `model ${model.name}`,
    result: 'failed',
    detail: `its provider ${provider} does not exist: calls are refused`,
    place: placeOf(model.managedBy),
    fix: `faregate provider add ${shellWord(provider)}, or name another provider in the model`,
  }
}

export const prices: Check = async (rig) => priceFindings(await rig.models(), await rig.prices())

/** A model without a price is refused as well. */
export function priceFindings(models: Model[], known: Pick<Prices[number], 'name'>[]): Finding[] {
  const priced = new Set(known.map((price) => price.name))
  const wrong = models.flatMap((model) => {
    if (model.price !== null) return []
    const without = model.deployments.find((one) => !priced.has(`${one.provider}/${one.model}`))
    return without === undefined ? [] : [unpriced(model, `${without.provider}/${without.model}`)]
  })
  if (wrong.length > 0) return wrong
  return [{ check: 'prices', result: 'ok', detail: `each of ${models.length} models has a price` }]
}

function unpriced(model: Model, deployment: string): Finding {
  return {
    check: `price of ${model.name}`,
    result: 'failed',
    detail: `neither it nor ${deployment} has a price: calls are refused`,
    place: placeOf(model.managedBy),
    fix: `faregate price set ${shellWord(deployment)} input=0.05 output=0.40`,
  }
}

export const pendingPrices: Check = async ({ client }) => pendingFinding((await client.listPendingPrices({})).data)

/** Until someone has decided, callers pay what they paid before, whatever the vendor takes by now. */
export function pendingFinding(pending: { name: string }[]): Finding[] {
  if (pending.length === 0) return []
  const names = pending.map(({ name }) => name).join(', ')
  return [{ check: 'price changes', result: 'warning', detail: `waiting for approval: ${names}`, fix: 'faregate price pending' }]
}
