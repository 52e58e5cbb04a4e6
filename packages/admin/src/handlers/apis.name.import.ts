import { documentId, mergedRoutes, type Design, type DesignedRoute } from '@faregate/lifecycle'
import { hashOf, refuseDocument, sentDocument } from '../api-document.ts'
import { begunDraft, keepDraft, nextDraft, presentDraft } from '../api-draft.ts'
import { claimed } from '../api-owner.ts'
import type { Call, Handlers } from '../call.ts'
import { change } from '../change.ts'
import type { HttpDraft } from '../configuration-rows.ts'
import { timeText } from '../present/time.ts'
import { invalid } from '../refusal.ts'

export const apisNameImport: Handlers<'checkDocument' | 'importApi'> = {
  async checkDocument({ deps, body }) {
    const { design, findings, changes } = await deps.documents.read(await sentDocument(deps, body), await ownWords(body.before))
    const called = design === undefined ? null : documentId(hashOf(design.document))
    return {
      valid: design !== undefined,
      documentId: called,
      design: design === undefined ? null : factsOf(design),
      findings,
      changes,
    }

    async function ownWords(before: string | undefined): Promise<string | undefined> {
      if (before === undefined) return undefined
      const read = await deps.documents.read(before)
      return read.design?.document ?? refuseDocument(read.findings)
    }
  },

  async importApi(call) {
    const { deps, body, params } = call
    if (body.price !== undefined && body.free === true) return invalid('/free', 'has a price, and is free: keep one of them')
    const begun = await begunDraft(call, params.name)
    const { definition: before } = begun
    if (before !== undefined && before.kind !== 'http') return invalid('', `"${params.name}" is no HTTP service: its document is made here`)
    const text = await sentDocument(deps, body)
    const known = before?.document
    const { design, findings, changes, gone } = await deps.documents.read(
      text,
      known === undefined ? undefined : await deps.store.read.apiDocuments.get(known),
    )
    if (design === undefined) return refuseDocument(findings)
    const { definition, added, removed } = imported(call, before, design, gone)
    const row = nextDraft(call, params.name, begun, definition)
    const said = { design: factsOf(design), findings, added: added.map(nameOf), removed: removed.map(nameOf), changes }
    const answer = { draft: await presentDraft(call, row, design.document), ...said }
    if (body.dryRun) return answer
    return change(call, async (trx) => {
      await claimed(call, trx, params.name)
      await trx.putApiDocument(hashOf(design.document), design.document)
      await keepDraft(trx, row)
      const facts = { ...said.design, revision: row.revision, added: said.added, removed: said.removed }
      const event = { action: 'api.import', subject: row.name, organization: null, after: facts }
      return { event, answer }
    })
  },
}

interface Imported {
  definition: HttpDraft
  added: DesignedRoute[]
  removed: DesignedRoute[]
}

function imported(
  { body, params, deps }: Call<'importApi'>,
  before: HttpDraft | undefined,
  design: Design,
  gone: DesignedRoute[],
): Imported {
  const terms = { ...(body.price === undefined ? {} : { price: body.price }), ...(body.free === undefined ? {} : { free: body.free }) }
  const { routes, added, removed } = mergedRoutes(before?.routes ?? [], design.routes, gone, terms, timeText(deps.clock.now()))
  const baseUrl = before?.upstream === undefined ? serverOf(design, body.url) : undefined
  const upstream = baseUrl === undefined ? {} : { upstream: { baseUrl } }
  const merged = { kind: 'http' as const, prefix: `/${params.name}`, ...upstream, ...before, routes, document: hashOf(design.document) }
  return { definition: merged, added, removed }
}

/** Where the document says that the service is, as long as nobody said it otherwise. */
function serverOf({ server }: Design, documentUrl: string | undefined): string | undefined {
  const url = server === undefined ? null : URL.parse(server, documentUrl)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') return undefined
  return url.href.replace(/\/+$/, '')
}

function factsOf({ title, version, openapi }: Design) {
  return { title, version, openapi }
}

function nameOf({ method, path }: DesignedRoute): string {
  return `${method} ${path}`
}
