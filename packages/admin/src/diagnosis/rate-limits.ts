import { DENIAL_CODES, limitText, type LimitTerms } from '@faregate/core'
import { codeOf, type Evidence, type Look } from './evidence.ts'
import { entitlementSeen } from './subscription.ts'

const LAST_LIMIT = DENIAL_CODES.indexOf('concurrency_limited')

/** Limits come before balances: what was served, or refused for lack of balance or later, was within all of them. */
export const withinLimits: Look = (evidence) => {
  const { key, request } = evidence
  if (key === undefined) return undefined
  const own = [ownLimits(key.limits), ...othersLimits(evidence)].join(' ')
  const code = codeOf(evidence)
  if (code === 'rate_limited' || code === 'concurrency_limited')
    return { result: 'ok', detail: `Limits of the key "${key.name}" (…${key.lastFour}): ${own}` }
  const passed = code === undefined ? request !== undefined : DENIAL_CODES.findIndex((known) => known === code) > LAST_LIMIT
  if (!passed) return undefined
  const detail = `The request was within the limits of the key "${key.name}" (…${key.lastFour}), its application, its organization and its plan.`
  return { result: 'ok', detail: `${detail} ${own}` }
}

function ownLimits(limits: readonly LimitTerms[]): string {
  return limits.length === 0 ? 'It has none of its own now.' : `It may use ${textOf(limits)} now.`
}

/** What holds for the key besides: limits of its application, its organization, and each plan that it would be served under. */
function othersLimits(evidence: Evidence): string[] {
  const { application, organization } = evidence
  const plans = entitlementSeen(evidence)
  const offers = plans?.kind === 'offers' ? plans.offers : []
  const ofPlans = new Map(offers.map(({ plan, limits }) => [`Its plan "${plan}"`, limits.map(({ terms }) => terms)]))
  const all = [
    ['Its application', application?.limits ?? []] as const,
    ['Its organization', organization?.limits ?? []] as const,
    ...ofPlans,
  ]
  return all.flatMap(([who, limits]) => (limits.length === 0 ? [] : [`${who} may use ${textOf(limits)} now.`]))
}

function textOf(limits: readonly LimitTerms[]): string {
  return limits.map(limitText).join('; ')
}

/** Whether a provider sent the gateway away for calling too often. */
export const providersLimitsMet: Look = ({ request }) => {
  const met = request?.attempts.find(
    ({ provider, status, error }) => provider !== null && status === 429 && error === 'provider_rate_limited',
  )
  if (met === undefined) return undefined
  return {
    result: 'failed',
    operators: true,
    detail: `The provider ${met.provider} said that the gateway's own account calls it too often. That is not a limit of the caller.`,
    fix: 'Add a second key, or a second deployment for the model; or have the limit raised at the provider.',
  }
}
