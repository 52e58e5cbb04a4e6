import { fieldChanges } from '@faregate/lifecycle'
import { agreed, personOf } from '../api-approval.ts'
import { requireKnown } from '../api-owner.ts'
import { examine } from '../api-release.ts'
import { freshId, type Call, type Context, type Handlers } from '../call.ts'
import { change, changeConfiguration } from '../change.ts'
import type { ApiRequestRow, DraftDefinition } from '../configuration-rows.ts'
import { refuseManaged } from '../managed.ts'
import { wholeList } from '../paging.ts'
import { presentDefinition } from '../present/apis.ts'
import { timeText, timeTextOrNull } from '../present/time.ts'
import { found, invalid, notFound, refuse } from '../refusal.ts'
import { apisNameCanary } from './apis.name.canary.ts'
import { apisNameReleases, publishable } from './apis.name.releases.ts'
import { apisNameStaging } from './apis.name.staging.ts'

type Names = 'getApiApproval' | 'setApiApproval' | 'listApiRequests' | 'createApiRequest' | 'approveApiRequest' | 'rejectApiRequest'

export const apisNameRequests: Handlers<Names> = {
  async getApiApproval({ deps, params: { name } }) {
    await requireKnown(deps, name)
    return { required: await deps.store.read.apiRequests.required(name) }
  },

  async setApiApproval(call) {
    const { deps, body } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    await requireKnown(deps, name)
    return change(call, async (trx) => {
      const before = { required: await trx.apiRequests.required(name) }
      // Whoever could end it alone could do everything alone.
      if (before.required && !body.required) invalid('/required', 'is ended by two people: ask for it with `dropApproval`')
      await trx.putApiApproval(name, body.required)
      return { event: { action: 'api.approval', subject: name, organization: null, before, after: body }, answer: body }
    })
  },

  async listApiRequests({ deps, params: { name } }) {
    await requireKnown(deps, name)
    const { read } = deps.store
    const [rows, inForce] = await Promise.all([read.apiRequests.list(name), read.apis.get(name)])
    return wholeList(rows.map((row) => present(row, inForce?.release ?? 0)))
  },

  async createApiRequest(call) {
    const { deps, body, credential } = call
    const { name } = call.params
    refuseManaged('API', name, deps.snapshot().apis.get(name)?.managedBy)
    await requireKnown(deps, name)
    const { read } = deps.store
    const [action, more] = actionOf(body)
    const inForce = await read.apis.get(name)
    const definition = await definitionOf(call, action)
    const flaws = definition === undefined ? [] : await examine(call, name, definition, overrideOf(body))
    const row: ApiRequestRow = {
      id: freshId(call, 'ar'),
      api: name,
      action,
      body: body[action],
      base: inForce?.release ?? 0,
      changes:
        definition === undefined ? [] : fieldChanges(inForce && presentDefinition(deps, inForce), presentDefinition(deps, definition)),
      overridden: flaws.map(({ code }) => code),
      askedBy: credential.id,
      person: personOf(credential),
      state: 'pending',
      createdAt: deps.clock.now(),
      decidedBy: null,
      decidedAt: null,
      reason: null,
    }
    if (more) return invalid('', 'asks for several things: ask for each by itself')
    return change(call, async (trx) => {
      await trx.insertApiRequest(row)
      const answer = present(row, row.base)
      return { event: { action: 'api.ask', subject: name, organization: null, after: answer }, answer }
    })
  },

  async approveApiRequest(call) {
    const { deps, credential } = call
    const decision = { state: 'approved' as const, decidedBy: credential.id, decidedAt: deps.clock.now(), reason: null }
    const approved = { ...(await decidable(call)), ...decision }
    const answer = present(approved, approved.base)
    await carriedOut({ ...call, approved, answered: answer }, approved)
    return answer
  },

  async rejectApiRequest(call) {
    const { deps, body, credential } = call
    const row = await decidable(call)
    return change(call, async (trx) => {
      const decision = { state: 'rejected' as const, decidedBy: credential.id, decidedAt: deps.clock.now(), reason: body.reason }
      if (!(await trx.decideApiRequest(row.id, decision)))
        return refuse({ code: 'conflict', detail: `The request "${row.id}" was decided meanwhile.` })
      const answer = present({ ...row, ...decision }, row.base)
      return { event: { action: 'api.reject', subject: row.api, organization: null, after: answer }, answer }
    })
  },
}

