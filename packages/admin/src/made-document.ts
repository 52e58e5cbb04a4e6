import { madeDocument } from '@faregate/lifecycle'
import { hashOf } from './api-document.ts'
import type { DraftDefinition } from './configuration-rows.ts'
import type { AdminTransaction } from './ports.ts'

/** Keeps the document that follows from a definition; an imported one is kept by whoever imports it. */
export async function keepMadeDocument(trx: AdminTransaction, name: string, definition: DraftDefinition): Promise<void> {
  const text = madeDocument(name, definition)
  if (text !== undefined) await trx.putApiDocument(hashOf(text), text)
}
