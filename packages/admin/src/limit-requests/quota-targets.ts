import { quotaLimit, quotasOf, sameQuota } from '@faregate/billing'
import { freshId, type Context } from '../call.ts'
import { submit } from '../operation.ts'
import { agreeWith } from './limit-targets.ts'
import type { Subject } from './rows.ts'
import type { Finding, Target } from './targets.ts'

type QuotaSubject = Extract<Subject, { kind: 'quota' }>

/** A quota of a subscription; undefined where its plan has none. */
export async function quotaTarget({ read, organization }: Finding, subject: QuotaSubject): Promise<Target | undefined> {
  const { id, counts, models = null, apis = null } = subject
  const row = await read.subscriptions.get(id)
  if (row?.subscription.organization !== organization) return undefined
  const { subscription } = row
  const version = await read.plans.get(subscription.plan, subscription.version)
  const quota = version?.quotas.find((one) => sameQuota(one, { counts, models, apis }))
  if (version === undefined || quota === undefined) return undefined
  return {
    name: `${organization} quota ${id} ${counts} ${models ?? `of ${apis}`}`,
    subject,
    organization,
    team: null,
    title: `the quota of ${counts} of ${models ?? `the APIs ${apis}`} in the plan "${version.name}"`,
    permission: 'subscriptions:approve',
    operators: true,
    unit: counts,
    per: version.period === 'free' ? 'month' : version.period,
    current: BigInt(quotaLimit({ subscription }, quota)),
    money: false,
    usage: { of: { organization }, measure: { of: 'quota', counts }, zone: 'UTC', quota },
    set: (trx, value, now) => agreeWith(trx, id, { quota: { counts, models, apis, limit: Number(value) } }, now),
    adjust: (context) => moveQuotas(context, id),
  }
}

/** The quotas of a subscription hold in the running period, too; what was used stays counted (M8). */
export async function moveQuotas(context: Context, id: string): Promise<void> {
  const { read } = context.deps.store
  const row = await read.subscriptions.get(id)
  const version = row && (await read.plans.get(row.subscription.plan, row.subscription.version))
  if (row === undefined || version === undefined) return
  const held = { subscription: row.subscription, version }
  for (const { counts: _counts, models: _models, apis: _apis, ...cap } of quotasOf(held, context.deps.clock.now())) {
    await submit(context, { type: 'adjust', id: freshId(context, 'adj'), cap })
  }
}
