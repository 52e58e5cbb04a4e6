import { isApi, type Denial, type KeyScope, type Product, type TraceStep } from '@faregate/core'
import type { EndpointDialect, ModelRequest } from '@faregate/wire'
import type { GatewayDeps } from './deps.ts'
import type { Flow } from './flow.ts'
import type { Locator, Route } from './locate.ts'
import { wantedOf } from './plans/wanted.ts'
import { modelDeprecation } from './retirement.ts'
import { isFree } from './surfaces.ts'

/** What callers see of the model that serves them. Where something else stands before it, they learn nothing of the model. */
export interface Facade {
  /** Whether callers name the model themselves. */
  readonly choosable: boolean
  /** Whether any other model of the installation may be named to them. */
  readonly othersToo: boolean
  /** Whether a key may stand in the query, where some clients of models put it. */
  readonly queryKeys: boolean
  /** Why a request is no call of it; undefined: it is one. `path`: where it is sent. */
  locate(deps: GatewayDeps, flow: Flow, path: string): Denial | undefined
  /** The route of the model that callers name. An unknown one is told names that `mayCall` lets them have. */
  find(locator: Locator, name: string, mayCall: (name: string) => boolean): Route | Denial
  /** As what a call is sold and permitted. */
  product(request: ModelRequest, path: string, model: string): Product
  /** A refusal as it is told, also to itself. */
  told(denial: Denial, flow: Pick<Flow, 'request'>): Denial
  /** Facts or headers, without those that are not told. */
  shown<Value>(facts: Record<string, Value>): Record<string, Value>
  /** Headers that say of what is called that it goes. */
  deprecation(deps: GatewayDeps, flow: Pick<Flow, 'route'>): Record<string, string>
}

/** A model that is called by its name: nothing stands before it. */
export const BARE_MODEL: Facade = {
  choosable: true,
  othersToo: true,
  queryKeys: true,
  locate: () => undefined,
  find: (locator, name, mayCall) => locator.find(name, mayCall),
  product: wantedOf,
  told: (denial) => denial,
  shown: (facts) => facts,
  deprecation: (deps, { route }) => (route === undefined ? {} : modelDeprecation(deps, route.model)),
}

/** What a key needs for a call of a product. */
export function scopeFor(product: Product, dialect: EndpointDialect): KeyScope {
  if (isApi(product)) return 'apis'
  return isFree(dialect) ? 'count' : 'models'
}

/** The steps of a trace as they are told. */
export function shownSteps(facade: Facade, steps: readonly TraceStep[]): TraceStep[] {
  return steps.map(({ facts, ...step }) => (facts === undefined ? step : { ...step, facts: facade.shown(facts) }))
}
