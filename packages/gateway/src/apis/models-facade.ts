import { isDenial, type Denial, type ModelsApi } from '@faregate/core'
import { authorizeStage } from '../authorize.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Facade } from '../facade.ts'
import type { Flow } from '../flow.ts'
import type { Locator, Route } from '../locate.ts'
import { nearest } from '../nearest.ts'
import { wantedOf } from '../plans/wanted.ts'
import { apiDeprecation, retiredApi } from '../retirement.ts'
import { SURFACES, surfaceOf } from '../surfaces.ts'
import { unknown } from './locate.ts'
import { isServed } from './model-policy.ts'
import { HIDDEN, isOfModel, toBeMended } from './prompt-facade.ts'

/** How callers' names of models are told, wherever that of the installation would be. */
const NAMED = ['model', 'faregate-model']

/**
 * Published models: callers name them as the API does, and whatever is wrong with what is behind such a name is its publisher's to mend.
 * Made for one request: it remembers which name that has.
 */
export function modelsFacade(entry: ModelsApi): Facade {
  let called: string | undefined
  return {
    choosable: true,
    othersToo: false,
    queryKeys: true,
    locate: (deps, flow, path) => locate(deps, flow, entry, path),
    find(locator, name) {
      called = nameIn(entry, name)
      return called === undefined ? modelUnknown(entry, name) : modelBehind(locator, entry, called)
    },
    // Of an organization they are sold as models are: nobody publishes a way around the plans of the operator.
    product: (request, path, model) => (entry.organization === undefined ? { api: entry.name } : wantedOf(request, path, model)),
    told: (denial) => told(entry, denial, called),
    shown: (facts) => {
      const shown = Object.fromEntries(Object.entries(facts).filter(([name]) => !HIDDEN.has(name) || NAMED.includes(name)))
      for (const name of NAMED) if (called !== undefined && name in shown) Object.assign(shown, { [name]: called })
      return shown
    },
    deprecation: (deps) => apiDeprecation(deps, entry, undefined),
  }
}

function locate(deps: GatewayDeps, flow: Flow, entry: ModelsApi, path: string): Denial | undefined {
  const closed = retiredApi(deps, entry) ?? (flow.key && authorizeStage(flow.key, entry, deps.settings.publicUrl()))
  if (closed !== undefined) return closed
  const { name, prefix, release } = entry
  const surface = surfaceOf(path)
  if (surface === undefined || !isServed(entry, surface)) {
    const served = SURFACES.filter((one) => isServed(entry, one)).map((one) => one.path)
    const didYouMean = nearest(path, new Set(served)).map((one) => prefix + one)
    return { ...unknown(name, `The API "${name}" has no route for this path.`), didYouMean }
  }
  const { method } = flow.inbound
  if (method !== 'POST') return { ...unknown(name, `The path is right, but it takes POST, not ${method}.`), allow: ['POST'] }
  flow.api = { name, route: `POST ${surface.path}`, release }
  return undefined
}

/** The name that callers mean, also as Ollama's clients write it: with the tag that stands for none. */
function nameIn({ models }: ModelsApi, name: string): string | undefined {
  return [name, name.replace(/:latest$/, '')].find((one) => Object.hasOwn(models, one))
}

/** The model behind a name, within what the policy says of its output. */
export function modelBehind(locator: Locator, entry: ModelsApi, called: string): Route | Denial {
  const found = locator.find(entry.models[called] ?? '', () => false)
  if (isDenial(found)) return toBeMended(entry, found)
  const { maxTokens, defaults } = entry.policy ?? {}
  const most = defaults?.maxTokens ?? maxTokens
  return most === undefined ? found : boundedRoute(found, most)
}

/** Routes are resolved once for a configuration; so are they within a bound. */
const bounded = new WeakMap<Route, Map<number, Route>>()

function boundedRoute(route: Route, maxOutputWhenAbsent: number): Route {
  const known = bounded.get(route) ?? new Map<number, Route>()
  bounded.set(route, known)
  const made = known.get(maxOutputWhenAbsent) ?? { ...route, model: { ...route.model, maxOutputWhenAbsent } }
  known.set(maxOutputWhenAbsent, made)
  return made
}

/** Refuses a name that the API has no model for. */
export function modelUnknown({ name: api, prefix, models }: ModelsApi, name: string): Denial {
  const didYouMean = nearest(name, Object.keys(models))
  const [first] = didYouMean
  const suggestion = first === undefined ? '' : ` Did you mean ${didYouMean.map((one) => `"${one}"`).join(' or ')}?`
  return {
    code: 'model_unknown',
    detail: `The API "${api}" has no model named "${name.slice(0, 128)}".${suggestion} GET ${prefix}/v1/models lists those that it has.`,
    pointer: '/model',
    scope: { level: 'api', id: api },
    didYouMean,
    fixes: [
      { kind: 'change_request', action: 'use_known_model', by: 'caller', canYou: true, ...(first === undefined ? {} : { model: first }) },
    ],
  }
}

function told(entry: ModelsApi, denial: Denial, called: string | undefined): Denial {
  const { scope, fixes = [] } = denial
  if (isOfModel(denial) && scope?.level !== 'api') return toBeMended(entry, denial)
  if (fixes.some(({ action }) => action === 'use_model_of_endpoint'))
    return { ...denial, detail: `The model "${called ?? ''}" of the API "${entry.name}" cannot be called here. Send one that can.` }
  return scope?.level === 'provider' ? { ...denial, scope: { level: 'api', id: entry.name } } : denial
}
