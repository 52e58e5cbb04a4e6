import type { Snapshot } from '@faregate/core'
import type { RouteOutput, Routes } from '@faregate/contract'
import type { ProviderState } from '../deps.ts'
import type { ApplicationRow, BalanceRow, DenialRow, KeyRow, OrganizationRow, RequestRow } from '../rows.ts'
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
  application: ApplicationRow | undefined
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
  scope?: { level?: unknown }
  limit?: { required?: unknown }
  /** What would have been needed: `scope:models`, `address:10.0.0.1`, `model:small`, `api:weather`. */
  required?: string[]
  fixes?: { command?: unknown }[]
}

export function toldIn({ denial }: Evidence): Told | undefined {
  return denial === undefined ? undefined : (JSON.parse(denial.problem) as Told)
}

/** What the request named. */
export function modelOf({ request }: Evidence): string | undefined {
  return request?.model ?? undefined
}

/** What a refusal of this kind needed of the key: `scope`, `address`, `model` or `api`. */
export function requiredOf(evidence: Evidence, kind: string): string | undefined {
  const told = toldIn(evidence)
  // What an API takes from where is its publisher's: no key has it.
  if (kind === 'address' && told?.scope?.level === 'api') return undefined
  return told?.required?.find((one) => one.startsWith(`${kind}:`))?.slice(kind.length + 1)
}

/** Whether it was refused for what a look has found to be permitted now; where what was needed is not told, it may have been that. */
export function permittedNow(evidence: Evidence, kind: string): { mended?: true } {
  const refused = codeOf(evidence) === 'permission_denied'
  return refused && (toldIn(evidence)?.required === undefined || requiredOf(evidence, kind) !== undefined) ? { mended: true } : {}
}
