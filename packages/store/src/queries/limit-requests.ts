import type { LimitDecision, LimitRequestRow } from '@faregate/admin/limit-requests/rows'
import type { AdminQueries } from '@faregate/admin/ports'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { LimitRequestsTable } from '../schema-limits.ts'
import type { Schema } from '../schema.ts'
import { toNumber, toNumberOrNull } from './columns.ts'
import { usageSlots, usageSpread } from './limit-usage.ts'

export function limitRequestQueries(db: Kysely<Schema>): AdminQueries['limitRequests'] {
  const all = () => db.selectFrom('limit_requests').selectAll()
  return {
    async get(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row && limitRequestOf(row)
    },
    async open(subject) {
      const row = await all().where('subject', '=', subject).where('state', '=', 'open').executeTakeFirst()
      return row && limitRequestOf(row)
    },
    async list({ limit, before }, { organization, team, state }) {
      let query = all().where('organization_id', '=', organization).orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (team !== undefined) query = query.where('team_id', '=', team)
      if (state !== undefined) query = query.where('state', '=', state)
      return (await query.execute()).map(limitRequestOf)
    },
    async recent(askedBy, since) {
      const { count } = await db
        .selectFrom('limit_requests')
        .select((eb) => eb.fn.countAll<bigint>().as('count'))
        .where('asked_by', '=', askedBy)
        .where((eb) => eb.or([eb('state', '=', 'open'), eb('created_at', '>=', BigInt(since))]))
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    slots: (of, what, since) => usageSlots(db, of, what, since),
    spread: (of, measure, since) => usageSpread(db, of, measure, since),
  }
}

function limitRequestOf(row: Selectable<LimitRequestsTable>): LimitRequestRow {
  const { id, organization_id: organization, team_id: team, subject, asked_by: askedBy, created_at, decided_at, decision } = row
  const at = toNumberOrNull(decided_at)
  return {
    id,
    organization,
    team,
    subject,
    facts: JSON.parse(row.facts) as LimitRequestRow['facts'],
    askedBy,
    state: row.state as LimitRequestRow['state'],
    createdAt: toNumber(created_at),
    decision: decision === null || at === null ? null : { ...(JSON.parse(decision) as Omit<LimitDecision, 'at'>), at },
  }
}

/** On the row that every change takes at its end anyway, for the audit. */
export async function lockLimitRequests(trx: Transaction<Schema>): Promise<void> {
  await trx
    .updateTable('counters')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('name', '=', 'audit')
    .execute()
}

export async function insertLimitRequest(db: Kysely<Schema>, row: LimitRequestRow): Promise<boolean> {
  const { id, organization, team, subject, facts, askedBy, state, createdAt } = row
  const result = await db
    .insertInto('limit_requests')
    .values({
      id,
      organization_id: organization,
      team_id: team,
      subject,
      facts: JSON.stringify(facts),
      asked_by: askedBy,
      state,
      created_at: createdAt,
      decided_at: null,
      decision: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function decideLimitRequest(
  db: Kysely<Schema>,
  id: string,
  state: 'approved' | 'rejected',
  { at, ...decision }: LimitDecision,
): Promise<boolean> {
  const result = await db
    .updateTable('limit_requests')
    .set({ state, decided_at: at, decision: JSON.stringify(decision) })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
