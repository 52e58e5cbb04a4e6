import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  settingsInForce,
  type ApiEntry,
  type Clock,
  type ManagedBy,
  type Random,
  type SettingsInForce,
  type Snapshot,
} from '@faregate/core'
import { CommitQueue } from '@faregate/ledger'
import { createDocuments } from '@faregate/lifecycle'
import type { Store } from '@faregate/store'
import { createAdminStore, readConfiguration } from '@faregate/store/queries/index'
import fastify, { type FastifyInstance } from 'fastify'
import { freshStore, type Kind } from '../../../store/test/databases.ts'
import { TEST_RAIL } from './rail.ts'
import { registerAdmin, type AdminDeps, type DenialRow } from '../../src/index.ts'

export const OPERATOR_TOKEN = 'fgo_operator'
/** A provider's key that must never be seen in an answer. */
export const PROVIDER_SECRET = 'sk-provider-secret-that-nobody-may-see-9876'

/** A clock that a test moves and that otherwise stands. */
class TestClock implements Clock {
  time = Date.UTC(2026, 10, 22, 13)
  now(): number {
    return this.time
  }
}

/** Numbers that differ each time and are the same in each run. */
function countingRandom(): Random {
  let count = 0
  return {
    bytes: (length) => createHash('sha256').update(String(++count)).digest().subarray(0, length),
    fraction: () => 0.5,
  }
}

interface Answer {
  status: number
  body: Record<string, unknown>
  text: string
  headers: Record<string, unknown>
}

interface CallOptions {
  token?: string | undefined
  body?: unknown
  idempotencyKey?: string
  headers?: Record<string, string>
}

