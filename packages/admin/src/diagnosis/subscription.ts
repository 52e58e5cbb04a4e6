import { entitlementOf, type Held, type PlanVersion } from '@faregate/billing'
import { problemEntry } from '@faregate/contract'
import type { Product } from '@faregate/core'
import { blamedFor } from './blame.ts'
import { codeOf, modelOf, type Evidence, type Look, type Seen } from './evidence.ts'

/** What is sold, and what an organization has of it. */
export interface PlansSeen {
  /** The newest version of each plan. */
  newest: readonly PlanVersion[]
  held: readonly Held[]
}

/** Whether what was called is included in what the organization has, or needs no plan. */
export const entitledNow: Look = (evidence) => {
  const { key } = evidence
  const product = productOf(evidence)
  const found = entitlementSeen(evidence)
  if (product === undefined || found === undefined) return undefined
  const name = 'api' in product ? `the API ${product.api}` : product.model
  switch (found.kind) {
    case 'balance':
      return served(evidence, `No plan is needed for ${name}: it is paid from the balance.`)
    case 'offers':
      return served(evidence, `The organization has ${named(found.offers)}, which includes ${name}.`)
    case 'blocked': {
      const entry = problemEntry(found.blocker)
      const detail = `The organization's subscription to "${found.subscription.plan}", which includes ${name}, does not serve now (${found.blocker}).`
      return { result: 'failed', detail, fix: entry?.mend.join(' ') ?? '' }
    }
    case 'sold': {
      const [first] = found.sales
      const detail = `${name} is sold by plan, and the organization has none that includes it; ${named(found.sales)} would.`
      const command = `faregate subscription create ${key?.organization ?? 'ORGANIZATION'} ${first?.plan ?? 'PLAN'}`
      return { result: 'failed', detail, fix: `Subscribe: \`${command}\`.` }
    }
    case 'unsold': {
      const detail = `${name} is sold by plan only, and no plan that includes it is on sale to this organization.`
      return { result: 'failed', detail, fix: 'Ask whoever runs the gateway for a plan that includes it.' }
    }
  }
}

/** What plans say of what was called, now; undefined: it is not known what that was, or for whom. */
export function entitlementSeen(evidence: Evidence): ReturnType<typeof entitlementOf> | undefined {
  const { plans, now } = evidence
  const product = productOf(evidence)
  return plans === undefined || product === undefined ? undefined : entitlementOf(plans.newest, plans.held, product, now)
}

/** What a request uses beyond its model is not recorded: the refusal itself has said what its plan lacks. */
function productOf(evidence: Evidence): Product | undefined {
  const api = evidence.request?.api ?? undefined
  if (api !== undefined) return { api }
  const model = modelOf(evidence)
  return model === undefined ? undefined : { model, uses: () => false }
}

function named(plans: readonly { plan: string }[]): string {
  return [...new Set(plans.map(({ plan }) => `"${plan}"`))].join(' and ')
}

/** What plans alone have refused is gone once they serve; a payment method or a quota is looked at nowhere here. */
const OTHERS = ['payment_method_required', 'payment_method_unverified', 'quota_exhausted', 'plan_upgrade_required']

function served(evidence: Evidence, detail: string): Seen {
  const code = codeOf(evidence)
  const mended = code !== undefined && blamedFor(code) === 'subscription' && !OTHERS.includes(code)
  return { result: 'ok', detail, ...(mended ? { mended: true as const } : {}) }
}
