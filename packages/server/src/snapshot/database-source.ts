import {
  servedReleases,
  settingsInForce,
  stageOf,
  type ApiEntry,
  type ModelEntry,
  type ProviderEntry,
  type SettingsInForce,
  type Snapshot,
  type StoredSettings,
} from '@faregate/core'
import type { Store } from '@faregate/store'
import { readConfiguration } from '@faregate/store/queries/index'
import { shareOf, type Catalogue } from '@faregate/pricing'
import type { Vendor } from '@faregate/wire'
import type { Contracts } from '../apis/contracts.ts'
import type { Logger } from '../log/log.ts'
import { buildSnapshot, type SnapshotSources } from './build.ts'
import type { CataloguePrices } from './catalogue-prices.ts'
import type { ConfigurationSource } from './live.ts'
import { catalogueFor, type OperatorPrices } from './prices.ts'

/** What the database adds, as far as it can be read. */
interface Stored {
  providers: ProviderEntry[]
  models: ModelEntry[]
  apis: ApiEntry[]
  staged: ApiEntry[]
  prices: OperatorPrices
  settings: StoredSettings
}

/** What file, environment and start say, for as long as the process runs. */
export type FixedSources = Omit<SnapshotSources, 'version' | 'database' | 'allModels'> & { settings: SettingsInForce }

/** Reads snapshots from file, environment and database; keeps the prices and settings that belong to the newest. */
export class DatabaseSource implements ConfigurationSource {
  readonly #store: Pick<Store, 'read' | 'configurationVersion'>
  readonly #fixed: FixedSources
  readonly #unseal: (sealed: string, name: string) => string
  readonly #vendors: ReadonlyMap<string, Vendor>
  readonly #cataloguePrices: Pick<CataloguePrices, 'inForce'>
  readonly #contracts: Pick<Contracts, 'prepare'>
  readonly #log: Pick<Logger, 'error'>
  #apis = new Map<string, { text: string; entry: ApiEntry }>()
  prices: OperatorPrices = new Map()
  catalogue: Catalogue | undefined
  settings: SettingsInForce

  constructor(options: {
    store: Pick<Store, 'read' | 'configurationVersion'>
    fixed: FixedSources
    unseal: (sealed: string, name: string) => string
    vendors: ReadonlyMap<string, Vendor>
    cataloguePrices: Pick<CataloguePrices, 'inForce'>
    contracts: Pick<Contracts, 'prepare'>
    log: Pick<Logger, 'error'>
  }) {
    this.#store = options.store
    this.#fixed = options.fixed
    this.#unseal = options.unseal
    this.#vendors = options.vendors
    this.#cataloguePrices = options.cataloguePrices
    this.#contracts = options.contracts
    this.#log = options.log
    this.settings = options.fixed.settings
  }

  version(): Promise<number> {
    return this.#store.configurationVersion()
  }

  async read(version: number): Promise<Snapshot> {
    const stored = await this.#stored()
    const settings = settingsInForce(this.#fixed.settings, stored.settings)
    const snapshot = buildSnapshot({ ...this.#fixed, version, database: stored, allModels: settings.allModels.value })
    await this.#contracts.prepare(servedReleases(snapshot))
    const published = await catalogueFor(snapshot, this.#vendors)
    const limit = shareOf(settings['prices.approveAbove'].value)
    this.catalogue = published && (await this.#cataloguePrices.inForce({ snapshot, overrides: stored.prices, published, limit }))
    this.prices = stored.prices
    this.settings = settings
    return snapshot
  }

  /** A provider, or an API, whose secrets cannot be opened is left out: what needs it is refused, the others go on. */
  async #stored(): Promise<Stored> {
    const unopened = new Set<string>()
    const { providers, models, apis, staged, prices, settings } = await readConfiguration(this.#store.read, (sealed, name) => {
      try {
        return this.#unseal(sealed, name)
      } catch (error) {
        const [kind = '', owner = name] = name.split(':')
        unopened.add(`${kind}:${owner}`)
        this.#log.error(
          { [kind]: owner, error: String(error) },
          `the ${kind === 'api' ? 'secret of an API' : 'key of a provider'} cannot be opened: was the secret changed? It is left out`,
        )
        return ''
      }
    })
    const opened = (entries: ApiEntry[]) => entries.filter(({ name }) => !unopened.has(`api:${name}`))
    return {
      providers: providers.filter(({ name }) => !unopened.has(`provider:${name}`)),
      models,
      ...this.#sameApis({ apis: opened(apis), staged: opened(staged) }),
      prices: new Map(prices.map(({ provider, model, rates }) => [`${provider}/${model}`, rates])),
      settings,
    }
  }

  /** An API that is as it was stays the same entry: what was made of it is not made again with every change of something else. */
  #sameApis({ apis, staged }: Pick<Stored, 'apis' | 'staged'>): Pick<Stored, 'apis' | 'staged'> {
    const known = this.#apis
    this.#apis = new Map()
    const same = (entry: ApiEntry): ApiEntry => {
      const [key, text] = [`${stageOf(entry)} ${entry.name}`, JSON.stringify(entry)]
      const before = known.get(key)
      const kept = before?.text === text ? before : { text, entry }
      this.#apis.set(key, kept)
      return kept.entry
    }
    return { apis: apis.map(same), staged: staged.map(same) }
  }
}
