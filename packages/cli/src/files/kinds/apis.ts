import { randomUUID } from 'node:crypto'
import { ROUTES, type Client, type RouteOutput, type Routes } from '@faregate/contract'
import { DEFAULT_CHARGE_ON, DEFAULT_VISIBILITY, withoutSlash } from '@faregate/core'
import { z } from 'zod'
import { Failure } from '../../command.ts'
import { send, type Entry, type Kind, type Known, type Names, type Reading, type Shown, type Writing } from '../kind.ts'
import { without } from '../regular.ts'
import { changeOf, same, sendable, shaped, type Members } from '../shape.ts'
import { ownedBy } from './others.ts'

type Api = RouteOutput<Routes['getApi']>

/** What is said of an API beside its definition, each by a call of its own. */
const BESIDE = ['organization', 'listing', 'retirement', 'alerts']

const definition = ROUTES.updateApiDraft.body.omit({ rebase: true, prices: true, dryRun: true, organization: true })
const { listing } = ROUTES.createApi.body.shape
const alerts = ROUTES.setApiAlerts.body.shape.alerts
const { retirement } = ROUTES.updateModel.body.shape

export const apis: Kind = {
  name: 'apis',
  noun: 'API',
  schema: z.strictObject({
    organization: ROUTES.createApi.body.shape.organization.describe('Whose it is, for good, by name. Absent: the operator.'),
    ...definition.shape,
    document: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('The file with its OpenAPI document, JSON or YAML, relative to this file and within the folder.'),
    listing,
    retirement,
    alerts: alerts.optional().describe('When webhooks that are told `api.alert` are told of how it is called.'),
  }),
  fixed: ['organization'],
  normal,
  read,
  again: async ({ client, names }, name) => shownApi(client, names, await client.getApi({ params: { name } })),
  check,
  create: (writing, wanted) => publish(writing, wanted, undefined),
  change: publish,
  async remove({ client }, { name }) {
    await client.deleteApi({ params: { name } })
  },
  settle,
}

async function read({ client, names }: Reading): Promise<Shown[]> {
  const { data } = await client.listApis({})
  return Promise.all(data.map((api) => shownApi(client, names, api)))
}

async function shownApi(client: Client, names: Names, api: Api): Promise<Shown> {
  const { organization, documentId, listing: listed, managedBy, ...members } = api
  const { data } = managedBy.source === 'database' ? await client.listApiAlerts({ params: { name: api.name } }) : { data: [] }
  const value = {
    ...members,
    organization: organization === null ? null : names.nameOf(organization),
    // That of a prompt follows from it.
    document: api.prompt === null ? documentId : null,
    listing: { ...listed, invited: listed.invited.map((id) => names.nameOf(id)) },
    alerts: data,
  }
  return { name: api.name, id: api.name, managedBy, value }
}

/** What need not be said, because it is so anyway. */
const ANYWAY: Members = { encodedSlashes: 'refuse', timeouts: {}, presentation: {}, listing: {}, upstream: {} }

function normal({ prefix, upstream, upstreams, routes, listing: listed, retirement: goes, ...members }: Members, name: string): Members {
  const whole: Members = {
    prefix: prefix ?? `/${name}`,
    upstream: normalUpstream(upstream as Members | undefined, upstreams !== undefined),
    upstreams: (upstreams as Members[] | undefined)?.map(normalPlace),
    routes: (routes as Members[] | undefined)?.map(normalRoute),
    ...members,
    listing: (listed as Members | undefined)?.['visibility'] === DEFAULT_VISIBILITY ? without(listed as Members, ['visibility']) : listed,
    retirement: (goes as Members | undefined)?.['state'] === 'retired' ? without(goes as Members, ['sunset']) : goes,
  }
  return Object.fromEntries(Object.entries(whole).filter(([member, value]) => value !== undefined && !same(value, ANYWAY[member])))
}

function normalPlace({ baseUrl, ...members }: Members): Members {
  return { ...(typeof baseUrl === 'string' ? { baseUrl: withoutSlash(baseUrl) } : {}), ...members }
}

/** Where there are several places, the one beside the secrets is the first of them. */
function normalUpstream(upstream: Members | undefined, several: boolean): Members | undefined {
  if (upstream === undefined) return undefined
  return several ? without(upstream, ['baseUrl']) : normalPlace(upstream)
}

