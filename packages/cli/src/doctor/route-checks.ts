import { fitsParts, shellWord } from '@faregate/core'
import { placeOf } from '../place.ts'
import { planCommand, type Plan } from '../plan-command.ts'
import type { Check, Finding } from './finding.ts'
import type { Apis } from './rig.ts'

type Api = Pick<Apis[number], 'name' | 'kind' | 'routes' | 'managedBy'>

/** Routes that are told by name; a document may bring hundreds. */
const MOST_NAMED = 5

export const routes: Check = async (rig) => (await rig.apis()).flatMap(unpricedRoutes)

/** A route that has neither a price nor is declared free, of a release that was published nevertheless. */
function unpricedRoutes({ name, routes: all, managedBy }: Api): Finding[] {
  const unpriced = all.filter(({ price, free, off }) => price === null && !free && !off).map(({ method, path }) => `${method} ${path}`)
  if (unpriced.length === 0) return []
  const named = unpriced.slice(0, MOST_NAMED)
  const more = unpriced.length > MOST_NAMED ? ` and ${unpriced.length - MOST_NAMED} more` : ''
  const words = unpriced.length > MOST_NAMED ? ['* PRICE'] : named.map((route) => `${route} PRICE`)
  const edit = `faregate api edit ${shellWord(name)} ${words.map((word) => `--price ${shellWord(word)}`).join(' ')}`
  return [
    {
      check: `routes of ${name}`,
      result: 'failed',
      detail: `${named.join(', ')}${more}: neither a price is set, nor that it is free: calls are refused`,
      place: placeOf(managedBy),
      fix: `${edit} && faregate api publish ${shellWord(name)}`,
    },
  ]
}

export const soldApis: Check = async (rig) => {
  const [apis, plans] = await Promise.all([rig.apis(), rig.plans()])
  return apis.flatMap((api) => soldFindings(api, plans))
}

/** APIs that cost something and that the plans on sale forget: in none of them, or in none that anybody may have. */
function soldFindings(api: Api, plans: readonly Plan[]): Finding[] {
  const { name, managedBy } = api
  const [selling] = plans.filter(({ apis }) => apis.length > 0)
  if (selling === undefined || isFree(api)) return []
  const shared = { check: `plans of ${name}`, result: 'warning' as const, place: placeOf(managedBy) }
  const having = plans.filter(({ apis }) => apis.some((pattern) => fitsParts(pattern.split('*'), name)))
  if (having.length === 0) {
    const detail = 'other APIs are sold by plan, and it is in none: it is sold from the balance alone'
    return [{ ...shared, detail, fix: planCommand({ ...selling, apis: [...selling.apis, name] }) }]
  }
  const closed = having.find(({ exclusive }) => exclusive)
  if (closed === undefined || having.some(({ listed }) => listed)) return []
  const detail = `it is sold by plan only (${having.map((plan) => plan.name).join(', ')}), and nobody may subscribe to that`
  return [{ ...shared, detail, fix: planCommand({ ...closed, listed: true }) }]
}

function isFree({ kind, routes: all }: Api): boolean {
  return kind === 'http' && all.every(({ free, off }) => free || off)
}
