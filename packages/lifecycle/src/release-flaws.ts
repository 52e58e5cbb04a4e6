import type { ApiRoute } from '@faregate/core'

/** What would have callers refused for a mistake of the publisher's. */
export interface ReleaseFlaw {
  code: 'price_missing' | 'unsold' | 'unpayable' | 'upstream_dead' | 'checks_failed'
  detail: string
  fix: string
}

/** The saved calls of an API that were made before it is published, and did not get what they expect. */
export function failedChecks(failed: readonly { what: string; why: string }[]): ReleaseFlaw[] {
  return failed.map(({ what, why }) => ({
    code: 'checks_failed',
    detail: `the saved call \`${what}\` failed: ${why}`,
    fix: 'mend the service or the call: `faregate api test NAME --against upstream --draft`',
  }))
}

/** What is known of how the calls of an API can be paid for, and of what is behind it. */
export interface Circumstances {
  /** Plans that include the API: whether it is sold by plan only, whether anybody may subscribe, whether that costs nothing. */
  plans: { name: string; exclusive: boolean; listed: boolean; free: boolean }[]
  /** Whether a refusal for lack of balance can tell where to pay, or whom to ask. */
  payable: boolean
  /** Why what is behind it does not answer; absent: it does. */
  dead?: string | undefined
}

/** Names of routes that are told; the others are counted. */
const MOST_NAMED = 5

/** Everything for which a caller would be refused although nobody meant it. */
export function releaseFlaws(routes: readonly ApiRoute[], circumstances: Circumstances): ReleaseFlaw[] {
  const priced = routes.filter(({ free }) => free !== true)
  return [...unpriced(routes), ...(priced.length === 0 ? [] : payment(circumstances)), ...life(circumstances)]
}

/** The same of what costs what its models cost: a prompt, or published models. `unpriced`: what of it has no price; `mend`: how another model is named. */
export function modelReleaseFlaws(
  { unpriced: why, ...circumstances }: Circumstances & { unpriced?: string | undefined },
  mend: string,
): ReleaseFlaw[] {
  const price: ReleaseFlaw[] =
    why === undefined ? [] : [{ code: 'price_missing', detail: why, fix: 'set what its model costs: `faregate price set PROVIDER/MODEL`' }]
  const fix = `connect what serves its model, or name another: \`${mend}\``
  return [...price, ...payment(circumstances), ...life(circumstances).map((flaw) => ({ ...flaw, fix }))]
}

function unpriced(routes: readonly ApiRoute[]): ReleaseFlaw[] {
  const names = routes
    .filter(({ price, metered, free }) => price === undefined && metered === undefined && free !== true)
    .map(({ method, path }) => `${method} ${path}`)
  if (names.length === 0) return []
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
  return [
    {
      code: 'price_missing',
      detail: `${names.slice(0, MOST_NAMED).join(', ')}${rest}: neither a price is set, nor that it is free`,
      fix: 'set what a call costs: `faregate api edit NAME --price "METHOD PATH PRICE"`, or "* free"',
    },
  ]
}

function payment({ plans, payable }: Circumstances): ReleaseFlaw[] {
  const listed = plans.filter((plan) => plan.listed)
  const exclusive = plans.filter((plan) => plan.exclusive)
  if (exclusive.length > 0 && listed.length === 0)
    return [
      {
        code: 'unsold',
        detail: `it is sold by plan only (${exclusive.map(({ name }) => name).join(', ')}), and in no plan to which anybody may subscribe`,
        fix: 'include it in a plan that is listed: `faregate plan create`',
      },
    ]
  if (payable || listed.some(({ free }) => free)) return []
  return [
    {
      code: 'unpayable',
      detail:
        'calls have a price, and nobody is told how to pay it: there is no payment rail, no page, no contact, and no plan that is free',
      fix: 'faregate settings set billing.contact ADDRESS, or connect a payment rail',
    },
  ]
}

function life({ dead }: Circumstances): ReleaseFlaw[] {
  if (dead === undefined) return []
  return [
    { code: 'upstream_dead', detail: `what is behind it does not answer: ${dead}`, fix: 'start the service, or mend `upstream.baseUrl`' },
  ]
}
