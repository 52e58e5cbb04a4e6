import type { AdminQueries } from '@faregate/admin'
import { servedReleases } from '@faregate/core'
import {
  CallerBook,
  createGateway,
  createMediaFetcher,
  createUpstreamClient,
  isPublicAddress,
  ResponseStore,
  UpstreamBook,
  type Gateway,
  type GatewayDeps,
  type UpstreamClient,
  type UpstreamLimits,
} from '@faregate/gateway'
import { inRanges } from '@faregate/identity'
import { CommitQueue } from '@faregate/ledger'
import { createTokenCounter } from '@faregate/pricing'
import { vendors } from '@faregate/providers'
import { createAdminStore, useNonce } from '@faregate/store/queries/index'
import { createIssuerClient, type IssuerClient } from '../apis/issuers.ts'
import { HealthChecks } from '../apis/health-checks.ts'
import { createMocks } from '../apis/mocks.ts'
import type { Configuration } from '../config/schema.ts'
import { ProviderHealth } from '../health/providers.ts'
import { createMetrics, type Metrics } from '../metrics/metrics.ts'
import { observedRecorder } from '../metrics/recorder.ts'
import { apiDirectory } from '../snapshot/apis.ts'
import { createBalanceReader } from '../snapshot/balances.ts'
import { gatewaySettings } from '../snapshot/settings.ts'
import type { Payments } from '../payments/payments.ts'
import { LateLimitDesk } from '../plans/limit-desk.ts'
import { Renewals } from '../plans/renewals.ts'
import type { Closers } from './closers.ts'
import type { Installation } from './installation.ts'
import { inTime } from './key-directory.ts'

/** The gateway and what it shares with the rest of the process. */
export interface Serving {
  gateway: Gateway
  ledger: CommitQueue
  upstream: UpstreamClient
  /** Which addresses the upstreams of organizations' APIs may have. */
  reachable: (address: string) => boolean
  /** What is known of the upstreams of published APIs. */
  upstreams: UpstreamBook
  health: ProviderHealth
  metrics: Metrics
  /** Opened by whoever assembles the management API. */
  limitDesk: LateLimitDesk
  /** Set by whoever hands requests in. */
  addresses: { of: (requestId: string) => string | undefined }
}

/** How long a stream waits for its next slice (M13), a settle for the database (M25), usage after a finish reason (M21). */
const WAITS = { coverMs: 10_000, settleMs: 5_000, usageAfterFinishMs: 500 }

/** Builds the data plane on an installation. */
export function assembleDataPlane(
  installation: Installation,
  configuration: Configuration,
  publicUrl: () => string,
  payments: Payments,
  closers: Closers,
): Serving {
  const { clock, random, store, keys, plans, invoices, namedCaps, live, limiter, prices, cataloguePrices, log } = installation
  const { limits } = configuration
  const health = new ProviderHealth()
  const addresses: Serving['addresses'] = { of: () => undefined }
  const metrics = createMetrics({
    ledgerDepth: () => ledger.depth,
    unsettled: () => gateway.unsettled,
    recordsDropped: () => store.records.dropped,
    recordsWaiting: () => store.records.depth,
    configurationVersion: () => live.snapshot.version,
    pricesPending: () => cataloguePrices.pending.length,
    isModel: (name) => live.snapshot.models.has(name),
    isApi: (name) => live.snapshot.apis.has(name) || live.snapshot.staged.has(name),
  })
  const onFailure = (error: unknown): void => log.error({ error: String(error) }, 'a ledger batch failed')
  const ledger = new CommitQueue(metrics.measured(store.engine), { onFailure })
  closers.add(() => ledger.close())
  const adminStore = createAdminStore(store, () => clock.now())
  const renewals = new Renewals({ store: adminStore, ledger, clock, random, changed: () => live.refresh(), log })
  closers.add(() => renewals.close())
  plans.collectBy = (id) => renewals.collect(id)
  const reachable = reachableFrom(configuration.publishing.networks)
  const { upstream, upstreams } = openUpstreams(limits, reachable, installation, publicUrl, closers)
  const limitDesk = new LateLimitDesk()
  const tokens = createTokenCounter()
  closers.add(() => tokens.close())
  const gateway = createGateway({
    clock,
    random,
    snapshot: () => live.snapshot,
    keys,
    ledger,
    instance: store.instance,
    balances: createBalanceReader(store, adminStore.read.money, clock),
    limiter,
    plans,
    ...publishedApis(adminStore.read, installation, upstreams, openIssuers(configuration, closers), limits),
    namedCaps,
    limitDesk,
    invoices,
    prices,
    vendors,
    tokens,
    upstream,
    fetchMedia: createMediaFetcher(),
    recorder: observedRecorder({
      recorder: store.records,
      metrics,
      health,
      prices: cataloguePrices,
      log,
      addressOf: (id) => addresses.of(id),
    }),
    settings: gatewaySettings(() => installation.source.settings, {
      publicUrl,
      currency: configuration.billing.currency,
      ...(payments.rail === undefined ? {} : { topUpPage: payments.topUpPage, methodPage: payments.methodPage }),
      limits: { keepAliveMs: limits.keepAliveMs, ...WAITS },
    }),
    log,
  })
  return { gateway, ledger, upstream, reachable, upstreams, health, metrics, limitDesk, addresses }
}

/** The public internet, and what the operator opens beside it. */
function reachableFrom(networks: readonly string[]): Serving['reachable'] {
  return (address) => isPublicAddress(address) || inRanges(networks, address)
}

/** APIs as they are in force, and as their documents say. */
function publishedApis(
  read: AdminQueries,
  { live, contracts, keys, callers, secrets, store }: Installation,
  upstreams: UpstreamBook,
  issuers: IssuerClient,
  limits: { bodyBytes: number },
): Pick<GatewayDeps, 'apis' | 'mocks'> {
  const snapshot = () => live.snapshot
  const nonces = { use: (key: string, nonce: string, until: number) => inTime(useNonce(store, key, nonce, until)) }
  const { signingSecret, readToken } = secrets
  const book = new CallerBook({ keys, callers, signingSecret, readToken, nonces, issuers, authority: issuers })
  return { apis: apiDirectory(snapshot, upstreams, contracts, book, limits), mocks: createMocks(read, snapshot) }
}

/** What asks the issuers of callers' tokens: on the public internet, and in the networks that the configuration names. */
function openIssuers({ issuerNetworks }: Configuration, closers: Closers): IssuerClient {
  const issuers = createIssuerClient(reachableFrom(issuerNetworks))
  closers.add(() => issuers.close())
  return issuers
}

/** The client of all upstreams, and what is known of those of published APIs, which are asked how they are where that is wanted. */
function openUpstreams(
  limits: UpstreamLimits & { cacheBytes: number },
  reachable: Serving['reachable'],
  { live, random, log, secrets, clock }: Installation,
  publicUrl: () => string,
  closers: Closers,
): Pick<Serving, 'upstream' | 'upstreams'> {
  const upstream = createUpstreamClient(limits, reachable)
  closers.add(() => upstream.close())
  const now = () => clock.now()
  const signer = { sign: (claims: Record<string, unknown>) => secrets.assertions.sign({ iss: publicUrl(), ...claims }), now }
  const upstreams = new UpstreamBook(upstream, signer, new ResponseStore(limits.cacheBytes, now))
  const checks = new HealthChecks({ upstreams, client: upstream, random, log })
  closers.add(() => checks.close())
  live.watch((snapshot) => checks.apply(servedReleases(snapshot)))
  return { upstream, upstreams }
}
