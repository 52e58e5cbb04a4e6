import type { ApiAlertQueries } from '@faregate/admin/ports-apis'
import type { ApiAlert } from '@faregate/core'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

export function apiAlertQueries(db: Kysely<Schema>): ApiAlertQueries {
  return {
    async get(api) {
      const row = await db.selectFrom('api_alerts').select('rules').where('api', '=', api).executeTakeFirst()
      return row === undefined ? [] : (JSON.parse(row.rules) as ApiAlert[])
    },
    async list() {
      const rows = await db.selectFrom('api_alerts').selectAll().orderBy('api').execute()
      return rows.map(({ api, rules }) => ({ api, alerts: JSON.parse(rules) as ApiAlert[] }))
    },
  }
}

/** All alerts of an API, in the place of those before. */
export async function putApiAlerts(db: Kysely<Schema>, api: string, alerts: readonly ApiAlert[]): Promise<void> {
  await db.deleteFrom('api_alerts').where('api', '=', api).execute()
  if (alerts.length > 0)
    await db
      .insertInto('api_alerts')
      .values({ api, rules: JSON.stringify(alerts) })
      .execute()
}
