import { applyEvent, collect, type PlanVersion, type SubscriptionEvent } from '@faregate/billing'
import { visible, type Context } from './call.ts'
import { changeConfiguration } from './change.ts'
import { collectingOn, rowOf } from './collecting.ts'
import type { AdminQueries } from './ports.ts'
import { presentSubscription } from './present/subscriptions.ts'
import { found, refuse } from './refusal.ts'
import { tellSubscription } from './subscription-events.ts'

type Shown = ReturnType<typeof presentSubscription>

/** A subscription and its terms, if this credential sees it; 404 otherwise. */
export async function visibleSubscription(context: Context, queries: Pick<AdminQueries, 'plans' | 'subscriptions'>, id: string) {
  const row = await queries.subscriptions.get(id)
  const { organization } = visible(context, row?.subscription, 'subscription', id)
  const { subscription, revision } = found(row, 'subscription', id)
  const terms = found(await queries.plans.get(subscription.plan, subscription.version), 'plan', subscription.plan)
  return { row: found(row, 'subscription', id), subscription, revision, terms, organization }
}

/** Makes an event happen to a subscription, pays what is due then, and answers how it stands. */
export async function happen(context: Context, id: string, event: SubscriptionEvent, next?: PlanVersion): Promise<Shown> {
  const { deps } = context
  await changeConfiguration(context, async (trx) => {
    const { row, subscription, revision, terms, organization } = await visibleSubscription(context, trx, id)
    const now = deps.clock.now()
    const applied = applyEvent(subscription, terms, event, now)
    if (!applied.ok) return refuse({ code: 'conflict', detail: `The subscription cannot do that: ${applied.message}.` })
    const after = next ?? terms
    const written = rowOf(applied.subscription, after, revision, now)
    if (!(await trx.updateSubscription(written))) {
      return refuse({ code: 'conflict', detail: 'The subscription was changed meanwhile: look at it, and send it again.' })
    }
    await tellSubscription({ trx, now, random: deps.random }, row, written, after)
    const answer = presentSubscription(applied.subscription, after, now)
    const before = presentSubscription(subscription, terms, now)
    return { event: { action: `subscription.${event.type}`, subject: id, organization, before, after: answer }, answer }
  })
  return paid(context, id)
}

/** Pays what is due of a subscription, and answers how it stands then. */
export async function paid(context: Context, id: string): Promise<Shown> {
  const { deps } = context
  await collect(collectingOn(deps), id)
  const { subscription, terms } = await visibleSubscription(context, deps.store.read, id)
  return presentSubscription(subscription, terms, deps.clock.now())
}

/** The version of a plan on sale; one that is not listed is the operator's to give. */
export async function planOnSale({ deps, credential }: Context, name: string): Promise<PlanVersion> {
  const plan = await deps.store.read.plans.get(name)
  return found(plan?.listed === true || credential.organization === null ? plan : undefined, 'plan', name)
}
