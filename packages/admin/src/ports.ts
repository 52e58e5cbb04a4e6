import type { Millis, Nano, SettingName, StoredSettings } from '@faregate/core'
import type { ApiChanges, ApiQueries } from './ports-apis.ts'
import type { InvoiceChanges, InvoiceQueries } from './ports-invoices.ts'
import type { LimitChanges, LimitQueries } from './ports-limits.ts'
import type { DeliveriesOf, PaymentChanges, PaymentQueries } from './ports-payments.ts'
import type { PlanChanges, PlanQueries } from './ports-plans.ts'
import type { ProviderFilter, ProviderTotal, UsageSlot } from './ports-usage.ts'
import type { CataloguePriceRow, PriceDecision, PriceOfferRow, PriceOfferState } from './price-rows.ts'
import type { MemberFilter, MemberRow, RoleRow, TeamRow } from './people-rows.ts'
import type { ModelRow, ProviderRow } from './configuration-rows.ts'
import type {
  ApplicationRow,
  AuditRow,
  BalanceRow,
  ChainedAuditRow,
  DenialRow,
  EntryRow,
  GrantRow,
  IdempotencyRow,
  KeyIdentity,
  KeyRow,
  OrganizationRow,
  PriceRow,
  RequestRow,
  TokenRow,
} from './rows.ts'
import type { VoucherRow } from './voucher-rows.ts'
import type { DeliveryRow, DeliveryState, EventRow, WebhookChange, WebhookRow } from './webhook-rows.ts'

/** A part of a list. `before` is the last id (or sequence number) of the part before it: lists go from new to old. */
export interface Paging {
  limit: number
  before?: string | undefined
}

/** Whose rows a list has. */
export interface OwnerFilter {
  organization?: string | undefined
  team?: string | undefined
}

/** The filters that lists of requests, denials and usage share. */
export interface Filter {
  organization?: string | undefined
  team?: string | undefined
  application?: string | undefined
  key?: string | undefined
  model?: string | undefined
  api?: string | undefined
  route?: string | undefined
  user?: string | undefined
  tag?: string | undefined
  outcome?: string | undefined
  code?: string | undefined
  from?: Millis | undefined
  to?: Millis | undefined
}

export type UsageGroup = 'organization' | 'application' | 'key' | 'model' | 'api' | 'route' | 'provider' | 'user' | 'tag' | 'day'
export type DenialGroup = 'code' | 'key' | 'organization' | 'day'

export interface UsageTotal {
  group: Partial<Record<UsageGroup, string | null>>
  requests: number
  /** Buckets that no attempt reported are absent. */
  buckets: Record<string, number>
  cost: Nano
  /** Null where the cost of no request is known. */
  providerCost: Nano | null
}

export interface DenialTotal {
  group: Partial<Record<DenialGroup, string | null>>
  count: number
}

