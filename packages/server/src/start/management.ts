import type { AdminDeps } from '@faregate/admin'
import type { Deployment, ModelsDefinition, PromptDefinition } from '@faregate/core'
import { checkedUrl, UrlRefused } from '@faregate/gateway'
import { createDocuments } from '@faregate/lifecycle'
import { priceTexts } from '@faregate/pricing'
import { vendors } from '@faregate/providers'
import { createAdminStore } from '@faregate/store/queries/index'
import { createDocumentFetcher } from '../apis/fetch-document.ts'
import { probeModels } from '../apis/probe-models.ts'
import { createProber } from '../apis/probe.ts'
import type { Configuration } from '../config/schema.ts'
import { VERSION } from '../installed.ts'
import { createBackups } from '../operate/backups.ts'
import { testApi } from '../operate/test-api.ts'
import { testProviderKeys } from '../operate/test-provider-keys.ts'
import { tryDefinition } from '../operate/try-definition.ts'
import { testProvider } from '../operate/test-provider.ts'
import { cataloguePriceKey } from '../snapshot/prices.ts'
import type { Payments } from '../payments/payments.ts'
import { readTrace } from '../http/problem-answer.ts'
import type { DenialCode } from '@faregate/core'
import type { Closers } from './closers.ts'
import type { Serving } from './data-plane.ts'
import type { Installation } from './installation.ts'
import type { StartSettings } from './options.ts'

/** What the management API is handed. */
export function managementDeps(
  installation: Installation,
  serving: Serving,
  configuration: Configuration,
  settings: StartSettings,
  publicUrl: () => string,
  payments: Payments,
  closers: Closers,
): AdminDeps {
  const { clock, random, store, secrets, live, prices, log } = installation
  const documents = createDocumentFetcher()
  const parsed = createDocuments()
  const prober = createProber(undefined, serving.reachable)
  const probe = (definition: PromptDefinition | ModelsDefinition) =>
    probeModels({ snapshot: () => live.snapshot, prices, vendors }, prober, definition)
  closers.add(() => Promise.all([documents.close(), prober.close()]).then(() => undefined))
  const { backup, restore } = createBackups(store, settings.directory, clock)
  return {
    store: createAdminStore(store, () => clock.now()),
    ledger: serving.ledger,
    verify: () => store.verify(),
    snapshot: () => live.snapshot,
    changed: () => live.refresh(),
    isOperatorToken: secrets.isOperatorToken,
    hashSecret: secrets.hash,
    signingSecret: secrets.signingSecret,
    mint: secrets.mint,
    seal: (plain, name) => secrets.seal(plain, name),
    unseal: (sealed, name) => secrets.unseal(sealed, name),
    rail: payments.rail,
    topUpPage: payments.topUpPage,
    methodPage: payments.methodPage,
    documents: parsed,
    fetchDocument: (url) => documents.fetch(url),
    probeUpstreams: (baseUrls, owner, connection) => prober.probe(baseUrls, owner !== undefined, connection),
    probeModels: probe,
    refusedUrl: (url) => refusedUrl(url),
    refusedUpstream: (url) => refusedUrl(url, serving.reachable),
    sendsMail: configuration.mail !== undefined,
    clock,
    random,
    publicUrl,
    currency: configuration.billing.currency,
    clientCertificates: configuration.clientCertificates,
    settings: () => installation.source.settings,
    log,
    flushed: () => store.records.flush(),
    // The management API has codes of its own; the record keeps whichever it was.
    denied: (row) => store.records.denial({ ...row, code: row.code as DenialCode, trace: readTrace(row.trace) }),
    testProvider: (name) => testProvider({ snapshot: () => live.snapshot, vendors, upstream: serving.upstream }, name),
    testProviderKeys: (name) => testProviderKeys({ snapshot: () => live.snapshot, vendors, upstream: serving.upstream }, name),
    testApi: (name) =>
      testApi({ snapshot: () => live.snapshot, upstream: serving.upstream, upstreams: serving.upstreams, probeModels: probe }, name),
    tryApi: (name, definition, how) => tryDefinition({ ...installation, ...serving, documents: parsed }, name, definition, how),
    providerKinds: () =>
      [...vendors.values()].map(({ kind, title, defaultBaseUrl, keyless }) => ({ kind, title, defaultBaseUrl, keyless: keyless === true })),
    providerState: (name) => serving.health.of(name),
    version: VERSION,
    startedAt: clock.now(),
    cataloguePrice: (deployment) => cataloguePriceOf(installation, deployment),
    priceKeyOf: ({ provider, model }) =>
      cataloguePriceKey({ snapshot: live.snapshot, overrides: installation.source.prices }, vendors, provider, model),
    backup,
    restore: async (file) => {
      const restored = await restore(file)
      await live.refresh()
      return restored
    },
  }
}

/** What the catalogue of prices says of a deployment. */
function cataloguePriceOf({ live, prices }: Installation, deployment: Deployment): ReturnType<AdminDeps['cataloguePrice']> {
  const provider = live.snapshot.providers.get(deployment.provider)
  const table = provider === undefined ? undefined : prices.provider(deployment, provider)
  return table === undefined ? undefined : { version: table.version, rates: priceTexts(table) }
}

function refusedUrl(url: string, reachable?: (address: string) => boolean): string | undefined {
  try {
    checkedUrl(url, reachable)
    return undefined
  } catch (error) {
    if (error instanceof UrlRefused) return error.message
    throw error
  }
}
