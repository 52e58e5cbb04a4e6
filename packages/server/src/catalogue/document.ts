import { createHash } from 'node:crypto'
import type { AdminDeps } from '@faregate/admin'
import { Recent, routesOf, type ApiEntry } from '@faregate/core'
import { madeDocument, publishedDocument } from '@faregate/lifecycle'
import { TOKEN_PATH } from '../http/token-endpoint.ts'
import { ratesByModel, ratesOf, type Rates } from './rates.ts'

export interface ShownDocument {
  text: string
  etag: string
}

export type PublishedDocuments = (entry: ApiEntry) => Promise<ShownDocument | undefined>

/** What a document depends on beside its API, which is another entry when it is changed. */
interface About {
  url: string
  rates: Rates | Record<string, Rates | null> | undefined
}

interface Made {
  entry: ApiEntry
  about: string
  shown: ShownDocument
}

/** So many characters stay made, and as many that were used before them: documents are large, and asked for again and again. */
const MOST_KEPT = 32 * 1024 * 1024

/** The documents of APIs as callers get them; undefined: an API has none. */
export function createPublishedDocuments(deps: AdminDeps, mostKept = MOST_KEPT): PublishedDocuments {
  const known = new Recent<Made>(mostKept, ({ shown }) => shown.text.length)
  const running = new WeakMap<ApiEntry, { about: string; making: Promise<ShownDocument | undefined> }>()
  return async (entry) => {
    if (!hasDocument(entry)) return undefined
    const parts = {
      url: deps.publicUrl() + entry.prefix,
      rates: (await ratesOf(deps, entry)) ?? (await ratesByModel(deps, entry)) ?? undefined,
    }
    const about = JSON.stringify(parts)
    const before = known.get(entry.name)
    if (before?.entry === entry && before.about === about) return before.shown
    // However many look at once: it is made once.
    const beside = running.get(entry)
    if (beside?.about === about) return beside.making
    const making = made(deps, entry, parts)
    running.set(entry, { about, making })
    try {
      const shown = await making
      if (shown !== undefined) known.set(entry.name, { entry, about, shown })
      return shown
    } finally {
      running.delete(entry)
    }
  }
}

async function made(deps: AdminDeps, entry: ApiEntry, { url, rates }: About): Promise<ShownDocument | undefined> {
  const kept = await documentOf(deps, entry)
  if (kept === undefined) return undefined
  const text = publishedDocument(kept, {
    url,
    routes: routesOf(entry),
    currency: deps.currency,
    authentication: entry.authentication,
    tokenUrl: deps.publicUrl() + TOKEN_PATH,
    rates,
    deprecated: entry.retirement !== undefined,
  })
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
}

/** Whether there is a document: that of a prompt, or of models, is made of it. */
export function hasDocument({ kind, document }: ApiEntry): boolean {
  return kind !== 'http' || document !== undefined
}

async function documentOf({ store }: AdminDeps, entry: ApiEntry): Promise<string | undefined> {
  if (entry.kind !== 'http') return madeDocument(entry.name, entry)
  return entry.document === undefined ? undefined : store.read.apiDocuments.get(entry.document)
}
