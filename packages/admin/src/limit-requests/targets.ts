import type { Quota } from '@faregate/billing'
import type { Permission } from '@faregate/contract'
import type { Context } from '../call.ts'
import type { Period } from '@faregate/ledger/types'
import type { AdminQueries, AdminTransaction } from '../ports.ts'
import { capTarget } from './cap-targets.ts'
import { limitTarget } from './limit-targets.ts'
import { quotaTarget } from './quota-targets.ts'
import type { Measure, Subject, UsageOf } from './rows.ts'

/** Something that can be raised: how it is named, what it is, who may change it, and how. */
export interface Target {
  /** Names it among all there are. */
  name: string
  /** As it was asked for, with every id. */
  subject: Subject
  organization: string
  /** It is the team's, or that of something which belongs to it. */
  team: string | null
  /** For people: `the spend cap of the key "production"`. */
  title: string
  /** The permission that the change itself needs. */
  permission: Permission
  /** Whether the operator alone changes it: what a plan includes, whoever sells that. */
  operators?: true
  /** A currency, `requests` or `tokens`. */
  unit: string
  /** A period or a window; null where it is of none. */
  per: string | null
  /** What is in force, in nano-units or whole units. */
  current: bigint
  money: boolean
  usage: { of: UsageOf; measure: Measure; period?: Period; zone: string; quota?: Pick<Quota, 'models' | 'apis'> }
  /** Changes it, in a transaction with everything else that the decision does. */
  set(trx: AdminTransaction, value: bigint, now: number): Promise<void>
  /** Moves the running period in the ledger, once that is committed; may be done again. */
  adjust?(context: Context, value: bigint): Promise<void>
}

export interface Finding {
  read: AdminQueries
  organization: string
  currency: string
}

/** What a subject names in an organization; undefined: there is no such limit there. */
export async function targetOf(finding: Finding, subject: Subject): Promise<Target | undefined> {
  if (subject.kind === 'cap') return capTarget(finding, subject)
  if (subject.kind === 'limit') return limitTarget(finding, subject)
  return quotaTarget(finding, subject)
}
