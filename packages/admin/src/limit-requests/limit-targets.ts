import { agree, planLimits } from '@faregate/billing'
import type { Permission } from '@faregate/contract'
import { limitIdentity, type LimitTerms } from '@faregate/core'
import { rowOf } from '../collecting.ts'
import type { AdminTransaction } from '../ports.ts'
import { found, refuse } from '../refusal.ts'
import type { Measure, Subject, UsageOf } from './rows.ts'
import type { Finding, Target } from './targets.ts'

type LimitSubject = Extract<Subject, { kind: 'limit' }>

/** Whose limits they are, and how they are changed. */
interface Place {
  team: string | null
  whose: string
  limits: LimitTerms[]
  permission: Permission
  used: Omit<UsageOf, 'organization'>
  set(trx: AdminTransaction, limits: LimitTerms[], changed: LimitTerms, now: number): Promise<void>
}

type Find = (finding: Finding, id: string) => Promise<Place | undefined>

const FIND: Record<LimitSubject['level'], Find> = {
  async key({ read, organization }, id) {
    const key = await read.keys.get(id)
    if (key?.organization !== organization || key.state === 'revoked') return undefined
    const set = (trx: AdminTransaction, limits: LimitTerms[]) => trx.updateKey(id, { limits })
    const { name, team, limits } = key
    return { team, whose: `the key "${name}"`, limits, permission: 'keys:write', used: { key: id }, set }
  },

  async app({ read, organization }, id) {
    const application = await read.applications.get(id)
    if (application?.organization !== organization) return undefined
    const { name, team, owner, limits } = application
    const set = (trx: AdminTransaction, changed: LimitTerms[]) => trx.updateApplication(id, { name, team, owner, limits: changed })
    return { team, whose: `the application "${name}"`, limits, permission: 'applications:write', used: { application: id }, set }
  },

  async plan({ read, organization }, id) {
    const row = await read.subscriptions.get(id)
    if (row?.subscription.organization !== organization) return undefined
    const { subscription } = row
    const version = await read.plans.get(subscription.plan, subscription.version)
    if (version === undefined) return undefined
    const limits = planLimits({ subscription, version })
    return { team: null, whose: `the plan "${version.name}"`, limits, permission: 'subscriptions:approve', used: {}, set: agreeOn(id) }
  },

  // What an organization is held to, its own tokens cannot lift.
  async org({ read, organization }, id) {
    const row = id === organization ? await read.organizations.get(id) : undefined
    if (row === undefined) return undefined
    const set = (trx: AdminTransaction, limits: LimitTerms[]) => trx.updateOrganization(id, { limits })
    return { team: null, whose: `the organization "${row.name}"`, limits: row.limits, permission: 'organizations:create', used: {}, set }
  },
}

/** A plan's limit is raised for one subscription: its versions never change. */
function agreeOn(id: string): Place['set'] {
  return (trx, _limits, changed, now) => agreeWith(trx, id, { limit: changed }, now)
}

/** Writes what was agreed for a subscription. */
export async function agreeWith(trx: AdminTransaction, id: string, value: Parameters<typeof agree>[1], now: number): Promise<void> {
  const row = found(await trx.subscriptions.get(id), 'subscription', id)
  const { subscription } = row
  const terms = found(await trx.plans.get(subscription.plan, subscription.version), 'plan', subscription.plan)
  const changed = { ...subscription, agreed: agree(subscription.agreed, value) }
  const { told, turnsAt, lookAt } = row
  if (!(await trx.updateSubscription({ ...rowOf(changed, terms, row.revision, now), told, turnsAt, lookAt })))
    refuse({ code: 'conflict', detail: 'The subscription was changed meanwhile: decide again.' })
}

/** A rate or a concurrency; undefined where there is none. */
export async function limitTarget(finding: Finding, { level, id: given, limit }: LimitSubject): Promise<Target | undefined> {
  const { organization } = finding
  const id = given ?? (level === 'org' ? organization : '')
  const place = await FIND[level](finding, id)
  const terms = place?.limits.find((one) => limitIdentity(one) === limit)
  if (place === undefined || terms === undefined) return undefined
  const raised = (amount: bigint): LimitTerms => ({ ...terms, amount: Number(amount) })
  return {
    name: `${organization} limit ${level} ${id} ${limit}`,
    subject: { kind: 'limit', level, id, limit },
    organization,
    team: place.team,
    title: `the limit "${limit}" of ${place.whose}`,
    permission: place.permission,
    ...(level === 'plan' ? { operators: true as const } : {}),
    unit: terms.kind === 'tokens' ? 'tokens' : 'requests',
    per: terms.kind === 'concurrency' ? null : terms.per,
    current: BigInt(terms.amount),
    money: false,
    usage: { of: { organization, ...place.used }, measure: measureOf(terms), zone: 'UTC' },
    set: (trx, value, now) =>
      place.set(
        trx,
        place.limits.map((one) => (one === terms ? raised(value) : one)),
        raised(value),
        now,
      ),
  }
}

function measureOf(terms: LimitTerms): Measure {
  if (terms.kind === 'concurrency') return { of: 'concurrency', by: terms.by }
  return { of: terms.kind, per: terms.per, by: terms.by }
}
