import type {
  Clock,
  Deployment,
  HttpApi,
  Millis,
  ModelsDefinition,
  PromptDefinition,
  Random,
  SettingsInForce,
  Snapshot,
} from '@faregate/core'
import type { PaymentRail } from '@faregate/billing/rails/port'
import type { Ledger } from '@faregate/ledger/port'
import type { VerifyReport } from '@faregate/ledger/types'
import type { ContractReport, Documents } from '@faregate/lifecycle'
import type { HttpDraft } from './configuration-rows.ts'
import type { AdminStore } from './ports.ts'
import type { DenialRow } from './rows.ts'

/** What is shown and trusted when upstreams are looked at, PEM. */
export interface ProbeConnection {
  ca?: readonly string[]
  identity?: { certificate: string; key: string }
}

/** What the server hands to the management API. */
export interface AdminDeps {
  /** `createAdminStore(store)` of the store package. */
  store: AdminStore
  ledger: Ledger
  /** Recomputes every invariant from the entries. */
  verify(): Promise<VerifyReport>
  /** The configuration in force. */
  snapshot(): Snapshot
  /** The configuration's version was bumped by this process: take it up before resolving. */
  changed(): Promise<void>
  /** Whether the text is the operator's token (compared in constant time). */
  isOperatorToken(presented: string): boolean
  /** The hash under which keys and management tokens are stored. */
  hashSecret(presented: string): string
  /** With which a key signs requests, by its id. */
  signingSecret(key: string): string
  /** Makes a key (`fg_…`), a management token (`fgm_…`) or the code of a voucher (`fgv_…`). */
  mint(kind: 'key' | 'management' | 'voucher'): string
  /** Seals a provider's key for the database; bound to the name. */
  seal(plain: string, name: string): string
  unseal(sealed: string, name: string): string
  /** How top-ups are paid; `undefined`: no payment rail is connected. */
  rail: PaymentRail | undefined
  /** The page on which an organization's balance is topped up; needs no credential. */
  topUpPage(organization: string): string
  /** Reads and compares OpenAPI documents. */
  documents: Documents
  /** Fetches a document from the public internet, or says in words for whoever named its URL why it was not. */
  fetchDocument(url: string): Promise<{ text: string } | { refused: string }>
  /** Why nothing answers at some of these upstreams; undefined: something does at each. `owner`: the organization that set them. */
  probeUpstreams(baseUrls: readonly string[], owner: string | undefined, connection?: ProbeConnection): Promise<string | undefined>
  /** Why one of the models that a definition names could not be called: it has no price, or is not served. Nothing is asked of it. */
  probeModels(definition: PromptDefinition | ModelsDefinition): Promise<{ unpriced?: string; dead?: string; model?: string }>
  /** The page on which an organization's payment methods are saved; needs no credential. */
  methodPage(organization: string): string
  /** Why a URL that is not the operator's own is not called; `undefined`: nothing speaks against it yet. */
  refusedUrl(url: string): string | undefined
  /** Whether there is a mail server that events can be handed to. */
  sendsMail: boolean
  /** The same for what an organization publishes: networks that the configuration opens to it are not refused. */
  refusedUpstream(url: string): string | undefined
  clock: Clock
  random: Random
  /** Absolute, without a trailing slash. */
  publicUrl(): string
  currency: string
  /** How certificates of callers are learnt of; absent: they are not. */
  clientCertificates?: 'tls' | 'header' | undefined
  /** What can change at run time, as it is in force now. */
  settings(): SettingsInForce
  log: AdminLog
  /** Resolves when every request record that was handed in before is in the database. */
  flushed(): Promise<void>
  /** Takes a refusal of the management API for `GET /denials/{id}`; never waits. */
  denied(record: DenialRow): void
  /** Makes a real, small call with the provider's key. */
  testProvider(name: string): Promise<ProviderTestResult>
  /** Asks the provider with each of its keys for what costs nothing. */
  testProviderKeys(name: string): Promise<ProviderTestResult>
  /** Asks what is behind a published API whether it is there. */
  testApi(name: string): Promise<ApiTestResult>
  /** Makes the calls that follow from a definition's document, and its saved ones; undefined: the document is too large. */
  tryApi(name: string, definition: HttpDraft | HttpApi, how: TryOptions): Promise<ContractReport | undefined>
  /** Kinds of providers that can be connected, with their usual base URL. */
  providerKinds(): ProviderKind[]
  /** What is known of each provider's health, by name. */
  providerState(name: string): ProviderState
  version: string
  startedAt: Millis
  /** What the catalogue says a deployment costs; decimal strings per million by bucket, `undefined`: it has no price. */
  cataloguePrice(deployment: Deployment): { version: string; rates: Record<string, string> } | undefined
  /** How the catalogue names the vendor of a deployment; `undefined`: it costs something else than the catalogue says. */
  priceKeyOf(deployment: Deployment): string | undefined
  /** Writes a backup file beside the data and says where. */
  backup(name?: string): Promise<{ file: string; bytes: number }>
  /** Loads a backup over the running database; what was there is backed up first. */
  restore(file: string): Promise<{ previous: string }>
}

export interface AdminLog {
  info(facts: Record<string, unknown>, message: string): void
  warn(facts: Record<string, unknown>, message: string): void
  error(facts: Record<string, unknown>, message: string): void
}

export interface TryOptions {
  against: 'mock' | 'upstream'
  /** Calls that may change something are made as well. */
  unsafe: boolean
  /** Calls that follow from the document; without them the saved ones alone. */
  generated: boolean
}

export interface ApiTestResult {
  ok: boolean
  /** One sentence for the operator. */
  message: string
  status: number | null
  latencyMs: number
}

export interface ProviderTestResult extends ApiTestResult {
  model: string | null
}

export interface ProviderKind {
  kind: string
  title: string
  defaultBaseUrl?: string | undefined
  keyless: boolean
}

export interface ProviderState {
  state: 'ok' | 'failing' | 'unknown'
  lastError?: string | undefined
  lastErrorAt?: Millis | undefined
}
