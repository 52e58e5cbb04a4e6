import { fitsParts, shellWord } from '@faregate/core'
import { isBelowAnyCall, type KnownPrice, type Priced } from './cheapest.ts'
import type { Check, Finding } from './finding.ts'
import type { Keys } from './rig.ts'

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
export function limitFindings(key: Key, models: Priced[], prices: KnownPrice[], allModels: boolean): Finding[] {
  const callable = models.filter(({ name }) => key.models === null || key.models.some((pattern) => fits(pattern, name)))
  const named = { check: `key ${key.name} (…${key.lastFour})`, result: 'warning' as const, place: 'database' }
  if (callable.length === 0 && key.models !== null && !(allModels && key.models.some((pattern) => /[/*]/.test(pattern)))) {
    const detail = `it may call ${key.models.length === 0 ? 'no model' : `only ${key.models.join(', ')}`}, and no such model is there: it can call nothing`
    return [{ ...named, detail, fix: `faregate key update ${key.id} --models ${shellWord(models[0]?.name ?? 'MODEL')}, or --all-models` }]
  }
  if (key.cap === null || !isBelowAnyCall(key.cap.amount, callable, prices)) return []
  const detail = `its cap of ${key.cap.amount} is below what any call costs: it can never be met`
  return [{ ...named, detail, fix: `faregate key update ${key.id} --cap AMOUNT/${key.cap.period}, or --no-cap` }]
}

function fits(pattern: string, name: string): boolean {
  return fitsParts(pattern.split('*'), name)
}
