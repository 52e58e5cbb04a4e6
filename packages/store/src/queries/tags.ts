import { sql, type RawBuilder } from 'kysely'

type Kind = 'sqlite' | 'postgres'

/** Whether a request names a tag: a record keeps them separated by commas. Engines have no word for "contains" in common. */
export function hasTag(tag: string): RawBuilder<boolean> {
  const tags = sql`(',' || coalesce(tags, '') || ',')`
  return sql<boolean>`replace(${tags}, ${`,${tag},`}, '') <> ${tags}`
}

/** The tags of a request as rows, to be joined to it; {@link TAG_COLUMN} is the column. */
export function tagRows(kind: Kind): RawBuilder<unknown> {
  if (kind === 'postgres') return sql`unnest(string_to_array(requests.tags, ','))`
  const escaped = sql`replace(replace(requests.tags, '\\', '\\\\'), '"', '\\"')`
  const json = sql`'["' || replace(${escaped}, ',', '","') || '"]'`
  return sql`json_each(CASE WHEN json_valid(${json}) THEN ${json} END)`
}

export const TAG_COLUMN: Record<Kind, RawBuilder<string | null>> = {
  sqlite: sql<string | null>`one_tag.value`,
  postgres: sql<string | null>`one_tag.one_tag`,
}