/** What the management API asks of the database. */
export interface AdminQueries extends ApiQueries, LimitQueries, PlanQueries, PaymentQueries {
  organizations: {
    get(id: string): Promise<OrganizationRow | undefined>
    list(paging: Paging, only?: string): Promise<OrganizationRow[]>
  }
  teams: {
    get(id: string): Promise<TeamRow | undefined>
    list(paging: Paging, filter: OwnerFilter): Promise<TeamRow[]>
  }
  members: {
    get(id: string): Promise<MemberRow | undefined>
    list(paging: Paging, filter: MemberFilter): Promise<MemberRow[]>
    /** How many applications of other teams, or of none, the member owns, and how many keys that are not revoked it has in those. */
    outside(id: string, team: string): Promise<{ applications: number; keys: number }>
  }
  roles: {
    get(id: string): Promise<RoleRow | undefined>
    list(organization: string): Promise<RoleRow[]>
  }
  applications: {
    get(id: string): Promise<ApplicationRow | undefined>
    list(paging: Paging, filter: OwnerFilter & { owner?: string | undefined }): Promise<ApplicationRow[]>
  }
  keys: {
    get(id: string): Promise<KeyRow | undefined>
    /** The key that stands for somebody, unless it is revoked. */
    ofIdentity(identity: KeyIdentity): Promise<KeyRow | undefined>
    list(paging: Paging, filter: OwnerFilter & { application?: string | undefined }): Promise<KeyRow[]>
  }
  tokens: {
    get(id: string): Promise<TokenRow | undefined>
    byHash(hash: string): Promise<TokenRow | undefined>
    list(paging: Paging, filter: { organization?: string | undefined }): Promise<TokenRow[]>
  }
  providers: { get(name: string): Promise<ProviderRow | undefined>; list(): Promise<ProviderRow[]> }
  models: { get(name: string): Promise<ModelRow | undefined>; list(): Promise<ModelRow[]> }
  prices: { get(name: string): Promise<PriceRow | undefined>; list(): Promise<PriceRow[]> }
  cataloguePrices: { list(): Promise<CataloguePriceRow[]> }
  priceOffers: {
    get(id: string): Promise<PriceOfferRow | undefined>
    /** Those in one of these states, by model. */
    list(states: readonly PriceOfferState[]): Promise<PriceOfferRow[]>
  }
  settings: { stored(): Promise<StoredSettings> }
  money: {
    balance(organization: string, now: Millis): Promise<BalanceRow | undefined>
    /** Accounts of caps that count now and whose name begins so. */
    capAccounts(prefix: string, now: Millis): Promise<string[]>
    grant(id: string): Promise<GrantRow | undefined>
    grants(paging: Paging, organization: string): Promise<GrantRow[]>
    entry(id: string): Promise<EntryRow | undefined>
    entries(paging: Paging, filter: { organization?: string | undefined; request?: string | undefined }): Promise<EntryRow[]>
  }
  requests: {
    get(id: string): Promise<RequestRow | undefined>
    list(paging: Paging, filter: Filter): Promise<RequestRow[]>
    /** What the ledger knows of a request whose record was lost. */
    lost(id: string): Promise<RequestRow | undefined>
    usage(filter: Filter, groupBy: UsageGroup[]): Promise<UsageTotal[]>
    /** By attempts, each where it was made. */
    providerUsage(filter: ProviderFilter, by: UsageSlot): Promise<ProviderTotal[]>
  }
  denials: {
    get(id: string): Promise<DenialRow | undefined>
    ofRequest(requestId: string): Promise<DenialRow | undefined>
    list(paging: Paging, filter: Filter): Promise<DenialRow[]>
    totals(filter: Filter, groupBy: DenialGroup[]): Promise<DenialTotal[]>
  }
  audit: {
    list(paging: Paging, filter: { organization?: string | undefined; subject?: string | undefined }): Promise<ChainedAuditRow[]>
    /** Recomputes the chain; the sequence number of the first row that breaks it. */
    broken(): Promise<bigint | undefined>
  }
  vouchers: {
    get(id: string): Promise<VoucherRow | undefined>
    byHash(hash: string): Promise<VoucherRow | undefined>
    list(paging: Paging): Promise<VoucherRow[]>
  }
  invoices: InvoiceQueries
  webhooks: {
    get(id: string): Promise<WebhookRow | undefined>
    list(paging: Paging, filter: { organization?: string | undefined }): Promise<WebhookRow[]>
    deliveries(paging: Paging, filter: { webhook: string; state?: DeliveryState | undefined }): Promise<DeliveryRow[]>
    deliveriesOf: DeliveriesOf
  }
  idempotency: { get(scope: string, key: string): Promise<IdempotencyRow | undefined> }
}

/** What of an organization changes. */
export type OrganizationChange = Partial<Omit<OrganizationRow, 'id' | 'currency' | 'createdAt'>>

