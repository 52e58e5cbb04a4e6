import { createHash } from 'node:crypto'
import type { AdminDeps } from '@faregate/admin'
import { Recent, type ApiEntry } from '@faregate/core'
import { publishedDocument } from '@faregate/lifecycle'

export interface ShownDocument {
  text: string
  etag: string
}

export type PublishedDocuments = (entry: ApiEntry) => Promise<ShownDocument | undefined>

/** So many stay made: they are large, and asked for again and again. */
const MOST_KEPT = 8

/** The documents of APIs as callers get them; undefined: an API has none. */
export function createPublishedDocuments({
  store,
  publicUrl,
  currency,
}: Pick<AdminDeps, 'store' | 'publicUrl' | 'currency'>): PublishedDocuments {
  const known = new Recent<{ entry: ApiEntry; url: string; shown: ShownDocument }>(MOST_KEPT)
  return async (entry) => {
    if (entry.document === undefined) return undefined
    const url = publicUrl() + entry.prefix
    const before = known.get(entry.name)
    // An API that is changed is another entry.
    if (before?.entry === entry && before.url === url) return before.shown
    const kept = await store.read.apiDocuments.get(entry.document)
    if (kept === undefined) return undefined
    const { routes, retirement } = entry
    const text = publishedDocument(kept, { url, routes, currency, deprecated: retirement !== undefined })
    const shown = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
    known.set(entry.name, { entry, url, shown })
    return shown
  }
}
