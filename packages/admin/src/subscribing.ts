import { applyEvent, collect, type PlanVersion, type SubscriptionEvent } from '@faregate/billing'
import { visible, type Context } from './call.ts'
import { changeConfiguration } from './change.ts'
import { collectingOn, rowOf } from './collecting.ts'
import { sells } from './plan-owner.ts'
import type { AdminQueries } from './ports.ts'
import { presentSubscription } from './present/subscriptions.ts'
import { found, refuse } from './refusal.ts'
import { tellSubscription } from './subscription-events.ts'

type Shown = ReturnType<typeof presentSubscription>

type Read = Pick<AdminQueries, 'plans' | 'subscriptions'>

/** A subscription and its terms, if this credential's organization has it; 404 otherwise. */
export async function visibleSubscription(context: Context, queries: Read, id: string) {
  const known = await knownSubscription(queries, id)
  visible(context, known.subscription, 'subscription', id)
  return known
}

/** The same, if it has the subscription or sells the plan. */
export async function subscriptionOfEither(context: Context, queries: Read, id: string) {
  const known = await knownSubscription(queries, id)
  return sells(context.credential, known.terms) ? known : visibleSubscription(context, queries, id)
}

/** The same for whoever decides about it: 403 that says who does, where it is only one's own; 404 where it is neither. */
export async function decidableSubscription(context: Context, queries: Read, id: string) {
  const known = await subscriptionOfEither(context, queries, id)
  if (!sells(context.credential, known.terms)) refuseStranger(context, known.terms, id)
  return known
}

async function knownSubscription(queries: Read, id: string) {
  const row = found(await queries.subscriptions.get(id), 'subscription', id)
  const { subscription, revision } = row
  const terms = found(await queries.plans.get(subscription.plan, subscription.version), 'plan', subscription.plan)
  return { row, subscription, revision, terms, organization: subscription.organization }
}

function refuseStranger({ credential }: Context, { name, organization = null }: PlanVersion, id: string): never {
  const permission = 'subscriptions:approve'
  return refuse({
    code: 'permission_denied',
    detail: `Whoever sells the plan "${name}" decides about it: ${organization === null ? 'the operator' : 'its publisher'}.`,
    required: [permission],
    granted: credential.permissions === 'all' ? [] : [...credential.permissions],
    fixes: [
      {
        kind: 'change_policy',
        action: 'approve',
        by: organization === null ? 'operator' : 'publisher',
        canYou: false,
        method: 'POST',
        path: `/api/subscriptions/${id}/decision`,
        command: `faregate subscription approve ${id}`,
      },
    ],
  })
}

type Find = typeof visibleSubscription

/** Makes an event happen to a subscription, pays what is due then, and answers how it stands. */
export function happen(context: Context, id: string, event: SubscriptionEvent, next?: PlanVersion): Promise<Shown> {
  return happenTo(visibleSubscription, context, id, event, next)
}

/** The same of a decision, by whoever sells the plan. */
export function decide(context: Context, id: string, event: SubscriptionEvent): Promise<Shown> {
  return happenTo(decidableSubscription, context, id, event)
}

async function happenTo(find: Find, context: Context, id: string, event: SubscriptionEvent, next?: PlanVersion): Promise<Shown> {
  const { deps } = context
  await changeConfiguration(context, async (trx) => {
    const { row, subscription, revision, terms, organization } = await find(context, trx, id)
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
  const { subscription, terms } = await knownSubscription(deps.store.read, id)
  return presentSubscription(subscription, terms, deps.clock.now())
}

/** The version of a plan on sale; one that is not listed is for the operator to give, and for whoever sells it to have. */
export async function planOnSale({ deps, credential }: Context, name: string): Promise<PlanVersion> {
  const plan = found(await deps.store.read.plans.get(name), 'plan', name)
  return found(plan.listed || sells(credential, plan) ? plan : undefined, 'plan', name)
}
