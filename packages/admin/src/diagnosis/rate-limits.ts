import type { Look } from './evidence.ts'

/** Whether a provider sent the gateway away for calling too often. */
export const providersLimitsMet: Look = ({ request }) => {
  const met = request?.attempts.find(({ status, error }) => status === 429 && error === 'provider_rate_limited')
  if (met === undefined) return undefined
  return {
    result: 'failed',
    operators: true,
    detail: `The provider ${met.provider} said that the gateway's own account calls it too often. That is not a limit of the caller.`,
    fix: 'Add a second key, or a second deployment for the model; or have the limit raised at the provider.',
  }
}
