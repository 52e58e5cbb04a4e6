import { includesName, standingOf } from '@faregate/billing'
import { newId, type ApiRoute, type Product, type Retirement, type RouteRetirement } from '@faregate/core'
import type { AdminDeps } from './deps.ts'
import type { AdminTransaction } from './ports.ts'
import { presentRetirement } from './present/retirement.ts'

/** Whoever has not called for longer is told only of what a subscription includes. */
const CALLED_MS = 30 * 24 * 3_600_000

/** An API, a route of one, or a model, by its name. */
type Subject = { api: string; route?: string } | { model: string }

/**
 * Tells every organization that has called an API or a model in the last 30 days, or whose subscription includes it by a plan, how it
 * goes, with how often it was called; in the transaction that says so. Nothing is told where nothing has changed.
 */
export async function tellRetirement(
  { clock, random }: Pick<AdminDeps, 'clock' | 'random'>,
  trx: AdminTransaction,
  subject: Subject,
  before: Retirement | undefined,
  after: Retirement | undefined,
): Promise<void> {
  const [was, is] = [before, after].map((retirement) => presentRetirement({ retirement }))
  if (JSON.stringify(was) === JSON.stringify(is)) return
  const at = clock.now()
  const calls = await callsByOrganization(trx, subject, at - CALLED_MS)
  const concerned = new Set([...calls.keys(), ...(await subscribers(trx, subject, at))])
  const { state = 'served', sunset = null, successor = null, link = null } = is ?? {}
  for (const organization of concerned) {
    const data = { ...subject, state, sunset, successor, link, calls: calls.get(organization) ?? 0 }
    await trx.insertEvent({ id: newId('evt', at, random), type: 'retirement.changed', organization, at, data })
  }
}

/** The same of each route of which another release says another thing; who has not called it in that time is told nothing. */
export async function tellRoutes(
  deps: Pick<AdminDeps, 'clock' | 'random'>,
  trx: AdminTransaction,
  api: string,
  before: readonly ApiRoute[],
  after: readonly ApiRoute[],
): Promise<void> {
  const was = new Map(before.map((route) => [nameOf(route), route.retirement]))
  for (const route of after) {
    const old = was.get(nameOf(route))
    if (old === undefined && route.retirement === undefined) continue
    await tellRetirement(deps, trx, { api, route: nameOf(route) }, asRetirement(old), asRetirement(route.retirement))
  }
}

function nameOf({ method, path }: ApiRoute): string {
  return `${method} ${path}`
}

function asRetirement(retirement: RouteRetirement | undefined): Retirement | undefined {
  if (retirement === undefined) return undefined
  const { since, sunset, ...told } = retirement
  return { ...told, at: Date.parse(since), ...(sunset === undefined ? {} : { sunset: Date.parse(sunset) }) }
}

/** Who calls the mock of an API does not call the API. */
async function callsByOrganization(trx: AdminTransaction, subject: Subject, from: number): Promise<Map<string, number>> {
  const calls = new Map<string, number>()
  for (const { group, requests } of await trx.requests.usage({ ...subject, from }, ['organization', 'route'])) {
    const { organization, route } = group
    if (organization != null && route !== 'mock') calls.set(organization, (calls.get(organization) ?? 0) + requests)
  }
  return calls
}

async function subscribers({ plans, subscriptions }: AdminTransaction, subject: Subject, now: number): Promise<string[]> {
  // Whoever has a subscription need not know of every route.
  if ('route' in subject) return []
  const product: Product = 'api' in subject ? subject : { model: subject.model, uses: () => false }
  const selling = new Map(
    (await plans.list()).filter((plan) => includesName(plan, product)).map((plan) => [`${plan.name} ${plan.version}`, plan]),
  )
  const names = [...new Set([...selling.values()].map(({ name }) => name))]
  return (await subscriptions.ofPlans(names)).flatMap(({ subscription }) => {
    const plan = selling.get(`${subscription.plan} ${subscription.version}`)
    return plan === undefined || standingOf(subscription, plan, now).blocker !== undefined ? [] : [subscription.organization]
  })
}
