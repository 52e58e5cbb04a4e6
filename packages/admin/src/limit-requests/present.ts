import type { AdminDeps } from '../deps.ts'
import { timeText } from '../present/time.ts'
import type { LimitRequestRow } from './rows.ts'

/** A request as whoever asked is told of it. */
export function presentLimitRequest({ publicUrl }: Pick<AdminDeps, 'publicUrl'>, row: LimitRequestRow) {
  const { id, organization, facts, askedBy, state, decision, createdAt } = row
  return {
    id,
    organization,
    ...facts,
    askedBy,
    state,
    decision: decision === null ? null : { ...decision, at: timeText(decision.at) },
    createdAt: timeText(createdAt),
    pollUrl: `${publicUrl()}/v1/limit-requests/${id}`,
  }
}