/** The management API on a real database, called through fastify's `inject`. */
export interface Harness {
  app: FastifyInstance
  store: Store
  deps: AdminDeps
  clock: TestClock
  denied: DenialRow[]
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

const FILE: ManagedBy = { source: 'file', file: 'faregate.yaml', line: 7 }
const DEFAULT = { source: 'default' } as const

const FIXED_SETTINGS: SettingsInForce = {
  allModels: { value: undefined, managedBy: DEFAULT },
  publicUrl: { value: undefined, managedBy: { source: 'environment', variable: 'FAREGATE_PUBLIC_URL' } },
  'billing.topUpUrl': { value: undefined, managedBy: DEFAULT },
  'billing.contact': { value: 'billing@example.com', managedBy: FILE },
  'billing.seller.name': { value: undefined, managedBy: DEFAULT },
  'billing.seller.address': { value: undefined, managedBy: DEFAULT },
  'billing.seller.taxNumber': { value: undefined, managedBy: DEFAULT },
  'billing.dueDays': { value: 14, managedBy: DEFAULT },
  sliceTokens: { value: 1_024, managedBy: DEFAULT },
  maxOutputWhenAbsent: { value: 16_384, managedBy: DEFAULT },
  'cors.origins': { value: ['*'], managedBy: DEFAULT },
  'prices.approveAbove': { value: 0.1, managedBy: DEFAULT },
}

const PREFIXES = { key: 'fg_', management: 'fgm_', voucher: 'fgv_' }

export async function startHarness(kind: Kind = 'sqlite', more: Partial<AdminDeps> = {}): Promise<Harness> {
  const clock = new TestClock()
  const random = countingRandom()
  const { store, close } = await freshStore(kind, { clock })
  const backups = mkdtempSync(join(tmpdir(), 'faregate-backups-'))
  const queue = new CommitQueue(store.engine)
  const denied: DenialRow[] = []
  const unseal = (sealed: string, name: string) =>
    Buffer.from(sealed, 'base64')
      .toString()
      .slice(name.length + 1)
  let snapshot = await snapshotOf(store, unseal)
  let settings = await settingsOf(store)
  let minted = 0
  const deps: AdminDeps = {
    store: createAdminStore(store, () => clock.now()),
    ledger: queue,
    verify: () => store.verify(),
    snapshot: () => snapshot,
    changed: async () => {
      snapshot = await snapshotOf(store, unseal)
      settings = await settingsOf(store)
    },
    isOperatorToken: (presented) => presented === OPERATOR_TOKEN,
    signingSecret: (key) => `fgs_${key}`,
    hashSecret: (presented) => createHmac('sha256', 'test').update(presented).digest('hex'),
    mint: (secret) => `${PREFIXES[secret]}${'x'.repeat(30)}${String(++minted).padStart(8, '0')}`,
    seal: (plain, name) => Buffer.from(`${name}\n${plain}`).toString('base64'),
    unseal,
    rail: TEST_RAIL,
    topUpPage: (organization) => `https://gateway.example/top-up/${organization}`,
    documents: createDocuments(),
    fetchDocument: async (url) => ({ refused: `${url} is not fetched in a test` }),
    probeModels: async (definition) => {
      const models = definition.kind === 'prompt' ? [definition.prompt.model] : Object.values(definition.models)
      const named = (mark: string) => models.find((model) => model.includes(mark))
      const [dead, unpriced] = [named('dead'), named('unpriced')]
      if (dead !== undefined) return { dead: 'it is not served', model: dead }
      return unpriced === undefined ? {} : { unpriced: 'it has no price', model: unpriced }
    },
    probeUpstreams: async (baseUrls) => (baseUrls.some((url) => url.includes('dead')) ? 'ECONNREFUSED' : undefined),
    methodPage: (organization) => `https://gateway.example/payment-method/${organization}`,
    refusedUrl: (url) => (url.includes('//10.') ? 'its address is not on the public internet' : undefined),
    sendsMail: true,
    refusedUpstream: (url) => (url.includes('//10.') ? 'its address is not on the public internet' : undefined),
    clock,
    random,
    publicUrl: () => 'https://gateway.example',
    currency: 'USD',
    settings: () => settings,
    log: { info: () => {}, warn: () => {}, error: (facts, message) => console.error(message, facts) },
    flushed: () => store.records.flush(),
    denied: (row) => void denied.push(row),
    testProviderKeys: async (name) => ({ ok: true, message: `${name} takes its keys`, status: 200, latencyMs: 3, model: null }),
    testProvider: async (name) => ({ ok: true, message: `${name} answered`, status: 200, latencyMs: 12, model: 'm' }),
    testApi: async (name) => ({ ok: true, message: `${name} answered`, status: 200, latencyMs: 12 }),
    tryApi: async () => ({ passed: 1, failed: 0, skipped: 0, operations: [], unchecked: [] }),
    providerKinds: () => [
      { kind: 'openai', title: 'OpenAI', defaultBaseUrl: 'https://api.openai.com/v1', keyless: false },
      { kind: 'openai-compatible', title: 'Any', keyless: false },
    ],
    providerState: () => ({ state: 'unknown' }),
    version: '1.2.3',
    startedAt: clock.now() - 5_000,
    cataloguePrice: ({ model }) =>
      model === 'gpt-5-nano' ? { version: 'catalogue@2026-11-01', rates: { input: '0.05', output: '0.40' } } : undefined,
    priceKeyOf: ({ provider }) => (provider === 'file-provider' ? 'openai' : undefined),
    backup: async (name = 'backup.sqlite') => {
      await store.backup(join(backups, name))
      return { file: name, bytes: 1 }
    },
    restore: async (file) => {
      await store.restore(join(backups, file))
      return { previous: 'previous.sqlite' }
    },
    ...more,
  }
  const app = fastify()
  await registerAdmin(app, deps)
  await app.ready()
  return {
    app,
    store,
    deps,
    clock,
    denied,
    call: (method, path, options = {}) => inject(app, method, path, options),
    close: async () => {
      await app.close()
      await queue.close()
      await close()
      rmSync(backups, { recursive: true, force: true })
    },
  }
}

async function inject(app: FastifyInstance, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { token = OPERATOR_TOKEN, body, idempotencyKey, headers } = options
  const answer = await app.inject({
    method: method as 'GET',
    url: path,
    headers: {
      ...('token' in options && options.token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
  const isJson = answer.body !== '' && String(answer.headers['content-type']).includes('json')
  const parsed: unknown = isJson ? JSON.parse(answer.body) : {}
  return { status: answer.statusCode, body: parsed as Answer['body'], text: answer.body, headers: answer.headers }
}

async function settingsOf(store: Store): Promise<SettingsInForce> {
  return settingsInForce(FIXED_SETTINGS, (await readConfiguration(store.read, (sealed) => sealed)).settings)
}

async function snapshotOf(store: Store, unseal: (sealed: string, name: string) => string): Promise<Snapshot> {
  const stored = await readConfiguration(store.read, unseal)
  const file = {
    name: 'file-provider',
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keyless: false,
    managedBy: FILE,
    keys: [{ id: 'pk_file', secret: PROVIDER_SECRET, weight: 1, priority: 0 }],
  }
  const fromEnvironment = { ...file, name: 'openai', managedBy: { source: 'environment', variable: 'OPENAI_API_KEY' } as ManagedBy }
  const fileModel = { name: 'file-model', deployments: [{ provider: 'file-provider', model: 'gpt-5-nano', weight: 1 }], managedBy: FILE }
  const pricedModel = { ...fileModel, name: 'priced-model', price: { input: '1', output: '2' } }
  const fileApi: ApiEntry = {
    name: 'file-api',
    kind: 'http',
    prefix: '/filed',
    upstream: { baseUrl: 'https://filed.example' },
    routes: [{ method: 'GET', path: '/', free: true }],
    managedBy: FILE,
  }
  return {
    version: await store.configurationVersion(),
    providers: new Map([file, fromEnvironment, ...stored.providers].map((entry) => [entry.name, entry])),
    models: new Map([fileModel, pricedModel, ...stored.models].map((entry) => [entry.name, entry])),
    apis: new Map([fileApi, ...stored.apis].map((entry) => [entry.name, entry])),
    staged: new Map(stored.staged.map((entry) => [entry.name, entry])),
    allModels: stored.settings.allModels ?? false,
    currency: 'USD',
  }
}
