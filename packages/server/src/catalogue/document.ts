import { createHash } from 'node:crypto'
import type { AdminDeps } from '@faregate/admin'
import { Recent, routesOf, type ApiEntry } from '@faregate/core'
import { promptDocument, publishedDocument } from '@faregate/lifecycle'
import { ratesOf } from './rates.ts'

export interface ShownDocument {
  text: string
  etag: string
}

export type PublishedDocuments = (entry: ApiEntry) => Promise<ShownDocument | undefined>

/** So many stay made: they are large, and asked for again and again. */
const MOST_KEPT = 8

/** The documents of APIs as callers get them; undefined: an API has none. */
export function createPublishedDocuments(deps: AdminDeps): PublishedDocuments {
  const known = new Recent<{ entry: ApiEntry; about: string; shown: ShownDocument }>(MOST_KEPT)
  return async (entry) => {
    if (!hasDocument(entry)) return undefined
    const [url, rates] = [deps.publicUrl() + entry.prefix, (await ratesOf(deps, entry)) ?? undefined]
    const about = JSON.stringify([url, rates])
    const before = known.get(entry.name)
    // An API that is changed is another entry.
    if (before?.entry === entry && before.about === about) return before.shown
    const kept = await documentOf(deps, entry)
    if (kept === undefined) return undefined
    const text = publishedDocument(kept, {
      url,
      routes: routesOf(entry),
      currency: deps.currency,
      rates,
      deprecated: entry.retirement !== undefined,
    })
    const shown = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
    known.set(entry.name, { entry, about, shown })
    return shown
  }
}

/** Whether there is a document: that of a prompt is made of it. */
export function hasDocument({ kind, document }: ApiEntry): boolean {
  return kind === 'prompt' || document !== undefined
}

async function documentOf({ store }: AdminDeps, entry: ApiEntry): Promise<string | undefined> {
  if (entry.kind === 'prompt') return promptDocument(entry.name, entry)
  return entry.document === undefined ? undefined : store.read.apiDocuments.get(entry.document)
}
