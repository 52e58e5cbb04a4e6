import type { AdminQueries } from '@faregate/admin'
import { includesName, standingOf, type PlanVersion } from '@faregate/billing'
import { DEFAULT_VISIBILITY, type ApiEntry, type Millis } from '@faregate/core'
import type { Viewer } from './viewer.ts'

type Read = Pick<AdminQueries, 'plans' | 'subscriptions'>

/** Those of the APIs that a viewer may see. Who may call them is decided elsewhere. */
export async function visibleOf(read: Read, entries: readonly ApiEntry[], viewer: Viewer, now: Millis): Promise<ApiEntry[]> {
  const asked = entries.some((entry) => visibilityOf(entry) === 'invitation')
  const plans = asked && viewer.organization !== null && !viewer.everything ? await servingPlans(read, viewer.organization, now) : []
  return entries.filter((entry) => {
    const visibility = visibilityOf(entry)
    if (visibility === 'public' || viewer.everything || isOwn(entry, viewer)) return true
    if (!viewer.known || visibility === 'organization') return viewer.known
    return isInvited(entry, viewer) || plans.some((plan) => includesName(plan, { api: entry.name }))
  })
}

export function visibilityOf({ listing }: ApiEntry) {
  return listing?.visibility ?? DEFAULT_VISIBILITY
}

function isOwn(entry: ApiEntry, { organization }: Viewer): boolean {
  return organization !== null && entry.organization === organization
}

function isInvited({ listing }: ApiEntry, { organization }: Viewer): boolean {
  return organization !== null && listing?.invited?.includes(organization) === true
}

/** The plans that an organization has, at the versions that it bought. Nothing is paid for a look. */
async function servingPlans({ plans, subscriptions }: Read, organization: string, now: Millis): Promise<PlanVersion[]> {
  const [all, held] = await Promise.all([plans.list(), subscriptions.ofOrganization(organization)])
  return held.flatMap(({ subscription }) => {
    const version = all.find(({ name, version: number }) => name === subscription.plan && number === subscription.version)
    return version === undefined || standingOf(subscription, version, now).blocker !== undefined ? [] : [version]
  })
}
