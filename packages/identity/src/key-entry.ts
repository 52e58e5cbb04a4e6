import type { Disclosure, LimitRule, Millis, Nano, PriceTerms, TopUpFailure } from '@faregate/core'
import type { RoleRef } from './roles.ts'

/** How much may be spent in a period. */
export interface SpendCap {
  amount: Nano
  period: 'day' | 'week' | 'month' | 'total'
}

/** What is known of an API key, as of a configuration version; what the gateway decides by. */
export interface KeyEntry {
  id: string
  name: string
  /** The last four characters, to be recognised by. */
  lastFour: string
  state: 'active' | 'disabled' | 'revoked'
  expiresAt: Millis | null
  /** What it may be used for; none: everything. */
  scopes: string[]
  /** Where it may be used from, addresses and networks; null: anywhere. */
  addresses: string[] | null
  /** Models it may call, exact names or with `*`; null: all. */
  models: string[] | null
  /** Published APIs it may call, exact names or with `*`; null: all. */
  apis: string[] | null
  /** Of which stage of published APIs it is; absent: production. */
  stage?: 'staging'
  cap: SpendCap | null
  /** The key whose spend cap it counts against: itself, or the one that it was rotated from. */
  capKey: string
  /** Limits in force for it: its own, its application's, its organization's. Absent: none. */
  limits?: LimitRule[]
  application: { id: string; name: string }
  /** The team of the application, with the cap over all of its applications. */
  team: { id: string; name: string; cap: SpendCap | null } | null
  /** Whom it belongs to. */
  member: KeyMember | null
  organization: KeyOrganization
}

/** The member whom a key belongs to. */
export interface KeyMember extends RoleRef {
  id: string
  name: string
  /** In which alone the role holds; null: in the whole organization. */
  team: string | null
  /** Over all keys of the member. */
  cap: SpendCap | null
}

/** The organization of a key, as far as its calls depend on it. */
export interface KeyOrganization {
  id: string
  name: string
  /** IANA zone in which the periods of caps begin. */
  zone: string
  /** Why the operator suspended it; null: it is not suspended. */
  suspended: string | null
  /** Over all of its keys. */
  cap: SpendCap | null
  /** Of each end user whom requests name. In a request: of the one whom it names, `named` where that one has its own. */
  userCap: (SpendCap & { named?: true }) | null
  /** Of each tag that requests name. Absent or null: none. */
  tagCap?: SpendCap | null
  /** Some of its end users or tags have a cap of their own. */
  namedCaps?: boolean
  /** In a request: of the tags that it names. */
  tagCaps?: readonly TagCap[]
  /** What models cost it. Absent: what they cost everybody. */
  terms?: PriceTerms
  /** How much refusals tell its callers of it. Absent: what they tell everybody. */
  disclosure?: Disclosure
  /** In arrears: how far below zero its calls may take the balance. Absent: it is prepaid. */
  creditLimit?: Nano
  /** The best of its saved payment methods. Absent: it has none. */
  paymentMethod?: 'ready' | 'unverified'
  /** Its automatic top-up failed, and its balance has not recovered since. */
  topUpFailed?: TopUpFailure
}

/** The cap of one tag: its own, or the one that every tag has. */
export interface TagCap {
  tag: string
  cap: SpendCap
  common?: true
}

/** Finds keys. Rejects with an error when the database does not answer: that is never a 401. */
export interface KeyDirectory {
  /** By what the caller presented, in clear; `undefined` if no such key exists. */
  find(presented: string): Promise<KeyEntry | undefined> | KeyEntry | undefined
}