type Body = Call<'createApiRequest'>['body']
type Action = ApiRequestRow['action']

const ACTIONS = ['publish', 'canary', 'promote', 'promoteStaged', 'dropApproval'] as const satisfies readonly Action[]

/** What is asked for, and whether that is not all. */
function actionOf(body: Body): [action: Action, more: boolean] {
  const [action, ...more] = ACTIONS.filter((one) => body[one] !== undefined)
  return action === undefined
    ? invalid('', 'asks for nothing: name `publish`, `canary`, `promote`, `promoteStaged` or `dropApproval`')
    : [action, more.length > 0]
}

function overrideOf({ publish, canary, promoteStaged }: Body): readonly string[] {
  return publish?.override ?? canary?.override ?? promoteStaged?.override ?? []
}

/** What callers would have. */
async function definitionOf(call: Call<'createApiRequest'>, action: Action): Promise<DraftDefinition | undefined> {
  const { deps, params, body } = call
  const { publish, canary, promote, promoteStaged } = body
  if (action === 'publish' && publish !== undefined) return (await publishable({ deps, params, body: publish }, deps.store.read)).definition
  const number = canary?.release ?? promote?.release ?? promoteStaged?.release
  if (number === undefined) return undefined
  return found(await deps.store.read.apiReleases.get(params.name, number), 'release of an API', `${params.name} ${number}`).definition
}

/** The request, if somebody else than whoever asked decides, and nobody has. */
async function decidable({ deps, credential, params }: Pick<Call<'approveApiRequest'>, 'params'> & Context): Promise<ApiRequestRow> {
  const { name, request } = params
  const row = found(await deps.store.read.apiRequests.get(request), 'request', request)
  if (row.api !== name) return notFound('request', request)
  if (row.state !== 'pending') return refuse({ code: 'conflict', detail: `The request "${request}" is ${row.state}.` })
  const nobodys = credential.organization !== null && credential.member === null
  if (nobodys || row.person === personOf(credential))
    return refuse({
      code: 'second_person_required',
      detail: nobodys
        ? 'A token that belongs to no member is nobody who could agree: use that of a member.'
        : `The request "${request}" is your own: somebody else decides about it.`,
    })
  return row
}

/** Does what was asked for, looked at once more: by now it may be wrong. */
async function carriedOut(context: Context, { api: name, action, body }: ApiRequestRow): Promise<unknown> {
  const call = { ...context, params: { name }, query: {} }
  switch (action) {
    case 'publish':
      return apisNameReleases.publishApi({ ...call, body: body as Call<'publishApi'>['body'] })
    case 'canary':
      return apisNameCanary.setApiCanary({ ...call, body: body as Call<'setApiCanary'>['body'] })
    case 'promote':
      return apisNameCanary.promoteApiCanary({ ...call, body: body as Call<'promoteApiCanary'>['body'] })
    case 'promoteStaged':
      return apisNameStaging.promoteStagedApi({ ...call, body: body as Call<'promoteStagedApi'>['body'] })
    case 'dropApproval':
      return changeConfiguration(call, async (trx) => {
        await trx.lockApis()
        const after = { required: false, ...(await agreed(call, trx, name)) }
        await trx.putApiApproval(name, false)
        return { event: { action: 'api.approval', subject: name, organization: null, before: { required: true }, after }, answer: after }
      })
  }
}

function present(row: ApiRequestRow, inForce: number) {
  const { id, api, action, body, base, changes, overridden, askedBy, state, createdAt, decidedBy, decidedAt, reason } = row
  const shown = state === 'pending' && base !== inForce ? ('void' as const) : state
  const about = { id, api, action, body: body ?? null, base, changes, overridden, askedBy, state: shown }
  return { ...about, createdAt: timeText(createdAt), decidedBy, decidedAt: timeTextOrNull(decidedAt), reason }
}
