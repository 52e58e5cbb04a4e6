import type { Clock, Deployment, ModelEntry, ProviderEntry, Snapshot } from '@faregate/core'
import type { PriceBook } from '@faregate/gateway'
import { loadCatalogue, resolvePrice, type Catalogue, type PriceTable, type PublishedCatalogue } from '@faregate/pricing'
import type { Vendor } from '@faregate/wire'

/** The operator's prices, decimal strings by bucket, under `provider/model`. */
export type OperatorPrices = ReadonlyMap<string, Record<string, string>>

export interface PriceSourcesInForce {
  vendors: ReadonlyMap<string, Vendor>
  operator: () => OperatorPrices
  catalogue: () => Catalogue | undefined
  clock: Clock
}

const NO_CATALOGUE: Catalogue = { version: 'none', find: () => undefined, facts: () => ({}) }

/** Prices of deployments: the model's own, else the operator's for provider and model, else the vendor's, else the catalogue's. */
export function createPriceBook(sources: PriceSourcesInForce): PriceBook {
  const resolve = (model: Record<string, string> | undefined, deployment: Deployment, provider: ProviderEntry): PriceTable | undefined => {
    const vendor = sources.vendors.get(provider.kind)
    const resolution = resolvePrice(
      {
        model,
        operator: sources.operator().get(`${provider.name}/${deployment.model}`) ?? vendor?.price,
        catalogue: sources.catalogue() ?? NO_CATALOGUE,
        priceKey: vendor?.priceKey,
        upstreamModel: deployment.model,
      },
      sources.clock.now(),
    )
    return resolution.ok ? resolution.table : undefined
  }
  return {
    charged: (model: ModelEntry, deployment, provider) => resolve(model.price, deployment, provider),
    provider: (deployment, provider) => resolve(undefined, deployment, provider),
    maxOutput: (deployment, provider) => {
      const priceKey = sources.vendors.get(provider.kind)?.priceKey
      return priceKey === undefined ? undefined : sources.catalogue()?.facts(priceKey, deployment.model).maxOutput
    },
  }
}

/** How the catalogue names a provider's vendor, where a model there costs what the catalogue says: neither operator nor vendor set a price. */
export function cataloguePriceKey(
  { snapshot, overrides }: { snapshot: Snapshot; overrides: OperatorPrices },
  vendors: ReadonlyMap<string, Vendor>,
  provider: string,
  model: string,
): string | undefined {
  const vendor = vendors.get(snapshot.providers.get(provider)?.kind ?? '')
  return vendor?.price !== undefined || overrides.has(`${provider}/${model}`) ? undefined : vendor?.priceKey
}

let loading: Promise<PublishedCatalogue> | undefined

/** The catalogue, if any provider of the snapshot is in it: it costs time and memory that a demo need not spend. */
export async function catalogueFor(snapshot: Snapshot, vendors: ReadonlyMap<string, Vendor>): Promise<PublishedCatalogue | undefined> {
  const needed = [...snapshot.providers.values()].some(({ kind }) => vendors.get(kind)?.priceKey !== undefined)
  if (!needed && loading === undefined) return undefined
  loading ??= loadCatalogue()
  return loading
}
