import type { AdminQueries } from '@faregate/admin/ports'
import type { ApiDraftRow, DraftDefinition } from '@faregate/admin/configuration-rows'
import type { Kysely, Selectable } from 'kysely'
import type { ApiDraftsTable } from '../schema-configuration.ts'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export function apiDraftQueries(db: Kysely<Schema>): AdminQueries['apiDrafts'] {
  return {
    async get(name) {
      const row = await db.selectFrom('api_drafts').selectAll().where('name', '=', name).executeTakeFirst()
      return row && draftOf(row)
    },
    async list() {
      return (await db.selectFrom('api_drafts').selectAll().orderBy('name').execute()).map(draftOf)
    },
  }
}

function draftOf(row: Selectable<ApiDraftsTable>): ApiDraftRow {
  return {
    name: row.name,
    definition: JSON.parse(row.definition) as DraftDefinition,
    base: toNumber(row.base),
    revision: toNumber(row.revision),
    changedBy: row.changed_by,
    createdAt: toNumber(row.created_at),
    updatedAt: toNumber(row.updated_at),
  }
}

/** Begins a draft with revision 1, or changes the one of the revision before; whether it could: nobody else was faster. */
export async function putApiDraft(db: Kysely<Schema>, row: ApiDraftRow): Promise<boolean> {
  const columns = {
    definition: JSON.stringify(row.definition),
    base: row.base,
    revision: row.revision,
    changed_by: row.changedBy,
    updated_at: row.updatedAt,
  }
  if (row.revision === 1) {
    const inserted = await db
      .insertInto('api_drafts')
      .values({ name: row.name, created_at: row.createdAt, ...columns })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirst()
    return inserted.numInsertedOrUpdatedRows === 1n
  }
  const updated = await db
    .updateTable('api_drafts')
    .set(columns)
    .where('name', '=', row.name)
    .where('revision', '=', BigInt(row.revision - 1))
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

/** Takes a draft away, if it still has this revision; whether it had. */
export async function deleteApiDraft(db: Kysely<Schema>, name: string, revision: number): Promise<boolean> {
  const deleted = await db.deleteFrom('api_drafts').where('name', '=', name).where('revision', '=', BigInt(revision)).executeTakeFirst()
  return deleted.numDeletedRows === 1n
}

export function apiDocumentQueries(db: Kysely<Schema>): AdminQueries['apiDocuments'] {
  return {
    async get(hash) {
      return (await db.selectFrom('api_documents').select('text').where('hash', '=', hash).executeTakeFirst())?.text
    },
  }
}

/** Keeps a document under its hash; one that is there stays. */
export async function putApiDocument(db: Kysely<Schema>, hash: string, text: string, at: number): Promise<void> {
  await db
    .insertInto('api_documents')
    .values({ hash, text, created_at: at })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
}
