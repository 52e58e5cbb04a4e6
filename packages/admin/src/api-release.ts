import { includesName } from '@faregate/billing'
import { apiSealName, inStaging, upstreamsOf, type ModelsDefinition, type PromptDefinition, type Stage } from '@faregate/core'
import {
  failedChecks,
  fieldChanges,
  flawsOf,
  isValidated,
  modelReleaseFlaws,
  releaseFlaws,
  type Circumstances,
  type ReleaseFlaw,
} from '@faregate/lifecycle'
import { refuseFlaws } from './api-definition.ts'
import { definitionOf, documentsCompared, noticed } from './api-draft.ts'
import { refuseBeyondOwner } from './api-owner.ts'
import { refuseUselessKeys } from './api-stand-ins.ts'
import type { Context } from './call.ts'
import type { ApiReleaseRow, ApiRow, CanaryRow, DraftDefinition, HttpDraft, UnreleasedApi } from './configuration-rows.ts'
import type { AdminDeps, ProbeConnection } from './deps.ts'
import { keepMadeDocument } from './made-document.ts'
import type { AdminQueries, AdminTransaction } from './ports.ts'
import { presentDefinition, presentTerms } from './present/apis.ts'
import { invalid, refuse } from './refusal.ts'
import { tellRoutes } from './retirement-notices.ts'

/**
 * Refuses a definition of which callers in a stage would meet the mistakes, but for those that are overridden. Slow: it calls what is
 * behind it there.
 */
export async function examine(
  context: Context,
  name: string,
  definition: DraftDefinition,
  override: readonly string[],
  stage: Stage = 'production',
): Promise<ReleaseFlaw[]> {
  const own = flawsOf(definition)
  refuseFlaws(own.filter(({ path }) => path.at(-1) !== 'price' || path[0] !== 'routes'))
  refuseFlaws(own.filter(({ missing }) => missing !== true))
  const owner = await context.deps.store.read.apiOwners.get(name)
  refuseBeyondOwner(context, owner, definition)
  await refuseUselessKeys(context, context.deps.store.read, name, definition)
  await refuseIncomparable(context.deps, definition)
  const flaws = await flawsAround(context, { name, owner, stage }, stage === 'staging' ? staged(definition) : definition)
  const standing = flaws.filter(({ code }) => !override.includes(code))
  const [first] = standing
  if (first === undefined) return flaws
  const more = standing.length > 1 ? `; and ${standing.length - 1} more` : ''
  return refuse({ code: 'release_refused', detail: `${first.detail} (${first.code})${more}. ${sentence(first.fix)}`, flaws: standing })
}

function staged(definition: DraftDefinition): DraftDefinition {
  if (definition.kind === 'http' && definition.staging === undefined)
    return invalid('/staging', 'is missing: say where the service is in staging, as it is not what is behind production')
  return inStaging(definition)
}

