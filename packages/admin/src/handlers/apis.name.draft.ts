import { hashOf, readDocument } from '../api-document.ts'
import { begunDraft, changedDraft, keepDraft, presentDraft, rebased } from '../api-draft.ts'
import { claimed } from '../api-owner.ts'
import type { Handlers } from '../call.ts'
import { change } from '../change.ts'
import { wholeList } from '../paging.ts'
import { routeCount } from '../present/apis.ts'
import { found, notFound } from '../refusal.ts'

export const apisNameDraft: Handlers<'listApiDrafts' | 'getApiDraft' | 'updateApiDraft' | 'deleteApiDraft' | 'getApiDocument'> = {
  async listApiDrafts({ deps, credential: { organization } }) {
    const rows = await deps.store.read.apiDrafts.list()
    const own = organization === null ? undefined : new Set(await deps.store.read.apiOwners.of(organization))
    const seen = own === undefined ? rows : rows.filter(({ name }) => own.has(name))
    return wholeList(
      seen.map(({ name, revision, base, definition, changedBy, updatedAt }) => ({
        name,
        revision,
        base,
        routes: routeCount(definition),
        changedBy,
        updatedAt: new Date(updatedAt).toISOString(),
      })),
    )
  },

  async getApiDraft(call) {
    const { read } = call.deps.store
    return presentDraft(call, found(await read.apiDrafts.get(call.params.name), 'draft of an API', call.params.name))
  },

  async updateApiDraft(call) {
    const { name } = call.params
    const { document: sent, organization, dryRun, ...members } = call.body
    const begun = await begunDraft(call, name)
    const document = await readDocument(call.deps, sent)
    const row = changedDraft(call, name, call.body.rebase === true ? await rebased(call, name, begun) : begun, members, document)
    const answer = await presentDraft(call, row, document ?? undefined)
    if (dryRun) return answer
    return change(call, async (trx) => {
      await claimed(call, trx, name, organization)
      if (typeof document === 'string') await trx.putApiDocument(hashOf(document), document)
      await keepDraft(trx, row)
      const after = { revision: row.revision, changes: answer.changes }
      return { event: { action: 'api.draft', subject: name, organization: null, after }, answer }
    })
  },

  async deleteApiDraft(call) {
    const { name } = call.params
    await change(call, async (trx) => {
      const { revision } = found(await trx.apiDrafts.get(name), 'draft of an API', name)
      if (!(await trx.deleteApiDraft(name, revision))) notFound('draft of an API', name)
      return { event: { action: 'api.discard', subject: name, organization: null, before: { revision } }, answer: undefined }
    })
    return undefined
  },

  async getApiDocument({ deps, params: { name }, query }) {
    const { read } = deps.store
    const { of, release } = query
    const kept =
      of === 'draft' ? await read.apiDrafts.get(name) : release === undefined ? undefined : await read.apiReleases.get(name, release)
    const definition =
      kept === undefined && of === 'release' && release === undefined
        ? ((await read.apis.get(name)) ?? deps.snapshot().apis.get(name))
        : kept?.definition
    const hash = found(definition, of === 'draft' ? 'draft of an API' : 'release of an API', name).document
    return found(hash === undefined ? undefined : await read.apiDocuments.get(hash), 'document of the API', name)
  },
}
