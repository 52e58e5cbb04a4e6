import type { RouteInput, Routes } from '@faregate/contract'
import { freshId, type Context } from '../call.ts'
import { change } from '../change.ts'
import { sees } from '../credential.ts'
import { invalid, refuse } from '../refusal.ts'
import { presentLimitRequest } from './present.ts'
import type { LimitRequestRow } from './rows.ts'
import { targetOf } from './targets.ts'
import { textOf } from './usage.ts'
import { valueOf } from './value.ts'

export type Ask = RouteInput<Routes['createLimitRequest']>['body']

/** So many that are open or younger than a day, of one key or token: asking is cheap, deciding is not. */
const MOST = 20
const DAY_MS = 86_400_000

/** Somebody else has asked for the same meanwhile. */
class Taken extends Error {}

/** Takes a request for a higher limit. While one is open for the same, it is that one that is answered, whoever asks. */
export async function askForLimit(context: Context, organization: string, { subject, value, reason }: Ask) {
  const { deps, credential } = context
  const { read } = deps.store
  const target = await targetOf({ read, organization, currency: deps.currency }, subject)
  if (target === undefined || !sees(credential, target)) return invalid('/subject', 'there is no such limit')
  const wanted = value === undefined ? null : textOf(target)(valueOf(target, value))
  const { name, team, title, unit, per, current } = target
  const row: LimitRequestRow = {
    id: freshId(context, 'lr'),
    organization,
    team,
    subject: name,
    facts: { subject: target.subject, title, unit, per, current: textOf(target)(current), value: wanted, reason },
    askedBy: credential.id,
    state: 'open',
    createdAt: deps.clock.now(),
    decision: null,
  }
  const open = await read.limitRequests.open(name)
  if (open !== undefined) return presentLimitRequest(deps, open)
  try {
    return await openRequest(context, row)
  } catch (error) {
    const other = error instanceof Taken ? await read.limitRequests.open(name) : undefined
    if (other === undefined) throw error
    return presentLimitRequest(deps, other)
  }
}

function openRequest(context: Context, row: LimitRequestRow) {
  const { deps } = context
  const { id, organization, askedBy, createdAt: at } = row
  return change(context, async (trx) => {
    await trx.lockLimitRequests()
    if ((await trx.limitRequests.recent(askedBy, at - DAY_MS)) >= MOST) refuseMore()
    if (!(await trx.insertLimitRequest(row))) throw new Taken()
    const answer = presentLimitRequest(deps, row)
    const { subject, title, unit, per, current, value, reason } = answer
    const data = { request: id, subject, title, unit, per, current, value, reason, askedBy }
    await trx.insertEvent({ id: freshId(context, 'evt'), type: 'limit_request.opened', organization, at, data })
    return { event: { action: 'limit_request.open', subject: id, organization, after: answer }, answer }
  })
}

function refuseMore(): never {
  const fix = {
    kind: 'change_policy',
    action: 'decide_limit_requests',
    by: 'org_admin',
    canYou: false,
    command: 'faregate limit-request list',
  } as const
  return refuse({
    code: 'conflict',
    detail: `${MOST} requests for higher limits are open, or were made within a day: whoever decides comes first.`,
    fixes: [fix],
  })
}
