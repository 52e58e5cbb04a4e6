import { mkdirSync } from 'node:fs'
import { hashOf } from '@faregate/admin/api-document'
import type { InvoiceBook } from '@faregate/billing'
import type { Clock, ManagedBy, Random } from '@faregate/core'
import type { PriceBook } from '@faregate/gateway'
import { NamedCapBook, VerifiedKeys } from '@faregate/identity'
import { createDocuments } from '@faregate/lifecycle'
import type { Limiter } from '@faregate/limits'
import { environmentProviders, DEMO_MODEL, demo, vendors } from '@faregate/providers'
import { openStore, type Retention, type Store } from '@faregate/store'
import { capsOfNames, createAdminStore, keyByHash, keyByReference, type KeyReference } from '@faregate/store/queries/index'
import { Contracts } from '../apis/contracts.ts'
import type { Configuration } from '../config/schema.ts'
import type { Path, Place } from '../config/finding.ts'
import type { Logger } from '../log/log.ts'
import { redact } from '../log/redact.ts'
import { CataloguePrices } from '../snapshot/catalogue-prices.ts'
import { DatabaseSource, type FixedSources } from '../snapshot/database-source.ts'
import { fileApis, fileModels, fileProviders } from '../snapshot/file-entries.ts'
import { LiveConfiguration } from '../snapshot/live.ts'
import { createPriceBook } from '../snapshot/prices.ts'
import { fixedSettings } from '../snapshot/settings.ts'
import { createInvoiceBook } from '../plans/invoices.ts'
import { Plans } from '../plans/plan-book.ts'
import type { Closers } from './closers.ts'
import { checkCurrency } from './currency.ts'
import { inTime, patientDirectory } from './key-directory.ts'
import { openLimiter } from './limiter.ts'
import { StartRefused, type StartSettings } from './options.ts'
import { openSecrets, type Secrets } from './secrets.ts'

/** What a process works with: the database, the secrets, and the configuration in force. */
export interface Installation {
  clock: Clock
  random: Random
  log: Logger
  store: Store
  secrets: Secrets
  /** Keys as they are known in the configuration in force. */
  keys: VerifiedKeys
  /** The same, by what names a key and is none. */
  callers: VerifiedKeys
  plans: Plans
  /** Caps of single end users and tags, as they are known in the configuration in force. */
  namedCaps: NamedCapBook
  /** What organizations in arrears owe. */
  invoices: InvoiceBook
  live: LiveConfiguration
  limiter: Limiter
  source: DatabaseSource
  /** What calls of published APIs are compared with. */
  contracts: Contracts
  prices: PriceBook
  cataloguePrices: CataloguePrices
}

export interface InstallationOptions {
  settings: StartSettings
  configuration: Configuration
  placeOf: (path: Path) => Place | undefined
  /** OpenAPI documents that the configuration file names, by API. */
  documents: ReadonlyMap<string, string>
  definedBy: (path: Path) => ManagedBy | undefined
  environment: NodeJS.ProcessEnv
  clock: Clock
  random: Random
  log: Logger
}

const DAY_MS = 86_400_000

/** Opens the data folder and the database (recovering what a killed process left) and reads the first snapshot. */
export async function openInstallation(options: InstallationOptions, closers: Closers): Promise<Installation> {
  const { settings, configuration, environment, clock, random, log } = options
  mkdirSync(settings.directory, { recursive: true, mode: 0o700 })
  const secrets = openSecrets(settings.directory, environment, random)
  const store = await openDatabase(options, secrets)
  closers.add(() => store.close())
  const limiter = await openLimiter({ url: settings.redisUrl, installation: secrets.fingerprint, clock, random, log }, closers)
  await checkCurrency(store, configuration.billing.currency)
  await keepDocuments(store, options)
  const cataloguePrices = new CataloguePrices({ store: createAdminStore(store, () => clock.now()), vendors, clock, random, log })
  closers.add(() => cataloguePrices.close().catch(() => undefined))
  const contracts = openContracts(store, options)
  const source = new DatabaseSource({
    store,
    fixed: fixedSources(options),
    unseal: secrets.unseal,
    vendors,
    cataloguePrices,
    contracts,
    log,
  })
  const keys = new VerifiedKeys(
    patientDirectory((presented) => keyByHash(store.read, secrets.hash(presented))),
    clock,
  )
  const callers = new VerifiedKeys(
    patientDirectory((reference) => keyByReference(store.read, JSON.parse(reference) as KeyReference)),
    clock,
  )
  const plans = new Plans(
    createAdminStore(store, () => clock.now()),
    clock,
  )
  const invoices = createInvoiceBook(
    createAdminStore(store, () => clock.now()),
    clock,
  )
  const namedCaps = new NamedCapBook((organization, user, tags) => inTime(capsOfNames(store.read, organization, user, tags)))
  const live = new LiveConfiguration(source, await source.read(await source.version()), log, () => {
    keys.forget()
    callers.forget()
    plans.forget()
    namedCaps.forget()
    invoices.forget()
  })
  closers.add(() => live.close())
  cataloguePrices.onTurn = () => void live.reread()
  const prices = createPriceBook({ vendors, operator: () => source.prices, catalogue: () => source.catalogue, clock })
  const known = { keys, callers, plans, invoices, namedCaps }
  return { clock, random, log, store, secrets, ...known, live, limiter, source, contracts, prices, cataloguePrices }
}

/** Documents of the file are kept where those of the database are: whatever reads one finds it there. */
async function keepDocuments(store: Store, { documents, clock }: InstallationOptions): Promise<void> {
  if (documents.size === 0) return
  await createAdminStore(store, () => clock.now()).write(async (trx) => {
    for (const text of documents.values()) await trx.putApiDocument(hashOf(text), text)
  })
}

function openContracts(store: Store, { clock, log }: InstallationOptions): Contracts {
  const { apiDocuments } = createAdminStore(store, () => clock.now()).read
  return new Contracts({ documents: createDocuments(), textOf: (hash) => apiDocuments.get(hash), log })
}

/** Opens the database. A PostgreSQL that does not answer, or does not let us in, is a sentence for the operator. */
async function openDatabase({ settings, configuration, clock, log }: InstallationOptions, secrets: Secrets): Promise<Store> {
  const { directory, databaseUrl } = settings
  try {
    return await openStore({
      directory,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      clock,
      log: (level, message, facts) => log[level](facts ?? {}, message),
      retention: retentionOf(configuration),
      secretFingerprint: secrets.fingerprint,
    })
  } catch (error) {
    if (databaseUrl === undefined || !(error instanceof Error) || !('code' in error)) throw error
    throw new StartRefused(
      `PostgreSQL cannot be used: ${redact(error.message)}. Start it, or correct --database-url (FAREGATE_DATABASE_URL).`,
    )
  }
}

/** How long the store keeps records. */
export function retentionOf({ retention }: Pick<Configuration, 'retention'>): Retention {
  return { maxAgeMs: retention.days * DAY_MS, maxBytes: retention.bytes }
}

function fixedSources({ settings, configuration, documents, placeOf, definedBy, environment }: InstallationOptions): FixedSources {
  return {
    file: {
      providers: fileProviders(configuration, vendors, placeOf),
      models: fileModels(configuration, placeOf),
      apis: fileApis(configuration, placeOf, documents),
    },
    environment: environmentProviders(environment),
    demo: { provider: demo.kind, model: DEMO_MODEL, baseUrl: demo.defaultBaseUrl ?? '', only: settings.demo },
    settings: fixedSettings(configuration, definedBy),
    currency: configuration.billing.currency,
  }
}
