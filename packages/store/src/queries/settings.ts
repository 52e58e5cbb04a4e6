import { SETTING_NAMES, type SettingName, type StoredSettings } from '@faregate/core'
import type { AdminQueries } from '@faregate/admin/ports'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** Each setting is a row of `meta` of its own, so that changes of two settings at once do not undo each other. */
const keyOf = (name: SettingName): string => `setting:${name}`

export function settingQueries(db: Kysely<Schema>): AdminQueries['settings'] {
  return {
    async stored() {
      const rows = await db.selectFrom('meta').selectAll().where('key', 'in', SETTING_NAMES.map(keyOf)).execute()
      const values = new Map(rows.map(({ key, value }) => [key, value]))
      return Object.fromEntries(
        SETTING_NAMES.flatMap((name) => {
          const text = values.get(keyOf(name))
          return text === undefined ? [] : [[name, JSON.parse(text) as unknown]]
        }),
      ) as StoredSettings
    },
  }
}

/** Inserts or replaces. */
export async function putSetting(db: Kysely<Schema>, name: SettingName, value: StoredSettings[SettingName]): Promise<void> {
  const columns = { value: JSON.stringify(value) }
  await db
    .insertInto('meta')
    .values({ key: keyOf(name), ...columns })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
    .execute()
}

export async function deleteSetting(db: Kysely<Schema>, name: SettingName): Promise<void> {
  await db.deleteFrom('meta').where('key', '=', keyOf(name)).execute()
}
