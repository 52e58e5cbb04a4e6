import type { CanaryRow, KeptDefinition } from '@faregate/admin/configuration-rows'
import type { CanaryTerms } from '@faregate/core'
import type { Kysely, Selectable } from 'kysely'
import type { ApisTable } from '../schema-configuration.ts'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export function canaryOf({
  canary_release: release,
  canary,
}: Pick<Selectable<ApisTable>, 'canary_release' | 'canary'>): CanaryRow | undefined {
  return release === null || canary === null ? undefined : { release: toNumber(release), ...(JSON.parse(canary) as CanaryTerms) }
}

/** The definitions of all releases that are tried beside others, by what {@link canaryKey} calls them. */
export async function canaryDefinitions(db: Kysely<Schema>): Promise<Map<string, KeptDefinition>> {
  const rows = await db
    .selectFrom('apis')
    .innerJoin('api_releases', (join) =>
      join.onRef('api_releases.api', '=', 'apis.name').onRef('api_releases.number', '=', 'apis.canary_release'),
    )
    .select(['apis.name', 'api_releases.number', 'api_releases.definition'])
    .execute()
  return new Map(rows.map(({ name, number, definition }) => [canaryKey(name, toNumber(number)), JSON.parse(definition) as KeptDefinition]))
}

/** Rows that were read one after the other are of the same release, or do not find each other. */
export function canaryKey(api: string, release: number | undefined): string {
  return `${api} ${release ?? 0}`
}

/** Tries a release beside the one in force; undefined: none. */
export async function putApiCanary(db: Kysely<Schema>, name: string, canary: CanaryRow | undefined): Promise<void> {
  const { release = null, ...terms } = canary ?? {}
  const columns = { canary_release: release, canary: canary === undefined ? null : JSON.stringify(terms) }
  await db.updateTable('apis').set(columns).where('name', '=', name).execute()
}
