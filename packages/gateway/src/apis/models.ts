import { isDenial } from '@faregate/core'
import { authorizeApi, authorizeStage } from '../authorize.ts'
import { waysOf } from '../callers/identify-caller.ts'
import { serveCount } from '../count-tokens.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { permitted, serveModelCall, type Shared } from '../model-call.ts'
import { described, type CallableModel } from '../models/callable.ts'
import { isModelList } from '../models/routes.ts'
import { answerModels, type ModelBook } from '../models/serve.ts'
import { refuse } from '../refuse.ts'
import { retiredApi } from '../retirement.ts'
import { envelopeOf, isFree, surfaceOf } from '../surfaces.ts'
import { isDocument, serveDocument } from './made-document.ts'
import { underPolicy } from './model-policy.ts'
import { modelBehind, modelsFacade, modelUnknown } from './models-facade.ts'
import type { PublishedModels } from './port.ts'

/** A request as a call of published models. `rest`: its path below their prefix, which is one of the gateway's own. */
export function modelsFlow(deps: Pick<GatewayDeps, 'settings'>, flow: Flow, published: PublishedModels, rest: string): Flow {
  const { entry } = published
  const { name, release } = entry
  const { query, headers } = flow.inbound
  const spoken = surfaceOf(rest)?.dialect({ path: rest, query })
  const dialect = spoken === undefined ? envelopeOf({ path: rest, headers }) : underPolicy(spoken, entry)
  return { ...flow, dialect, facade: modelsFacade(entry), ways: waysOf(deps, published), api: { name, route: null, release } }
}

/** A call of published models is one of a model, from the credential to the record; beside it there is what describes them. */
export function serveModelsApi(shared: Shared, flow: Flow, published: PublishedModels, rest: string): Promise<void> {
  const { method } = flow.inbound
  const { dialect } = flow
  if (isDocument(method, rest)) return serveDocument(shared, flow, published)
  if (isModelList(method, rest)) return serveOwnModels(shared, flow, published, rest)
  if (dialect === undefined) throw new TypeError('a call of published models has a dialect')
  return isFree(dialect) ? serveCount(shared, flow, dialect, rest) : serveModelCall(shared, flow, dialect, rest)
}

/** The models of the API, to whoever may call it. */
async function serveOwnModels(shared: Shared, flow: Flow, { entry }: PublishedModels, rest: string): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'apis')
  if (isDenial(key)) return refuse(deps, flow, key)
  const refused = authorizeApi(key, entry.name) ?? retiredApi(deps, entry) ?? authorizeStage(key, entry, deps.settings.publicUrl())
  return refused === undefined ? answerModels(deps, flow, bookOf(shared, entry), rest) : refuse(deps, flow, refused)
}

function bookOf({ locator }: Shared, entry: PublishedModels['entry']): ModelBook {
  const one: ModelBook['one'] = (name) => {
    if (!Object.hasOwn(entry.models, name)) return modelUnknown(entry, name)
    const route = modelBehind(locator, entry, name)
    return isDenial(route) ? route : within(entry, { ...described(route), id: name, owner: entry.name })
  }
  const list = () => Object.keys(entry.models).flatMap((name) => callable(one(name)))
  return { one, list }
}

function callable(model: ReturnType<ModelBook['one']>): CallableModel[] {
  return isDenial(model) ? [] : [model]
}

function within({ policy }: PublishedModels['entry'], model: CallableModel): CallableModel {
  const limits = [policy?.maxTokens, model.outputLimit].filter((limit) => limit !== undefined)
  return limits.length === 0 ? model : { ...model, outputLimit: Math.min(...limits) }
}
