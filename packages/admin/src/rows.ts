import type { Buckets, CallMeasured, Disclosure, LimitTerms, Millis, Nano, PriceTerms, Stage, ViolationNote } from '@faregate/core'
import type { Party } from '@faregate/billing'
import type { Cap } from './people-rows.ts'

/** What the management API reads and writes, as values. The store maps them to its tables. */
export interface OrganizationRow extends PriceTerms {
  id: string
  name: string
  currency: string
  /** IANA zone in which the periods of caps begin. */
  zone: string
  overdraft: Nano
  limits: LimitTerms[]
  suspended: { since: Millis; reason: string } | null
  /** Over all of its keys. */
  cap: Cap | null
  /** Of each end user. */
  userCap: Cap | null
  /** Of each tag. */
  tagCap: Cap | null
  /** How much refusals tell its callers of it. */
  disclosure: Disclosure
  billing: BillingTerms
  billTo: Party
  createdAt: Millis
}

/** Whether it pays beforehand, or is invoiced afterwards, up to a limit. */
export interface BillingTerms {
  mode: 'prepaid' | 'arrears'
  /** How far below zero calls may take the balance; 0 where it is prepaid. */
  creditLimit: Nano
}

export interface ApplicationRow {
  id: string
  organization: string
  team: string | null
  /** The member whom to turn to. */
  owner: string | null
  name: string
  limits: LimitTerms[]
  createdAt: Millis
}

/** Somebody, in words of who vouches for them. */
export interface KeyIdentity {
  issuer: string
  subject: string
}

export interface KeyRow {
  id: string
  application: string
  organization: string
  /** Of its application. */
  team: string | null
  name: string
  /** HMAC of the key; the key itself is nowhere. */
  hash: string
  lastFour: string
  state: 'active' | 'disabled' | 'revoked'
  /** Whom it belongs to. */
  member: string | null
  scopes: string[]
  /** Networks; null: anywhere. */
  addresses: string[] | null
  models: string[] | null
  /** Published APIs it may call, exact names or with `*`; null: all. */
  apis: string[] | null
  stage: Stage
  cap: Cap | null
  /** The key whose spend cap it counts against: itself, or the first of those that it was rotated from. */
  capKey: string
  /** Whose tokens or certificates are served as it; null: nobody's. */
  identity: KeyIdentity | null
  limits: LimitTerms[]
  expiresAt: Millis | null
  lastUsedAt: Millis | null
  createdAt: Millis
}

/** A scoped management token. */
export interface TokenRow {
  id: string
  name: string
  hash: string
  lastFour: string
  /** None where it is a member's. */
  permissions: string[]
  /** Null: not bound to one organization. */
  organization: string | null
  /** Whose role decides what it may do; null: its permissions do. */
  member: string | null
  expiresAt: Millis | null
  createdAt: Millis
}

/** The operator's own price for what a provider calls a model; decimal strings per million, by bucket. */
export interface PriceRow {
  /** `provider/model` */
  name: string
  provider: string
  model: string
  rates: Record<string, string>
  version: string
  createdAt: Millis
}

/** Lot of a wallet as the ledger keeps it. */
export interface GrantRow {
  id: string
  organization: string
  seq: bigint
  amount: Nano
  priority: number
  expiresAt: Millis | null
  posted: Nano
  held: Nano
  expired: Nano
  reversed: Nano
  reason: string
  at: Millis
}

/** Sums of a wallet. `expired` counts lots whose expiry has passed although no sweep ran. */
export interface BalanceRow {
  granted: Nano
  expired: Nano
  posted: Nano
  held: Nano
  /** Of what is held, what has expired meanwhile: it does not come back. */
  lapsed: Nano
  overdraft: Nano
  creditLimit: Nano
}

export interface EntryRow {
  seq: bigint
  id: string
  kind: string
  request: string | null
  at: Millis
  legs: { account: string; unit: string; amount: Nano; field: string }[]
  /** What was asked for: reason, account, priority, … */
  terms: Record<string, string | number | null>
  memo: Record<string, unknown>
}

export interface AttemptRow {
  /** Null: it was an upstream of an API. */
  provider: string | null
  model: string | null
  upstream?: number
  status: number | null
  outcome: string
  error: string | null
  buckets: Buckets
  latencyMs: number
  ttftMs: number | null
}

export interface RequestRow {
  id: string
  at: Millis
  organization: string | null
  application: string | null
  key: string | null
  user: string | null
  tags: string | null
  path: string
  model: string | null
  api: string | null
  route: string | null
  release: number | null
  stream: boolean
  outcome: string
  denial: string | null
  denialId: string | null
  status: number
  cost: Nano
  providerCost: Nano | null
  priceVersion: string | null
  estimated: boolean
  flags: string[]
  delivery: string
  clamped: number | null
  latencyMs: number
  ttftMs: number | null
  attempts: AttemptRow[]
  /** What its charge was reckoned from; empty: its price does not depend on what goes through it. */
  measured: CallMeasured
  violations: ViolationNote[]
}

export interface DenialRow {
  id: string
  at: Millis
  requestId: string
  organization: string | null
  key: string | null
  code: string
  /** The problem as it was answered, JSON. */
  problem: string
  /** JSON. */
  trace: string
  operatorDetail: string | null
  configurationVersion: number
}

/** One management change. Before and after are JSON and never hold a secret. */
export interface AuditRow {
  id: string
  at: Millis
  /** `operator`, the id of a management token, or `system`: the gateway itself. */
  actor: string
  action: string
  subject: string
  /** Whom it concerns; null: the whole installation. */
  organization: string | null
  before: string | null
  after: string | null
}

/** A row of the chain: `hash` is SHA-256 over the previous hash and the row. */
export interface ChainedAuditRow extends AuditRow {
  seq: bigint
  previousHash: string
  hash: string
}

export interface IdempotencyRow {
  /** Credential and path. */
  scope: string
  key: string
  /** SHA-256 of the body. */
  fingerprint: string
  status: number
  /** The answer as it is repeated: JSON, without secrets. */
  answer: string
  at: Millis
}
