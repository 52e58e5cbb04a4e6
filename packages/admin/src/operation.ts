import { formatAmount } from '@faregate/core'
import type { AttachedRow } from '@faregate/ledger/port'
import type { Operation, Outcome } from '@faregate/ledger/types'
import { attachedAuditOf } from './audit-row.ts'
import type { Context } from './call.ts'
import type { Event } from './change.ts'
import { mismatch } from './idempotency.ts'
import { refuse } from './refusal.ts'

/** Grants without a priority are spent after those that have a lower one. */
export const USUAL_PRIORITY = 100

export type Done = Extract<Outcome, { status: 'ok' | 'exists' }>

/**
 * Submits a ledger operation with its audit row, which is written in the same transaction if the operation takes effect.
 * Answers an operation that was done, now or before by the same id; every other outcome is a refusal.
 */
export async function submit(context: Context, operation: Operation, event?: Event): Promise<Done> {
  const attach = event === undefined ? [] : [attachedAudit(context, event)]
  const outcome = await context.deps.ledger.submit(operation, { attach })
  if (isDone(outcome)) return outcome
  return refuseOutcome(operation, outcome)
}

function isDone(outcome: Outcome): outcome is Done {
  return outcome.status === 'ok' || outcome.status === 'exists'
}

/** The row of the audit, to be written with an operation. */
export function attachedAudit(context: Context, event: Event): AttachedRow {
  return attachedAuditOf(context.deps, { ...event, actor: context.credential.id })
}

/** The row of the answer to an idempotency key, to be written with an operation; none where there is no key. */
export function keptAnswer({ deps, idempotency, status }: Context, answer: unknown): AttachedRow[] {
  if (idempotency === undefined) return []
  const { scope, key, fingerprint } = idempotency
  const values = { scope, key, request_hash: fingerprint, status, response: JSON.stringify(answer), created_at: deps.clock.now() }
  return [{ table: 'idempotency', values }]
}

function refuseOutcome(operation: Operation, outcome: Exclude<Outcome, Done>): never {
  if (outcome.status === 'exceeds_remaining') return refuseRemaining(operation, outcome.remaining)
  if (outcome.status === 'grant_unknown') return refuse({ code: 'not_found', detail: 'There is no such grant.' })
  if (outcome.status === 'request_unknown') return refuse({ code: 'not_found', detail: 'No charge of such a request is in the ledger.' })
  if (outcome.status === 'account_unknown') return refuse({ code: 'not_found', detail: 'The organization has no wallet.' })
  if (outcome.status === 'operation_invalid') {
    return refuse({
      code: 'request_invalid',
      detail: `/${outcome.member}: the ledger does not take this value`,
      pointer: `/${outcome.member}`,
    })
  }
  if (outcome.status.startsWith('exists_with_different_')) return mismatch()
  throw new Error(`the ledger answered ${outcome.status} to ${operation.type}`)
}

function refuseRemaining(operation: Operation, remaining: bigint): never {
  const text = formatAmount(remaining)
  if (operation.type === 'refund') {
    return refuse({ code: 'refund_exceeds_charge', detail: `At most ${text} of this request's charge is left to refund.`, remaining: text })
  }
  return refuse({ code: 'nothing_to_reverse', detail: `At most ${text} of this grant is unspent and unheld.`, remaining: text })
}
