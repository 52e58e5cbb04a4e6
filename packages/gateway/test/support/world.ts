import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseAmount, walletOf, type Bucket, type DenialCode, type ModelEntry, type ProviderEntry, type Snapshot } from '@faregate/core'
import { generateKey, NamedCapBook, type FindNamedCaps, type KeyEntry } from '@faregate/identity'
import { Limiter } from '@faregate/limits'
import { CommitQueue, type BatchItem, type LedgerEngine } from '@faregate/ledger'
import type { PriceTable } from '@faregate/pricing'
import { vendors } from '@faregate/providers'
import {
  createGateway,
  createUpstreamClient,
  NodeOutbound,
  type DenialRecord,
  type Gateway,
  type GatewayDeps,
  type RequestRecord,
} from '@faregate/gateway'
import { memoryEngine, memoryStorage, type MemoryStorage } from '../../../ledger/test/memory-engine.ts'
import { MediaRefused } from '../../src/media/fetch-media.ts'
import { startUpstream, type FakeUpstream } from './upstream.ts'

/** What callers present. */
export const KEY = generateKey({ bytes: (count) => new Uint8Array(count).fill(7), fraction: () => 0 })

/** A gateway on real sockets, with a ledger in memory and one upstream, in a world that a test can look into. */
export interface World {
  url: string
  upstream: FakeUpstream
  gateway: Gateway
  storage: MemoryStorage
  records: RequestRecord[]
  denials: DenialRecord[]
  key: KeyEntry
  models: Map<string, ModelEntry>
  providers: Map<string, ProviderEntry>
  /** Resolves with the record of the next request that ends. */
  recorded(): Promise<RequestRecord>
  /** Makes the ledger fail until it is given back; as a database that answers with an error, unless told otherwise. */
  breakLedger(error?: Error): () => void
  grant(amount: string): Promise<void>
  wallet(): { available: bigint; held: bigint; posted: bigint }
  post(body: unknown, init?: { path?: string; headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export interface WorldOptions {
  plans?: GatewayDeps['plans']
  namedCaps?: FindNamedCaps
  invoices?: GatewayDeps['invoices']
  mocks?: GatewayDeps['mocks']
  /** What is published in front of the upstream. */
  apis?: (upstream: string) => GatewayDeps['apis']
  vendors?: GatewayDeps['vendors']
  creditLimit?: bigint
  grant?: string
  price?: Partial<Record<Bucket, string>>
  /** Of single models, by name. */
  prices?: Record<string, Partial<Record<Bucket, string>>>
  /** What the provider takes. */
  providerPrice?: Partial<Record<Bucket, string>>
  model?: Partial<ModelEntry>
  key?: Partial<KeyEntry>
  sliceTokens?: number
  limits?: Partial<GatewayDeps['settings']['limits']>
  upstreamLimits?: Partial<Parameters<typeof createUpstreamClient>[0]>
  providers?: ProviderEntry[]
  tokens?: GatewayDeps['tokens']
  fetchMedia?: GatewayDeps['fetchMedia']
  /** The gateway's clock. */
  now?: () => number
}

const ORGANIZATION = 'org_acme'

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const upstream = await startUpstream()
  const storage = memoryStorage()
  const broken: Broken = { error: undefined }
  const ledger = new CommitQueue(
    breakable(
      memoryEngine(storage, () => Date.now()),
      broken,
    ),
    { timeoutMs: 300 },
  )
  const records: RequestRecord[] = []
  const denials: DenialRecord[] = []
  const waiting: ((record: RequestRecord) => void)[] = []
  const models = new Map<string, ModelEntry>([['m', modelEntry(options.model)]])
  const key = keyEntry(options.key)
  const providers = new Map([providerEntry(upstream.url), ...(options.providers ?? [])].map((entry) => [entry.name, entry]))
  const snapshot: Snapshot = {
    version: 1,
    providers,
    models,
    apis: new Map(),
    staged: new Map(),
    allModels: true,
    currency: 'USD',
  }
  const deps: GatewayDeps = {
    clock: { now: options.now ?? (() => Date.now()) },
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)), fraction: () => Math.random() },
    snapshot: () => snapshot,
    keys: { remembered: () => undefined, find: (presented) => Promise.resolve(presented === KEY ? key : undefined) },
    ledger,
    instance: { epoch: 1 },
    balances: { read: (refs) => Promise.resolve(refs.map((ref) => viewOf(storage, ref))) },
    limiter: new Limiter({ clock: { now: () => Date.now() } }),
    apis: options.apis?.(upstream.url) ?? { find: () => undefined },
    mocks: options.mocks ?? { find: async () => undefined },
    plans: options.plans ?? {
      entitlement: () => ({ kind: 'balance' }),
      quotas: () => Promise.resolve([]),
      limits: () => Promise.resolve([]),
    },
    namedCaps: new NamedCapBook(options.namedCaps ?? (async () => ({ user: null, tags: [] }))),
    limitDesk: { ask: async () => ({ id: 'lr_1' }), find: async () => undefined },
    prices: {
      charged: ({ name }) => priceTable(options.prices?.[name] ?? options.price),
      provider: () => (options.providerPrice === undefined ? undefined : priceTable(options.providerPrice)),
      maxOutput: () => undefined,
    },
    vendors: options.vendors ?? vendors,
    tokens: options.tokens ?? {
      count: async (text) => words(text),
      countEach: async (texts) => texts.reduce((sum, text) => sum + words(text), 0),
      known: () => undefined,
      close: () => {},
    },
    upstream: createUpstreamClient({ connectMs: 500, firstByteMs: 2000, silenceMs: 2000, ...options.upstreamLimits }),
    fetchMedia: options.fetchMedia ?? (() => Promise.reject(new MediaRefused('nothing is fetched here'))),
    recorder: {
      request: (record) => {
        records.push(record)
        waiting.shift()?.(record)
      },
      denial: (record) => denials.push(record),
    },
    invoices: options.invoices ?? { overdue: () => [], unpaid: async () => [] },
    settings: {
      publicUrl: () => 'http://gateway.test',
      currency: 'USD',
      billing: {},
      sliceTokens: options.sliceTokens ?? 8,
      maxOutputWhenAbsent: 16_384,
      limits: { keepAliveMs: 15_000, coverMs: 500, settleMs: 300, usageAfterFinishMs: 200, ...options.limits },
      corsOrigins: ['*'],
    },
    log: { error: console.error, warn: () => {}, info: () => {}, debug: () => {} },
  }
  const gateway = createGateway(deps)
  const { url, close } = await listen(gateway)
  const account = walletOf(ORGANIZATION)
  await ledger.submit({ type: 'wallet', account, unit: 'USD', overdraft: 0n, creditLimit: options.creditLimit ?? 0n })
  let grants = 0
  const world: World = {
    url,
    upstream,
    gateway,
    storage,
    records,
    denials,
    key,
    models,
    providers,
    recorded: () => new Promise((resolve) => waiting.push(resolve)),
    breakLedger: (error = new Error('the database is locked')) => {
      broken.error = error
      return () => {
        broken.error = undefined
      }
    },
    grant: async (amount) => {
      await ledger.submit({
        type: 'grant',
        id: `gr_${grants++}`,
        account,
        amount: parseAmount(amount) ?? 0n,
        priority: 0,
        expiresAt: null,
        reason: 'test',
      })
    },
    wallet: () => {
      const row = storage.accounts.get(account)
      if (row === undefined) throw new Error('no wallet')
      return { available: availableOf(row), held: row.held, posted: row.posted }
    },
    post: (body, init = {}) =>
      fetch(url + (init.path ?? '/v1/chat/completions'), {
        method: 'POST',
        // A form says its own type, with its boundary.
        headers: {
          authorization: `Bearer ${KEY}`,
          ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
          ...init.headers,
        },
        body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
        ...(init.signal === undefined ? {} : { signal: init.signal }),
      }),
    get: (path, headers = {}) => fetch(url + path, { headers: { authorization: `Bearer ${KEY}`, ...headers } }),
    close: async () => {
      await close()
      await upstream.close()
      await deps.upstream.close()
    },
  }
  await world.grant(options.grant ?? '1.00')
  return world
}