function normalRoute({ chargeOn, ...route }: Members): Members {
  const usual = same(chargeOn, DEFAULT_CHARGE_ON) || route['free'] === true
  return usual || chargeOn === undefined ? route : { ...route, chargeOn }
}

/** Whether the gateway would take the definition: it is asked, and keeps nothing. Refuses to publish what somebody else is designing. */
async function check(writing: Writing, { name, value }: Entry, known: Known | undefined): Promise<void> {
  const [before, after] = [without(known?.value ?? {}, BESIDE), without(value, BESIDE)]
  if (known !== undefined && same(before, after)) return
  const { client, replaceDrafts } = writing
  const begun = await draftOf(client, name, after)
  if (begun !== undefined && !begun.wanted && !replaceDrafts)
    throw new Failure(
      `has a draft, changed by ${begun.changedBy}, that is not what the folder says`,
      `publish it or discard it (faregate api discard ${name}), or give --replace-drafts`,
    )
  if (begun === undefined) await client.updateApiDraft({ params: { name }, body: { ...draftBody(writing, before, value), dryRun: true } })
}

/** Makes the draft that the folder describes, and publishes it, unless nothing of the definition differs. */
async function publish(writing: Writing, { name, value }: Entry, known: Known | undefined): Promise<void> {
  const { client, override } = writing
  const [before, after] = [without(known?.value ?? {}, BESIDE), without(value, BESIDE)]
  if (known !== undefined && same(before, after)) return
  const base = known === undefined ? 0 : ((await client.getApi({ params: { name } })).release ?? 0)
  const begun = await draftOf(client, name, after)
  if (begun?.wanted === false) await client.deleteApiDraft({ params: { name } })
  const revision = begun?.wanted === true ? begun.revision : await draft(writing, name, before, value)
  const listed = known === undefined && value['listing'] !== undefined ? { listing: listingOf(value, writing) } : {}
  await send(client, 'publishApi', { params: { name }, body: { revision, base, override, ...listed }, idempotencyKey: randomUUID() })
}

async function draft(writing: Writing, name: string, before: Members, value: Members): Promise<number> {
  const { organization } = ownedBy(value, writing)
  const body = { ...draftBody(writing, before, value), ...(organization === undefined ? {} : { organization }) }
  return Number((await send(writing.client, 'updateApiDraft', { params: { name }, body }))['revision'])
}

function draftBody({ documentOf }: Writing, before: Members, value: Members): Members {
  const changed = changeOf(definition, before, without(value, BESIDE))
  return typeof changed['document'] === 'string' ? { ...changed, document: documentOf(changed['document']) } : changed
}

interface Begun {
  revision: number
  changedBy: string
  /** It is what the folder says: left by somebody who was interrupted. */
  wanted: boolean
}

async function draftOf(client: Client, name: string, wanted: Members): Promise<Begun | undefined> {
  const drafts = await client.listApiDrafts({})
  if (!drafts.data.some((one) => one.name === name)) return undefined
  const { revision, changedBy, documentId, ...members } = await client.getApiDraft({ params: { name } })
  const value = shaped(definition, { ...members, document: members.prompt === null ? documentId : null }) as Members
  return { revision, changedBy, wanted: same(normal(value, name), wanted) }
}

function listingOf(value: Members, { names }: Writing): unknown {
  const { invited = [], ...members } = (value['listing'] ?? {}) as { invited?: string[] }
  const whole = { visibility: DEFAULT_VISIBILITY, ...members, invited: invited.map((one) => names.idOf(one)) }
  return sendable(listing, whole)
}

async function settle(writing: Writing, { name, value }: Entry, known: Known): Promise<void> {
  const { client } = writing
  const params = { name }
  if (!same(known.value['listing'], value['listing']))
    await send(client, 'updateApiListing', { params, body: listingOf(value, writing) as object })
  if (!same(known.value['alerts'], value['alerts'])) await send(client, 'setApiAlerts', { params, body: { alerts: value['alerts'] ?? [] } })
  const [before, after] = [known.value['retirement'], value['retirement'] as ({ state: string } & Members) | undefined]
  if (same(before, after)) return
  // What is told of a retirement adds to what was told before: what is to be gone goes with all of it.
  if (before !== undefined) await send(client, 'reinstateApi', { params, body: {} })
  if (after === undefined) return
  const { state, ...told } = after
  if (state === 'deprecated') await send(client, 'deprecateApi', { params, body: told })
  else await send(client, 'retireApi', { params, body: without(told, ['sunset']) })
}
