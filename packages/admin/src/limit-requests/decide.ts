import { freshId, visible, type Call } from '../call.ts'
import { change, changeConfiguration, type Changed } from '../change.ts'
import { requirePermission, sees } from '../credential.ts'
import type { AdminQueries, AdminTransaction } from '../ports.ts'
import { found, invalid, notFound, refuse } from '../refusal.ts'
import { presentLimitRequest } from './present.ts'
import type { LimitDecision, LimitRequestRow } from './rows.ts'
import { targetOf, type Target } from './targets.ts'
import { textOf, usageOf } from './usage.ts'
import { valueOf } from './value.ts'

type Decide = Call<'decideLimitRequest'>
type Shown = ReturnType<typeof presentLimitRequest>

/**
 * Decides about a request. Approving changes the limit in the same transaction; the ledger's running period follows, and where
 * the process dies in between, the same decision again mends it. Takes the permission that the change itself needs.
 */
export async function decideLimitRequest(call: Decide): Promise<Shown> {
  const { deps, params, body, credential } = call
  const row = await visibleLimitRequest(call, deps.store.read, params.id)
  const target = await targetOfRow(call, deps.store.read, row)
  if (target !== undefined && !sees(credential, target)) return notFound('limit request', row.id)
  if (target !== undefined) requirePermission(credential, target.permission)
  if (target?.operators === true && credential.organization !== null) refuseBound(row, target)
  if (row.state !== 'open') return repeated(call, row, target)
  if (body.decision === 'reject') return reject(call, body.reason ?? invalid('/reason', 'say why'))
  if (target === undefined) return refuse({ code: 'conflict', detail: 'What was asked for more of is gone: reject it.' })
  const value = await wantedValue(call, row, target)
  const shown = await changeConfiguration(call, (trx) => approve(call, trx, value))
  await target.adjust?.(call, value)
  return shown
}

/** Nobody raises what his own organization is sold, nor what it sells to others: it is more than was agreed with the operator. */
function refuseBound({ id }: LimitRequestRow, { title, permission }: Target): never {
  const command = `faregate limit-request approve ${id}`
  refuse({
    code: 'permission_denied',
    detail: `The operator decides about ${title}.`,
    required: [permission],
    fixes: [{ kind: 'change_policy', action: 'decide_limit_request', by: 'operator', canYou: false, command }],
  })
}

/** The request, if this credential sees its organization; 404 otherwise. */
export async function visibleLimitRequest(
  call: Pick<Decide, 'credential' | 'deps' | 'requestId' | 'idempotency' | 'status'>,
  read: Pick<AdminQueries, 'limitRequests'>,
  id: string,
): Promise<LimitRequestRow> {
  return visible(call, await read.limitRequests.get(id), 'limit request', id)
}

function targetOfRow({ deps }: Pick<Decide, 'deps'>, read: AdminQueries, { organization, facts }: LimitRequestRow) {
  return targetOf({ read, organization, currency: deps.currency }, facts.subject)
}

async function wantedValue({ deps, body }: Decide, { facts }: LimitRequestRow, target: Target): Promise<bigint> {
  if (body.value !== undefined) return valueOf(target, body.value)
  if (facts.value !== null) return valueOf(target, facts.value)
  await deps.flushed()
  const { proposal } = await usageOf(deps.store.read, target, null, deps.clock.now())
  return valueOf(target, proposal.value)
}

async function approve(call: Decide, trx: AdminTransaction, value: bigint): Promise<Changed<Shown>> {
  const row = found(await trx.limitRequests.get(call.params.id), 'limit request', call.params.id)
  const target = await targetOfRow(call, trx, row)
  if (target === undefined) return refuse({ code: 'conflict', detail: 'What was asked for more of is gone: reject it.' })
  await target.set(trx, value, call.deps.clock.now())
  const text = textOf(target)
  return decided(call, trx, row, text(value), { [target.name]: text(target.current) }, { [target.name]: text(value) })
}

function reject(call: Decide, reason: string): Promise<Shown> {
  return change(call, async (trx) => {
    const row = found(await trx.limitRequests.get(call.params.id), 'limit request', call.params.id)
    return decided(call, trx, row, null, undefined, { reason })
  })
}

/** Writes the decision, unless somebody else has decided. */
async function decided(
  call: Decide,
  trx: AdminTransaction,
  row: LimitRequestRow,
  value: string | null,
  before: unknown,
  after: unknown,
): Promise<Changed<Shown>> {
  const { deps, credential, body } = call
  const at = deps.clock.now()
  const decision: LimitDecision = { value, reason: body.reason ?? null, by: credential.id, at }
  const state = body.decision === 'approve' ? 'approved' : 'rejected'
  if (!(await trx.decideLimitRequest(row.id, state, decision))) return refuseDecided(row)
  const { id, organization, facts } = row
  const answer = presentLimitRequest(deps, { ...row, state, decision })
  const data = { request: id, subject: facts.subject, title: facts.title, unit: facts.unit, state, value, reason: decision.reason }
  await trx.insertEvent({ id: freshId(call, 'evt'), type: 'limit_request.decided', organization, at, data })
  const action = body.decision === 'approve' ? 'limit_request.approve' : 'limit_request.reject'
  return { event: { action, subject: id, organization, before, after }, answer }
}

/** The same decision again answers as before, and has the ledger follow once more. */
async function repeated(call: Decide, row: LimitRequestRow, target: Target | undefined): Promise<Shown> {
  const { body, deps } = call
  const same = row.state === (body.decision === 'approve' ? 'approved' : 'rejected')
  if (!same || (body.value !== undefined && String(body.value) !== row.decision?.value)) return refuseDecided(row)
  if (row.state === 'approved' && target !== undefined && textOf(target)(target.current) === row.decision?.value)
    await target.adjust?.(call, target.current)
  return presentLimitRequest(deps, row)
}

function refuseDecided({ id, state }: LimitRequestRow): never {
  return refuse({ code: 'conflict', detail: `The request "${id}" is ${state === 'open' ? 'decided' : state} already.` })
}
