import { formatAmount } from '@faregate/core'
import type { Look } from './evidence.ts'

/** How the call went: what was tried, what came of it, and what it cost. */
export const recordedNow: Look = ({ request, fromLedger, currency }) => {
  if (request === undefined || fromLedger) return undefined
  const tried = request.attempts.map(
    ({ provider, model, upstream, status, outcome }) =>
      `${provider === null ? `upstream ${upstream}` : `${provider}/${model}`} ${status ?? 'no answer'} (${outcome})`,
  )
  const called = tried.length === 0 ? 'Nothing was called.' : `Called: ${tried.join(', ')}.`
  const detail = `It was ${request.outcome}, for ${formatAmount(request.cost)} ${currency}; delivery ${request.delivery}. ${called}`
  if (request.outcome !== 'failed') return { result: 'ok', detail }
  const last = request.attempts.at(-1)?.provider ?? undefined
  const fix =
    last === undefined ? `Look for ${request.id} in the log.` : `See what the provider says now: \`faregate provider test ${last}\`.`
  return { result: 'failed', detail, fix }
}
