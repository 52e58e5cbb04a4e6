import { divideUp, parseAmount, parseDecimal, type Nano } from '@faregate/core'
import { shellWord } from '../shell.ts'
import type { Check, Finding } from './finding.ts'
import type { Keys, Models, Prices } from './rig.ts'

type Key = Pick<Keys[number], 'id' | 'name' | 'lastFour' | 'models' | 'cap' | 'state'>

export const keys: Check = async (rig) => {
  const all = await rig.keys()
  if (all.length > 0) return [{ check: 'keys', result: 'ok', detail: 'there are keys' }]
  return [{ check: 'keys', result: 'warning', detail: 'there is no key yet', fix: 'faregate key create --credit 5' }]
}

export const keyLimits: Check = async (rig) => {
  const [all, models, prices, allModels] = await Promise.all([rig.keys(), rig.models(), rig.prices(), rig.allModels()])
  return all.filter(({ state }) => state === 'active').flatMap((key) => limitFindings(key, models, prices, allModels))
}

/** Limits that no request can meet: a list that names no model, and a cap below what the cheapest call costs. */
export function limitFindings(
  key: Key,
  models: Pick<Models[number], 'name' | 'price' | 'deployments'>[],
  prices: Pick<Prices[number], 'name' | 'price'>[],
  allModels: boolean,
): Finding[] {
  const callable = models.filter(({ name }) => key.models === null || key.models.some((pattern) => fits(pattern, name)))
  const named = { check: `key ${key.name} (…${key.lastFour})`, result: 'warning' as const, place: 'database' }
  if (callable.length === 0 && key.models !== null && !(allModels && key.models.some((pattern) => /[/*]/.test(pattern)))) {
    const detail = `it may call ${key.models.length === 0 ? 'no model' : `only ${key.models.join(', ')}`}, and no such model is there: it can call nothing`
    return [{ ...named, detail, fix: `faregate key update ${key.id} --models ${shellWord(models[0]?.name ?? 'MODEL')}, or --all-models` }]
  }
  const limit = key.cap === null ? undefined : parseAmount(key.cap.amount)
  const cheapest = smallest(callable.flatMap((model) => leastCost(model, prices) ?? []))
  if (key.cap === null || limit === undefined || cheapest === undefined || cheapest <= limit) return []
  const detail = `its cap of ${key.cap.amount} is below what any call costs: it can never be met`
  return [{ ...named, detail, fix: `faregate key update ${key.id} --cap AMOUNT/${key.cap.period}, or --no-cap` }]
}

type Priced = Pick<Models[number], 'price' | 'deployments'>

const MILLION = 1_000_000n

/** What a call of one token in and one out costs at the least; `undefined` where there is no price. */
function leastCost(model: Priced, prices: Pick<Prices[number], 'name' | 'price'>[]): Nano | undefined {
  const overrides = model.deployments.map((one) => prices.find(({ name }) => name === `${one.provider}/${one.model}`)?.price)
  const rates = model.price === null ? overrides.filter((one) => one !== undefined) : [model.price]
  return smallest(
    rates.map(({ input = '0', output = '0', request = '0' }) => divideUp(nano(input) + nano(output) + nano(request), MILLION)),
  )
}

function nano(text: string): Nano {
  return parseDecimal(text) ?? 0n
}

function smallest(amounts: Nano[]): Nano | undefined {
  const [first, ...others] = amounts
  return first === undefined ? undefined : others.reduce((least, one) => (one < least ? one : least), first)
}

/** Whether a name fits a pattern, where `*` stands for any characters. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}
