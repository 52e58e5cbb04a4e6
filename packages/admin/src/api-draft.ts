import type { ApiRoute } from '@faregate/core'
import { callerChanges, documentId, fieldChanges, flawsOf, madeDocument, type ApiChange } from '@faregate/lifecycle'
import { hashOf } from './api-document.ts'
import { changedDefinition, refuseFlaws } from './api-definition.ts'
import type { Call, Context } from './call.ts'
import type { ApiDraftRow, ApiRow, DraftDefinition, KeptDefinition } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import { kept } from './kept.ts'
import { keepMadeDocument } from './made-document.ts'
import { refuseManaged } from './managed.ts'
import type { AdminTransaction } from './ports.ts'
import { presentDefinition } from './present/apis.ts'
import { invalid, refuse } from './refusal.ts'

type Sent = Omit<Call<'updateApiDraft'>['body'], 'document' | 'organization' | 'dryRun'>

/** What a draft goes on from: itself, else what is in force, else nothing. */
export interface DraftBegun {
  /** Undefined: nothing is there. */
  definition: DraftDefinition | undefined
  base: number
  /** Of the draft that is there; 0: there is none. */
  revision: number
  createdAt: number
}

/** Where a draft of the API begins now. Refuses an API that the configuration file defines. */
export async function begunDraft({ deps }: Context, name: string): Promise<DraftBegun> {
  const { read } = deps.store
  refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
  const draft = await read.apiDrafts.get(name)
  if (draft !== undefined) return draft
  const row = await read.apis.get(name)
  return { definition: row && definitionOf(row), base: row?.release ?? 0, revision: 0, createdAt: deps.clock.now() }
}

/** The same draft, begun on what is in force now. */
export async function rebased({ deps }: Context, name: string, begun: DraftBegun): Promise<DraftBegun> {
  return { ...begun, base: (await deps.store.read.apis.get(name))?.release ?? 0 }
}

/** What of a published API is in its releases and drafts. */
export function definitionOf({
  name: _name,
  release: _release,
  canary: _tried,
  retirement: _goes,
  listing: _listed,
  organization: _whose,
  createdAt: _createdAt,
  ...definition
}: ApiRow): KeptDefinition {
  return definition
}

/** A draft changed by what was sent. `document`: the text as it is to be kept, null: none, undefined: the one that it has. It may be unfinished, but what is there must be right. */
export function changedDraft(
  context: Context,
  name: string,
  begun: DraftBegun,
  { prices, rebase: _rebase, ...sent }: Sent,
  document: string | null | undefined,
): ApiDraftRow {
  const changed = changedDefinition(context.deps, name, begun.definition, sent)
  if (changed.kind === 'http') {
    const described = kept('document', changed.document, typeof document === 'string' ? hashOf(document) : document)
    const { document: _before, ...members } = changed
    return nextDraft(context, name, begun, { ...members, ...described, routes: priced(changed.routes, prices ?? {}) })
  }
  if (document !== undefined)
    return invalid('/document', 'belongs to an HTTP service: that of a prompt or of models is made of what they are')
  if (prices !== undefined) return invalid('/prices', 'belongs to an HTTP service: a call of a model costs what that costs')
  return nextDraft(context, name, begun, changed)
}

/** The next revision of a draft, with a definition that may be unfinished. */
export function nextDraft({ deps, credential }: Context, name: string, begun: DraftBegun, definition: DraftDefinition): ApiDraftRow {
  refuseFlaws(flawsOf(definition).filter(({ missing }) => missing !== true))
  const { base, revision, createdAt } = begun
  return { name, definition, base, revision: revision + 1, changedBy: credential.id, createdAt, updatedAt: deps.clock.now() }
}

function priced(routes: ApiRoute[], prices: Record<string, string>): ApiRoute[] {
  const names = new Set(routes.map(nameOf))
  const strange = Object.keys(prices).find((name) => name !== '*' && !names.has(name))
  if (strange !== undefined) return invalid('/prices', `there is no route "${strange}"; routes are named like "GET /forecast/{city}"`)
  return routes.map((route) => {
    const { price, metered, free, ...rest } = route
    const open = price === undefined && metered === undefined && free !== true
    const set = prices[nameOf(route)] ?? (open ? prices['*'] : undefined)
    if (set === undefined) return route
    if (set === 'free') return { ...rest, free: true }
    return { ...rest, ...(metered === undefined ? {} : { metered }), price: set }
  })
}

function nameOf({ method, path }: ApiRoute): string {
  return `${method} ${path}`
}

/** Keeps a draft, unless somebody else changed it since it was read. */
export async function keepDraft(trx: AdminTransaction, row: ApiDraftRow): Promise<void> {
  if (await trx.putApiDraft(row)) return keepMadeDocument(trx, row.name, row.definition)
  const now = await trx.apiDrafts.get(row.name)
  const who = now === undefined ? 'it was discarded or published' : `${now.changedBy} made it revision ${now.revision}`
  refuse({ code: 'conflict', detail: `The draft of "${row.name}" changed meanwhile: ${who}. Look at it, and do it again.` })
}

/** A draft beside what is in force. `document`: its text, where it is not kept yet. Slow: it belongs into no transaction. */
export async function presentDraft({ deps }: Context, row: ApiDraftRow, document?: string) {
  const { name, revision, base, changedBy, updatedAt, definition } = row
  const inForce = await deps.store.read.apis.get(name)
  const text = madeDocument(name, definition) ?? document
  return {
    name,
    revision,
    base,
    ...presentDefinition(deps, definition),
    document: definition.document !== undefined,
    documentId: definition.document === undefined ? null : documentId(definition.document),
    changedBy,
    updatedAt: new Date(updatedAt).toISOString(),
    changes: fieldChanges(inForce && presentDefinition(deps, inForce), presentDefinition(deps, definition)),
    apiChanges: noticed(inForce, definition, await documentsCompared(deps, inForce?.document, definition.document, text)),
  }
}

/** In what two documents differ, by their hashes; nothing where one of them is not there. */
export async function documentsCompared(
  { documents, store }: AdminDeps,
  before: string | undefined,
  after: string | undefined,
  text?: string,
): Promise<ApiChange[]> {
  if (before === undefined || after === undefined || before === after) return []
  const { apiDocuments } = store.read
  const [was, is] = await Promise.all([apiDocuments.get(before), text ?? apiDocuments.get(after)])
  return was === undefined || is === undefined ? [] : documents.compare(was, is)
}

/** What callers notice of two definitions: of how they prove who they are, and of what their documents say (`documented`). */
export function noticed(
  before: Pick<DraftDefinition, 'authentication'> | undefined,
  after: Pick<DraftDefinition, 'authentication'>,
  documented: readonly ApiChange[],
): ApiChange[] {
  const all = [...(before === undefined ? [] : callerChanges(before.authentication, after.authentication)), ...documented]
  return [...all.filter(({ breaking }) => breaking), ...all.filter(({ breaking }) => !breaking)]
}
