import { capLevel, formatAmount, isDenial, type LimitRule } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { answerJson } from './answer-json.ts'
import { cappedTag, withNamedCaps, type CapRef } from './caps.ts'
import { permitted, type Shared } from './model-call.ts'
import type { BalanceView } from './deps.ts'
import type { Flow } from './flow.ts'
import { legsOf } from './hold-plan.ts'
import { describeLimits } from './limits/describe.ts'
import { refuse } from './refuse.ts'
import { tagsIn } from './tags.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'

/** `GET /v1/key`: what a caller may know of its own key: balance, caps (with `?user=` and `?tags=` those of an end user and of tags), limits, what is used, when it resets. */
export async function serveKeyInfo(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const found = await permitted(shared, flow, 'key')
  if (isDenial(found)) return refuse(deps, flow, found)
  flow.step = 'endpoint'
  const query = new URLSearchParams(flow.inbound.query)
  const user = query.get('user')
  const key = await withNamedCaps(deps, found, user, tagsIn(query.get('tags') ?? ''))
  if (isDenial(key)) return refuse(deps, flow, key)
  const legs = legsOf(deps.settings, key, user)
  let balances: BalanceView[]
  let quotas: Record<string, unknown>[]
  let limits: LimitRule[]
  try {
    balances = await deps.balances.read(legs)
    quotas = await describeQuotas(shared, key)
    limits = [...(key.limits ?? []), ...(await deps.plans.limits(key.organization.id))]
  } catch (error) {
    return refuse(deps, flow, ledgerUnavailable(error))
  }
  const caps = legs.flatMap((leg, index) => {
    const view = balances[index]
    return leg.kind === 'cap' && view !== undefined ? [describeCap(key, leg, view)] : []
  })
  const facts = describeKey(key, balances[legs.length - 1], caps, deps.settings.currency)
  await answerJson(deps, flow, { ...facts, limits: await describeLimits(deps, limits), quotas })
}

/** What the organization's plans include, and what of it is left. */
async function describeQuotas({ deps }: Shared, key: KeyEntry): Promise<Record<string, unknown>[]> {
  const refs = await deps.plans.quotas(key.organization.id)
  const views = await deps.balances.read(refs)
  return refs.map(({ counts, models, apis = null, limit }, index) => {
    const { posted = 0n, held = 0n, available = limit, resetsAt = null } = views[index] ?? {}
    const reset = resetsAt === null ? null : new Date(resetsAt).toISOString()
    const left = { used: Number(posted), held: Number(held), available: Number(available), resetsAt: reset }
    return { counts, models, apis, limit: Number(limit), ...left }
  })
}

function describeKey(
  key: KeyEntry,
  wallet: BalanceView | undefined,
  caps: Record<string, unknown>[],
  currency: string,
): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    key: `…${key.lastFour}`,
    expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
    scopes: key.scopes,
    addresses: key.addresses,
    models: key.models,
    apis: key.apis,
    stage: key.stage ?? 'production',
    application: key.application,
    team: key.team === null ? null : { id: key.team.id, name: key.team.name },
    member: key.member === null ? null : { id: key.member.id, name: key.member.name, role: key.member.role },
    organization: { id: key.organization.id, name: key.organization.name, suspended: key.organization.suspended },
    currency,
    balance: wallet === undefined ? null : describeBalance(wallet),
    caps,
  }
}

function describeBalance({ available, held, posted, creditLimit }: BalanceView): Record<string, unknown> {
  const balance = formatAmount(available - (creditLimit ?? 0n))
  const credit = creditLimit === undefined ? {} : { creditLimit: formatAmount(creditLimit), spendable: formatAmount(available) }
  const mode = creditLimit === undefined ? 'prepaid' : 'arrears'
  return { mode, available: balance, held: formatAmount(held), used: formatAmount(posted), ...credit }
}

function describeCap(key: KeyEntry, { base, limit, period }: CapRef, view: BalanceView): Record<string, unknown> {
  const tag = cappedTag(key, base)
  return {
    level: capLevel(base),
    ...(tag === undefined ? {} : { tag }),
    period,
    amount: formatAmount(limit),
    used: formatAmount(view.posted),
    held: formatAmount(view.held),
    available: formatAmount(view.available),
    resetsAt: view.resetsAt === null ? null : new Date(view.resetsAt).toISOString(),
  }
}
