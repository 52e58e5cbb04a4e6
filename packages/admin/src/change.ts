import { auditRowOf, type Deed } from './audit-row.ts'
import type { Context } from './call.ts'
import { ANSWER_LIFETIME_MS } from './idempotency.ts'
import type { AdminTransaction } from './ports.ts'
import type { AuditRow } from './rows.ts'

/** What a change was about, for the audit: whoever calls has done it. */
export type Event = Omit<Deed, 'actor'>

/** What a change did and what is answered. `repeated` is the answer to the same idempotency key: without what is shown once. */
export interface Changed<Answer> {
  event: Event
  answer: Answer
  repeated?: unknown
}

/** Makes a change in one transaction with its audit row and the answer to its idempotency key. */
export function change<Answer>(context: Context, effect: (trx: AdminTransaction) => Promise<Changed<Answer>>): Promise<Answer> {
  return context.deps.store.write(async (trx) => {
    const { event, answer, repeated } = await effect(trx)
    await trx.insertAudit(auditRow(context, event))
    await keepAnswer(context, trx, context.answered ?? repeated ?? answer)
    return answer
  })
}

/** The same for what callers' requests depend on: in force here before it is answered, elsewhere within a second. */
export async function changeConfiguration<Answer>(
  context: Context,
  effect: (trx: AdminTransaction) => Promise<Changed<Answer>>,
): Promise<Answer> {
  const answer = await change(context, async (trx) => {
    const changed = await effect(trx)
    await trx.bumpConfiguration()
    return changed
  })
  await context.deps.changed()
  return answer
}

async function keepAnswer({ deps, idempotency, status }: Context, trx: AdminTransaction, answer: unknown): Promise<void> {
  if (idempotency === undefined) return
  const at = deps.clock.now()
  await trx.forgetAnswers(at - ANSWER_LIFETIME_MS)
  await trx.insertIdempotency({ ...idempotency, status, answer: JSON.stringify(answer ?? null), at })
}

/** The row that tells of a change. What somebody of an organization did is that organization's, whatever it was done to. */
export function auditRow({ deps, credential }: Context, event: Event): AuditRow {
  return auditRowOf(deps, { ...event, organization: event.organization ?? credential.organization, actor: credential.id })
}
