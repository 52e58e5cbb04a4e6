import type { Snapshot } from '@faregate/core'
import type { RouteOutput, Routes } from '@faregate/contract'
import type { ProviderState } from '../deps.ts'
import type { BalanceRow, DenialRow, KeyRow, OrganizationRow, RequestRow } from '../rows.ts'
import type { PlansSeen } from './subscription.ts'

export type Diagnosis = RouteOutput<Routes['diagnose']>
export type Step = Diagnosis['steps'][number]
export type StepName = Step['step']

/** What a diagnosis is made from. What could not be found is absent. */
export interface Evidence {
  denial: DenialRow | undefined
  request: RequestRow | undefined
  /** The record was lost and `request` was read from the ledger. */
  fromLedger: boolean
  balance: BalanceRow | undefined
  key: KeyRow | undefined
  organization: OrganizationRow | undefined
  /** Absent: it is not known for whom it was. */
  plans: PlansSeen | undefined
  snapshot: Snapshot
  /** Names of the prices in force. */
  priced: ReadonlySet<string>
  providerState: (name: string) => ProviderState
  currency: string
  now: number
  /** Whether the operator asks; others are not told how the gateway is configured. */
  forOperator: boolean
}

/** What one look at the present found. */
export interface Seen {
  result: 'ok' | 'failed'
  /** For somebody who has never seen this gateway. */
  detail: string
  fix?: string
  /** The reason of the refusal is gone: the same request would pass here now. */
  mended?: true
  /** The detail and the fix are the operator's. */
  operators?: true
}

/** Looks at one thing of a step; `undefined`: there is nothing to be seen of it. */
export type Look = (evidence: Evidence) => Seen | undefined

/** Why it was refused; `undefined`: it was not. */
export function codeOf({ denial, request }: Evidence): string | undefined {
  return denial?.code ?? request?.denial ?? undefined
}

/** What the caller was told. */
export interface Told {
  detail?: unknown
  limit?: { required?: unknown }
  fixes?: { command?: unknown }[]
}

export function toldIn({ denial }: Evidence): Told | undefined {
  return denial === undefined ? undefined : (JSON.parse(denial.problem) as Told)
}

/** What the request named. */
export function modelOf({ request }: Evidence): string | undefined {
  return request?.model ?? undefined
}
