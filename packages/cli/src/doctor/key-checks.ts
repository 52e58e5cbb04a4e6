import { fitsParts, shellWord } from '@faregate/core'
import { isBelowAnyCall, type Callable } from './cheapest.ts'
import type { Check, Finding } from './finding.ts'
import type { Keys } from './rig.ts'

type Key = Pick<Keys[number], 'id' | 'name' | 'lastFour' | 'models' | 'apis' | 'cap' | 'state'>

export const keys: Check = async (rig) => {
  const all = await rig.keys()
  if (all.length > 0) return [{ check: 'keys', result: 'ok', detail: 'there are keys' }]
  return [{ check: 'keys', result: 'warning', detail: 'there is no key yet', fix: 'faregate key create --credit 5' }]
}

export const keyLimits: Check = async (rig) => {
  const [all, models, prices, apis, allModels] = await Promise.all([rig.keys(), rig.models(), rig.prices(), rig.apis(), rig.allModels()])
  return all.filter(({ state }) => state === 'active').flatMap((key) => limitFindings(key, { models, prices, apis }, allModels))
}

/** Limits that no request can meet: a list that names no model, and a cap below what the cheapest call costs. */
export function limitFindings(key: Key, { models, prices, apis }: Callable, allModels: boolean): Finding[] {
  const callable = models.filter(({ name }) => allows(key.models, name))
  const callableApis = apis.filter(({ name }) => allows(key.apis, name))
  const named = { check: `key ${key.name} (…${key.lastFour})`, result: 'warning' as const, place: 'database' }
  if (callable.length === 0 && key.models !== null && !(allModels && key.models.some((pattern) => /[/*]/.test(pattern)))) {
    const detail = `it may call ${key.models.length === 0 ? 'no model' : `only ${key.models.join(', ')}`}, and no such model is there: it can call ${callableApis.length === 0 ? 'nothing' : 'no model'}`
    return [{ ...named, detail, fix: `faregate key update ${key.id} --models ${shellWord(models[0]?.name ?? 'MODEL')}, or --all-models` }]
  }
  if (key.cap === null || !isBelowAnyCall(key.cap.amount, { models: callable, prices, apis: callableApis })) return []
  const detail = `its cap of ${key.cap.amount} is below what any call costs: it can never be met`
  return [{ ...named, detail, fix: `faregate key update ${key.id} --cap AMOUNT/${key.cap.period}, or --no-cap` }]
}

/** Null: all of them. */
function allows(patterns: readonly string[] | null, name: string): boolean {
  return patterns === null || patterns.some((pattern) => fits(pattern, name))
}

function fits(pattern: string, name: string): boolean {
  return fitsParts(pattern.split('*'), name)
}
