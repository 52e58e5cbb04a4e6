import type { Denial, Deployment, ModelEntry, ProviderEntry, Snapshot } from '@faregate/core'
import type { PriceTable } from '@faregate/pricing'
import { hidesOutput, type Vendor } from '@faregate/wire'
import type { GatewayDeps } from './deps.ts'
import { nearest } from './nearest.ts'
import { retiredModel } from './retirement.ts'

/** A deployment with everything that calling and charging need, resolved once per configuration. */
export interface Candidate {
  deployment: Deployment
  provider: ProviderEntry
  vendor: Vendor
  price: PriceTable
  providerPrice: PriceTable | undefined
  /** The most output that this model makes by itself in one answer, where the entry or the catalogue says. */
  maxOutput: number | undefined
}

/** Where a model's requests can go. */
export interface Route {
  model: ModelEntry
  candidates: Candidate[]
  /** Output can be billed without being seen (M14). */
  hiddenOutput: boolean
  /** The most output in one answer: of the model entry, else the catalogue's smallest over the deployments. */
  maxOutput: number | undefined
}

type LocatorDeps = Pick<GatewayDeps, 'snapshot' | 'prices' | 'vendors'>

/** Finds routes and remembers them for as long as the snapshot lasts. */
export class Locator {
  readonly #deps: LocatorDeps
  #snapshot: Snapshot | undefined
  #routes = new Map<string, Route | Denial>()

  constructor(deps: LocatorDeps) {
    this.#deps = deps
  }

  /** The route of a model, by the name that callers use. An unknown one is told names that `mayCall` lets it have. */
  find(name: string, mayCall: (name: string) => boolean = () => true): Route | Denial {
    const snapshot = this.#deps.snapshot()
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot
      this.#routes = new Map()
    }
    const known = this.#routes.get(name)
    if (known !== undefined) return known
    const entry = snapshot.models.get(name) ?? snapshot.models.get(untagged(name))
    if (entry === undefined) return this.#byProvider(snapshot, name, mayCall)
    const route = retiredModel(entry) ?? this.#resolve(snapshot, entry)
    this.#routes.set(name, route)
    return route
  }

  /** `provider/model` without an entry, where `allModels` is on; anything else is unknown. */
  #byProvider(snapshot: Snapshot, name: string, mayCall: (name: string) => boolean): Route | Denial {
    const slash = name.indexOf('/')
    const provider = slash > 0 ? snapshot.providers.get(name.slice(0, slash)) : undefined
    if (!snapshot.allModels || provider === undefined || slash === name.length - 1)
      return modelUnknown(nearest(name, [...snapshot.models.keys()].filter(mayCall)), name)
    return this.#resolve(snapshot, {
      name,
      deployments: [{ provider: provider.name, model: name.slice(slash + 1), weight: 1 }],
      managedBy: provider.managedBy,
    })
  }

  #resolve(snapshot: Snapshot, model: ModelEntry): Route | Denial {
    const { prices, vendors } = this.#deps
    const candidates: Candidate[] = []
    for (const deployment of model.deployments) {
      const provider = snapshot.providers.get(deployment.provider)
      const vendor = provider === undefined ? undefined : vendors.get(provider.kind)
      if (provider === undefined || vendor === undefined) return misconfigured(model, deployment)
      const price = prices.charged(model, deployment, provider)
      if (price === undefined)
        return priceMissing(model.name, `no price for ${deployment.model} at ${deployment.provider}, in the configuration or the catalogue`)
      candidates.push({
        deployment,
        provider,
        vendor,
        price,
        providerPrice: prices.provider(deployment, provider),
        maxOutput: model.maxOutput ?? prices.maxOutput(deployment, provider),
      })
    }
    if (candidates.length === 0) return misconfigured(model, undefined)
    const usable = candidates.filter(({ provider }) => provider.keyless || provider.keys.length > 0)
    if (usable.length === 0) return noProviderKey(model, candidates)
    return {
      model,
      candidates: usable,
      hiddenOutput:
        model.hiddenOutput ?? usable.some(({ deployment, price }) => hidesOutput(deployment.model) || price.rates.reasoning !== undefined),
      maxOutput: smallest(usable.map(({ maxOutput }) => maxOutput)),
    }
  }
}

/** A name as Ollama's clients write it, without the tag that stands for none. */
function untagged(name: string): string {
  return name.replace(/:latest$/, '')
}

function smallest(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function modelUnknown(didYouMean: string[], name: string): Denial {
  const suggestion = didYouMean.length > 0 ? ` Did you mean ${didYouMean.map((other) => `"${other}"`).join(' or ')}?` : ''
  return {
    code: 'model_unknown',
    detail: `No model named "${name.slice(0, 128)}" is served here.${suggestion} GET /v1/models lists what your key may call.`,
    pointer: '/model',
    didYouMean,
    fixes: [
      {
        kind: 'change_request',
        action: 'use_known_model',
        by: 'caller',
        canYou: true,
        ...(didYouMean[0] === undefined ? {} : { model: didYouMean[0] }),
      },
    ],
  }
}

function misconfigured(model: ModelEntry, deployment: Deployment | undefined): Denial {
  const cause =
    deployment === undefined
      ? 'it has no deployment'
      : `its deployment names the provider "${deployment.provider}", which does not exist or is of an unknown kind`
  return {
    code: 'gateway_misconfigured',
    detail: `The model "${model.name}" is not configured properly.`,
    operatorDetail: `model ${model.name}: ${cause}`,
    scope: { level: 'model', id: model.name },
    fixes: [{ kind: 'configure', action: 'mend_model', by: 'operator', canYou: false }],
  }
}

/** Also used where only some bucket of a request has no price. */
export function priceMissing(model: string, cause: string): Denial {
  return {
    code: 'price_missing',
    detail: `The model "${model}" has no price for what this request can use, and nothing is served free by accident.`,
    operatorDetail: cause,
    scope: { level: 'model', id: model },
    fixes: [{ kind: 'configure', action: 'set_price', by: 'operator', canYou: false }],
  }
}

function noProviderKey(model: ModelEntry, candidates: Candidate[]): Denial {
  const names = candidates.map(({ provider }) => provider.name).join(', ')
  return {
    code: 'no_provider_key',
    detail: `The model "${model.name}" cannot be called, because its provider has no key yet.`,
    operatorDetail: `no key for provider ${names}`,
    scope: { level: 'model', id: model.name },
    fixes: [{ kind: 'configure', action: 'set_provider_key', by: 'operator', canYou: false }],
  }
}
