import type { AutoTopUpRow } from '@faregate/admin/payment-rows'
import type { PaymentQueries } from '@faregate/admin/ports-payments'
import { TOP_UP_FAILURES } from '@faregate/core'
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { AutoTopUpsTable } from '../schema-saved-payments.ts'
import { toNumber, toNumberOrNull } from './columns.ts'
import { balanceAt } from './conditions.ts'

/** A balance that is too low, of an organization that pays beforehand and may call. */
function isWanted(now: number): RawBuilder<boolean> {
  return sql<boolean>`(auto_top_ups.enabled = 1 AND organizations.suspended_at IS NULL
    AND coalesce(organizations.billing_mode, 'prepaid') <> 'arrears' AND ${balanceAt(now)} < auto_top_ups.below)`
}

export function autoTopUpQueries(db: Kysely<Schema>): PaymentQueries['autoTopUps'] {
  const ofWallets = () =>
    db
      .selectFrom('auto_top_ups')
      .innerJoin('organizations', 'organizations.id', 'auto_top_ups.organization_id')
      .innerJoin('accounts', (join) => join.on(sql<boolean>`accounts.id = 'wallet:' || auto_top_ups.organization_id`))
      .selectAll('auto_top_ups')
  return {
    async get(organization) {
      const row = await db.selectFrom('auto_top_ups').selectAll().where('organization_id', '=', organization).executeTakeFirst()
      return row && autoTopUpOf(row)
    },
    async due(now, limit) {
      const rows = await ofWallets()
        .where('next_at', '<=', BigInt(now))
        .where(sql<boolean>`(auto_top_ups.top_up_id IS NOT NULL OR ${isWanted(now)})`)
        .orderBy('next_at')
        .limit(limit)
        .execute()
      return rows.map(autoTopUpOf)
    },
    async isWanted(organization, now) {
      const row = await ofWallets().where('auto_top_ups.organization_id', '=', organization).where(isWanted(now)).executeTakeFirst()
      return row !== undefined
    },
    async recovered(now, limit) {
      const rows = await ofWallets()
        .where('state', 'in', TOP_UP_FAILURES)
        .where(sql<boolean>`${balanceAt(now)} >= auto_top_ups.below`)
        .limit(limit)
        .execute()
      return rows.map(autoTopUpOf)
    },
  }
}

function autoTopUpOf(row: Selectable<AutoTopUpsTable>): AutoTopUpRow {
  return {
    organization: row.organization_id,
    below: row.below,
    amount: row.amount,
    ceiling: row.ceiling,
    enabled: row.enabled === 1n,
    revision: toNumber(row.revision),
    order: row.top_up_id,
    attempts: toNumber(row.attempts),
    failures: toNumber(row.failures),
    nextAt: toNumberOrNull(row.next_at),
    state: row.state as AutoTopUpRow['state'],
    code: row.code,
    failedAt: toNumberOrNull(row.failed_at),
  }
}

function columnsOf(row: AutoTopUpRow) {
  const { below, amount, ceiling, order, attempts, failures, nextAt, state, code, failedAt } = row
  const terms = { below, amount, ceiling, enabled: row.enabled ? 1 : 0 }
  return { ...terms, top_up_id: order, attempts, failures, next_at: nextAt, state, code, failed_at: failedAt }
}

export async function insertAutoTopUp(db: Kysely<Schema>, row: AutoTopUpRow): Promise<void> {
  await db
    .insertInto('auto_top_ups')
    .values({ organization_id: row.organization, revision: row.revision, ...columnsOf(row) })
    .execute()
}

/** Writes the row if it is still the one that was read, whose revision it names; whether it was. */
export async function updateAutoTopUp(db: Kysely<Schema>, row: AutoTopUpRow): Promise<boolean> {
  const changed = await db
    .updateTable('auto_top_ups')
    .set({ ...columnsOf(row), revision: row.revision + 1 })
    .where('organization_id', '=', row.organization)
    .where('revision', '=', BigInt(row.revision))
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}