/** The problem that a refused answer carries. */
export async function problemOf(response: Response): Promise<{ code: DenialCode; status: number; [member: string]: unknown }> {
  return (await response.json()) as { code: DenialCode; status: number }
}

/** One word, one token: so that a test can count what was delivered. */
function words(text: string): number {
  return Math.max(1, text.trim().split(/\s+/).length)
}

interface Broken {
  error: Error | undefined
}

function breakable(engine: LedgerEngine, broken: Broken): LedgerEngine {
  return {
    commit: (batch: BatchItem[]) => (broken.error === undefined ? engine.commit(batch) : Promise.reject(broken.error)),
  }
}

async function listen(gateway: Gateway): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const [path = '', query = ''] = url.split('?')
      void gateway.handle(
        { id: gateway.newRequestId(), ip: '127.0.0.1', method, path, query, headers, body: Buffer.concat(chunks) },
        new NodeOutbound(response),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

function availableOf({ granted, expired, posted, held }: { granted: bigint; expired: bigint; posted: bigint; held: bigint }): bigint {
  return granted - expired - posted - held
}

function viewOf(
  storage: MemoryStorage,
  ref: Parameters<GatewayDeps['balances']['read']>[0][number],
): Awaited<ReturnType<GatewayDeps['balances']['read']>>[number] {
  const prefix = ref.kind === 'wallet' ? ref.id : `${ref.base}@`
  const row = [...storage.accounts.values()].find(({ id }) => (ref.kind === 'wallet' ? id === prefix : id.startsWith(prefix)))
  if (row !== undefined)
    return {
      account: row.id,
      unit: row.unit,
      granted: row.granted,
      posted: row.posted,
      available: availableOf(row) + row.creditLimit,
      ...(row.creditLimit > 0n ? { creditLimit: row.creditLimit } : {}),
      held: row.held,
      resetsAt: row.resetsAt,
    }
  const limit = ref.kind === 'cap' ? ref.limit : 0n
  return { account: prefix, unit: ref.unit, granted: limit, posted: 0n, available: limit, held: 0n, resetsAt: null }
}

function priceTable(price: WorldOptions['price'] = { input: '1', output: '2' }): PriceTable {
  const rates: PriceTable['rates'] = {}
  for (const [bucket, text] of Object.entries(price)) rates[bucket as Bucket] = { base: parseAmount(text) ?? 0n, tiers: [] }
  return { version: 'test:1', rates }
}

function modelEntry(overrides: Partial<ModelEntry> = {}): ModelEntry {
  return { name: 'm', deployments: [{ provider: 'up', model: 'up-model', weight: 1 }], managedBy: { source: 'database' }, ...overrides }
}

export function providerEntry(baseUrl: string, name = 'up'): ProviderEntry {
  const key = { id: 'k1', secret: 'sk-upstream', weight: 1, priority: 0 }
  return { name, kind: 'openai-compatible', baseUrl, keys: [key], keyless: false, managedBy: { source: 'database' } }
}

function keyEntry(overrides: Partial<KeyEntry> = {}): KeyEntry {
  return {
    id: 'key_1',
    name: 'test',
    lastFour: 'test',
    state: 'active',
    expiresAt: null,
    scopes: [],
    addresses: null,
    models: null,
    apis: null,
    cap: null,
    capKey: 'key_1',
    application: { id: 'app_1', name: 'app' },
    team: null,
    member: null,
    organization: { id: ORGANIZATION, name: 'Acme', zone: 'UTC', suspended: null, cap: null, userCap: null },
    ...overrides,
  }
}