/** The same, inside one transaction, and what can be changed there. */
export interface AdminTransaction extends AdminQueries, ApiChanges, LimitChanges, PlanChanges, PaymentChanges, InvoiceChanges {
  insertOrganization(row: OrganizationRow): Promise<void>
  updateOrganization(id: string, change: OrganizationChange): Promise<void>
  insertTeam(row: TeamRow): Promise<void>
  updateTeam(id: string, change: Pick<TeamRow, 'name' | 'cap'>): Promise<void>
  deleteTeam(id: string): Promise<void>
  insertMember(row: MemberRow): Promise<void>
  updateMember(id: string, change: Pick<MemberRow, 'name' | 'role' | 'team' | 'cap'>): Promise<void>
  /** Ends a membership, revokes the tokens and keys that belong to it, and gives its applications to a successor, or to nobody. */
  removeMember(id: string, successor: string | null, at: Millis): Promise<void>
  insertRole(row: RoleRow): Promise<void>
  updateRole(id: string, change: Pick<RoleRow, 'name' | 'permissions'>): Promise<void>
  deleteRole(id: string): Promise<void>
  insertApplication(row: ApplicationRow): Promise<void>
  updateApplication(id: string, change: Pick<ApplicationRow, 'name' | 'team' | 'owner' | 'limits'>): Promise<void>
  insertKey(row: KeyRow): Promise<void>
  updateKey(
    id: string,
    change: Partial<
      Pick<KeyRow, 'name' | 'state' | 'scopes' | 'addresses' | 'models' | 'apis' | 'cap' | 'limits' | 'expiresAt' | 'identity'>
    >,
  ): Promise<void>
  insertVoucher(row: Omit<VoucherRow, 'end'>): Promise<void>
  /** Ends a voucher without credit; false where it has ended already. */
  withdrawVoucher(id: string, at: Millis): Promise<boolean>
  insertWebhook(row: WebhookRow): Promise<void>
  updateWebhook(id: string, change: WebhookChange): Promise<void>
  /** With its deliveries. */
  deleteWebhook(id: string): Promise<void>
  /** Puts an event on its way to the webhooks that are told of it, in the transaction of its cause; or to one, whatever it is told. */
  insertEvent(event: EventRow, only?: string): Promise<void>
  /** Has deliveries made again, from the first attempt on; how many. */
  replayDeliveries(webhook: string, which: { event: string } | { since: Millis }, at: Millis): Promise<number>
  insertToken(row: TokenRow): Promise<void>
  revokeToken(id: string, at: Millis): Promise<void>
  putProvider(row: ProviderRow): Promise<void>
  deleteProvider(name: string): Promise<void>
  putModel(row: ModelRow): Promise<void>
  deleteModel(name: string): Promise<void>
  putPrice(row: PriceRow): Promise<void>
  deletePrice(name: string): Promise<void>
  /** Keeps every other transaction that decides about the catalogue's prices waiting; what was read before is read again after it. */
  lockCataloguePrices(): Promise<void>
  /** Inserts it unless there is one; whether it did. */
  insertCataloguePrice(row: CataloguePriceRow): Promise<boolean>
  updateCataloguePrice(row: CataloguePriceRow): Promise<void>
  deleteCataloguePrice(priceKey: string, model: string): Promise<void>
  insertPriceOffer(row: PriceOfferRow): Promise<void>
  /** Decides about an offer that is in this state; whether it still was. */
  decidePriceOffer(id: string, state: PriceOfferState, decision: PriceDecision): Promise<boolean>
  putSetting(name: SettingName, value: StoredSettings[SettingName]): Promise<void>
  deleteSetting(name: SettingName): Promise<void>
  /** Bumps the configuration's version, so that every process takes it up. */
  bumpConfiguration(): Promise<void>
  /** Appends to the audit chain. */
  insertAudit(row: AuditRow): Promise<void>
  /** Forgets the answers to idempotency keys that were made before a time. */
  forgetAnswers(before: Millis): Promise<void>
  /** Rejects, and so rolls back, when the key has an answer that is not forgotten. */
  insertIdempotency(row: IdempotencyRow): Promise<void>
}

export interface AdminStore {
  read: AdminQueries
  /** Everything that `effect` does is one transaction; a rejection rolls it back. */
  write<T>(effect: (transaction: AdminTransaction) => Promise<T>): Promise<T>
}
