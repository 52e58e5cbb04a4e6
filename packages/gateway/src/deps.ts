import type { Clock, Deployment, ModelEntry, ProviderEntry, Random, Snapshot } from '@faregate/core'
import type { NamedCapBook, VerifiedKeys } from '@faregate/identity'
import type { AccountRef, Ledger } from '@faregate/ledger'
import type { Limiter } from '@faregate/limits'
import type { PriceTable, TokenCounter } from '@faregate/pricing'
import type { Vendor } from '@faregate/wire'
import type { MockDirectory } from './apis/mock.ts'
import type { ApiDirectory } from './apis/port.ts'
import type { UpstreamClient } from './edge.ts'
import type { LimitDesk } from './limit-requests.ts'
import type { PlanGate } from './plans/port.ts'
import type { MediaFetcher } from './media/fetch-media.ts'
import type { Recorder } from './record.ts'

/** What the gateway is given by the composition root. It opens nothing by itself. */
export interface GatewayDeps {
  clock: Clock
  random: Random
  /** The configuration in force, now. */
  snapshot(): Snapshot
  /** Finds a key by what the caller presented, remembered for as long as a configuration version lasts. */
  keys: Pick<VerifiedKeys, 'remembered' | 'find'>
  ledger: Ledger
  instance: InstanceLog
  balances: BalanceReader
  /** Asked only for keys that have limits. */
  limiter: Pick<Limiter, 'take' | 'peek'>
  plans: PlanGate
  apis: ApiDirectory
  mocks: MockDirectory
  /** Asked only for organizations that have such caps. */
  namedCaps: Pick<NamedCapBook, 'under'>
  limitDesk: LimitDesk
  /** Asked only for organizations in arrears. */
  invoices: InvoiceGate
  prices: PriceBook
  vendors: ReadonlyMap<string, Vendor>
  tokens: TokenCounter
  upstream: UpstreamClient
  /** Fetches what a caller's URL points to, for upstreams that do not. */
  fetchMedia: MediaFetcher
  recorder: Recorder
  settings: Settings
  log: Log
}

/** The ledger's instance that this process is (M23). */
export interface InstanceLog {
  readonly epoch: number
}

/** A balance as it is read, without lock or effect: for explanations, never for decisions. */
export interface BalanceView {
  account: string
  unit: string
  granted: bigint
  posted: bigint
  /** What a hold could take now: of a wallet in arrears with its credit. */
  available: bigint
  /** Of a wallet in arrears: what of `available` is credit. */
  creditLimit?: bigint
  held: bigint
  /** Of what is held, what has expired meanwhile: it does not come back. */
  lapsed?: bigint
  /** Milliseconds; null where it never resets. */
  resetsAt: number | null
}

export interface BalanceReader {
  /** In the order of the references; an account that does not exist yet reads as it would be made. */
  read(accounts: AccountRef[]): Promise<BalanceView[]>
}

/** An invoice that is not paid yet. */
export interface UnpaidInvoice {
  /** `INV-000001` */
  name: string
  /** What it still asks for. */
  amount: bigint
  dueAt: number
}

/** What organizations in arrears owe; oldest first. Rejects where the database does not answer. */
export interface InvoiceGate {
  /** At once where none can be overdue. */
  overdue(organization: string): UnpaidInvoice[] | Promise<UnpaidInvoice[]>
  unpaid(organization: string): Promise<UnpaidInvoice[]>
}

export interface PriceBook {
  /** What a caller pays: the model's own price, the operator's override, or the catalogue's. */
  charged(model: ModelEntry, deployment: Deployment, provider: ProviderEntry): PriceTable | undefined
  /** What the provider charges the operator, where it is known. */
  provider(deployment: Deployment, provider: ProviderEntry): PriceTable | undefined
  /** The most output tokens that the model can make in one answer, where it is known. */
  maxOutput(deployment: Deployment, provider: ProviderEntry): number | undefined
}

export interface Settings {
  /** Absolute, without a trailing slash. */
  publicUrl(): string
  currency: string
  billing: {
    topUpUrl?: string
    contact?: string
    /** With a payment rail: where the balance of an organization is topped up. */
    topUpPage?: (organization: string) => string
    /** With a payment rail: where the payment methods of an organization are saved. */
    methodPage?: (organization: string) => string
  }
  sliceTokens: number
  maxOutputWhenAbsent: number
  limits: {
    /** Keep-alive comment after this much silence in a stream. */
    keepAliveMs: number
    /** How long a stream waits for its next slice (M13). */
    coverMs: number
    /** How long a settle may take before the answer ends in error (M25). */
    settleMs: number
    /** How long usage is waited for when the caller went away after a finish reason (M21). */
    usageAfterFinishMs: number
  }
  corsOrigins: string[]
}

export interface Log {
  error(facts: object, message: string): void
  warn(facts: object, message: string): void
  info(facts: object, message: string): void
  debug(facts: object, message: string): void
}