/** What is to be compared with a document must be comparable: told before it is in force, instead of to callers. */
async function refuseIncomparable({ documents, store }: AdminDeps, definition: DraftDefinition): Promise<void> {
  if (definition.kind !== 'http' || definition.document === undefined || !isValidated(definition.validation)) return
  const text = await store.read.apiDocuments.get(definition.document)
  if (text === undefined || (await documents.compile(text)) === undefined)
    invalid('/validation', 'the document is too large to be compared with: divide it, or take `validation` away')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

async function flawsAround(
  context: Context,
  { name, owner, stage }: { name: string; owner: string | undefined; stage: Stage },
  definition: DraftDefinition,
): Promise<ReleaseFlaw[]> {
  const { deps } = context
  const circumstances = await circumstancesOf(deps, name)
  if (definition.kind !== 'http')
    return modelReleaseFlaws({ ...circumstances, ...(await modelFlaws(context, definition)) }, MEND[definition.kind])
  const dead = await deps.probeUpstreams(placesOf(definition), owner, connectionOf(deps, name, stage, definition))
  const failed = dead === undefined ? await savedCallsFailed(deps, name, definition) : []
  return [...releaseFlaws(definition.routes, { ...circumstances, dead }), ...failed]
}

/** How another model is named. */
const MEND = { prompt: 'faregate api prompt NAME --model MODEL', model: 'faregate api models NAME --model "CALLED MODEL"' }

/** What serves a model, and why it does not, is the operator's to know. */
async function modelFlaws(
  { deps, credential }: Context,
  definition: PromptDefinition | ModelsDefinition,
): Promise<{ unpriced?: string; dead?: string }> {
  const { model, ...said } = await deps.probeModels(definition)
  if (credential.organization === null || Object.keys(said).length === 0) return said
  return { dead: `the model "${model ?? ''}" cannot be called so: ask the operator` }
}

/** Saved calls that are made before each release, and fail: where nothing answers at all, that is told instead. */
async function savedCallsFailed(deps: AdminDeps, name: string, definition: HttpDraft): Promise<ReleaseFlaw[]> {
  if (definition.checks?.beforePublish !== true || definition.upstream === undefined) return []
  const report = await deps.tryApi(name, definition, { against: 'upstream', unsafe: true, generated: false })
  return failedChecks((report?.operations ?? []).flatMap(({ failed, skipped }) => [...failed, ...skipped]))
}

function placesOf({ upstream, upstreams }: HttpDraft): string[] {
  return upstream === undefined ? [] : upstreamsOf({ upstream, upstreams }).map(({ baseUrl }) => baseUrl)
}

/** What is shown and trusted in connections to upstreams; undefined: nothing of its own. */
function connectionOf(
  deps: AdminDeps,
  name: string,
  stage: Stage,
  { upstream: { ca, mutualTls } = { baseUrl: '' } }: HttpDraft,
): ProbeConnection | undefined {
  if (ca === undefined && mutualTls === undefined) return undefined
  const sealName = apiSealName(name, 'mutualTls', stage === 'staging' ? stage : undefined)
  const identity = mutualTls && { certificate: mutualTls.certificate, key: deps.unseal(mutualTls.sealed, sealName) }
  return { ...(ca && { ca }), ...(identity && { identity }) }
}

async function circumstancesOf(deps: AdminDeps, name: string): Promise<Circumstances> {
  const plans = await deps.store.read.plans.list()
  const newest = new Map(plans.map((plan) => [plan.name, plan]))
  const settings = deps.settings()
  const told = [settings['billing.topUpUrl'].value, settings['billing.contact'].value]
  return {
    plans: [...newest.values()]
      .filter((plan) => includesName(plan, { api: name }))
      .map((plan) => ({ name: plan.name, exclusive: plan.exclusive, listed: plan.listed, free: plan.price === 0n })),
    payable: deps.rail !== undefined || told.some((value) => value !== undefined && value !== null),
  }
}

type About = Pick<ApiReleaseRow, 'note' | 'overridden'>

const NOTHING: About = { note: null, overridden: [] }

/** Puts a definition in force as the next release of an API. The transaction holds the lock of the configuration. */
export async function release(
  context: Context,
  trx: AdminTransaction,
  row: UnreleasedApi,
  about: About = NOTHING,
): Promise<{ row: ApiRow; release: ApiReleaseRow }> {
  const made = await keepRelease(context, trx, row, about)
  const whole = { ...row, release: made.number }
  await tellChangedRoutes(context.deps, trx, await trx.apis.get(row.name), whole)
  await trx.putApi(whole)
  return { row: whole, release: { ...made, inForceAt: context.deps.clock.now() } }
}

/** Makes a definition the next release of an API, which is in force nowhere yet. */
export async function keepRelease(
  { deps, credential, approved }: Context,
  trx: AdminTransaction,
  row: UnreleasedApi,
  about: About,
): Promise<ApiReleaseRow> {
  const { name } = row
  const number = (await trx.apiReleases.last(name)) + 1
  const made = {
    api: name,
    number,
    definition: definitionOf({ ...row, release: number }),
    ...about,
    publishedBy: approved?.askedBy ?? credential.id,
    publishedAt: deps.clock.now(),
    base: (await trx.apis.get(name))?.release ?? 0,
    inForceAt: null,
  }
  await keepMadeDocument(trx, name, row)
  await trx.insertApiRelease(made)
  return made
}

/** Which releases of an API serve its callers. */
export type Serving = { release?: number | undefined; canary?: CanaryRow | undefined; staged?: number | undefined } | undefined

/** What serves callers of an API now. */
export async function servingOf({ apis, apiStaging }: Pick<AdminQueries, 'apis' | 'apiStaging'>, name: string): Promise<Serving> {
  const [inForce, inStage] = await Promise.all([apis.get(name), apiStaging.get(name)])
  return { release: inForce?.release, canary: inForce?.canary, staged: inStage }
}

/** Tells callers of routes that go from now on, or stay. */
export async function tellChangedRoutes(
  deps: Pick<AdminDeps, 'clock' | 'random'>,
  trx: AdminTransaction,
  before: ApiRow | undefined,
  after: Pick<ApiRow, 'name'> & DraftDefinition,
): Promise<void> {
  if (before?.kind !== 'http' || after.kind !== 'http') return
  await tellRoutes(deps, trx, after.name, before.routes, after.routes)
}

/** A release beside another one. Slow: it belongs into no transaction. */
export async function presentRelease(deps: AdminDeps, row: ApiReleaseRow, serving: Serving, against: ApiReleaseRow | undefined) {
  const { api, definition } = row
  const shown = presentDefinition(deps, definition)
  return {
    api,
    ...releaseFacts(row, serving),
    ...shown,
    document: definition.document !== undefined,
    changes: fieldChanges(against && presentDefinition(deps, against.definition), shown),
    apiChanges: noticed(against?.definition, definition, await documentsCompared(deps, against?.definition.document, definition.document)),
  }
}

/** What a release is, without what it holds. */
export function releaseFacts(
  { number, note, overridden, publishedBy, publishedAt, inForceAt }: Omit<ApiReleaseRow, 'api' | 'definition' | 'base'>,
  serving: Serving,
) {
  const canary = serving?.canary?.release === number ? presentTerms(serving.canary) : null
  return {
    number,
    inForce: number === serving?.release,
    canary,
    staged: number === serving?.staged,
    inForceAt: inForceAt === null ? null : new Date(inForceAt).toISOString(),
    note,
    overridden,
    publishedBy,
    publishedAt: new Date(publishedAt).toISOString(),
  }
}
