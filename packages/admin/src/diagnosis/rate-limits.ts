import { DENIAL_CODES, limitText } from '@faregate/core'
import { codeOf, type Look } from './evidence.ts'

const LAST_LIMIT = DENIAL_CODES.indexOf('concurrency_limited')

/** Limits come before balances: what was served, or refused for lack of balance or later, was within all of them. */
export const withinLimits: Look = (evidence) => {
  const { key, request } = evidence
  if (key === undefined) return undefined
  const own = key.limits.length === 0 ? 'It has none of its own now.' : `It may use ${key.limits.map(limitText).join('; ')} now.`
  const code = codeOf(evidence)
  if (code === 'rate_limited' || code === 'concurrency_limited')
    return { result: 'ok', detail: `Limits of the key "${key.name}" (…${key.lastFour}): ${own}` }
  const passed = code === undefined ? request !== undefined : DENIAL_CODES.findIndex((known) => known === code) > LAST_LIMIT
  if (!passed) return undefined
  const detail = `The request was within the limits of the key "${key.name}" (…${key.lastFour}), its application, its organization and its plan.`
  return { result: 'ok', detail: `${detail} ${own}` }
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
