import { formatAmount, isDenial, type Denial } from '@faregate/core'
import { amountOf } from '@faregate/pricing'
import { answerJson } from '../answer-json.ts'
import { measureOf } from '../evaluate.ts'
import type { Flow } from '../flow.ts'
import { firstOf } from '../limits/denial.ts'
import { limitVerdict } from '../limits/within-limits.ts'
import type { Shared } from '../model-call.ts'
import { refuse } from '../refuse.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { admitCall, limitedApi, type PublishedAt } from './call.ts'
import { evaluateCall, isFree, priceUnder, type AdmittedApi } from './hold.ts'

/** How a refusal is told within an explanation; undefined: it concerns the call of explain itself. */
export type Verdict = (denial: Denial) => Record<string, unknown> | undefined

/** Price, holds and verdict of a call of a published API, without calling its upstream and without holding anything. */
export async function explainApi(shared: Shared, flow: Flow, at: PublishedAt, method: string, verdict: Verdict): Promise<void> {
  const { deps } = shared
  const admitted = await admitCall(shared, flow, at, method)
  const facts = { api: at.value.entry.name, route: flow.api?.route ?? null }
  if (isDenial(admitted)) {
    const told = verdict(admitted)
    return told === undefined ? refuse(deps, flow, admitted) : answerJson(deps, flow, { ...facts, hold: null, holds: [], verdict: told })
  }
  flow.step = 'hold'
  try {
    await answerJson(deps, flow, { ...facts, ...(await forecast(shared, flow, admitted, verdict)) })
  } catch (error) {
    await refuse(deps, flow, ledgerUnavailable(error))
  }
}

async function forecast({ deps }: Shared, flow: Flow, admitted: AdmittedApi, verdict: Verdict): Promise<Record<string, unknown>> {
  const limited = await limitVerdict(deps, flow, limitedApi(deps, flow, admitted))
  if (isFree(admitted)) return { hold: formatAmount(0n), holds: [], verdict: limited === undefined ? 'allow' : verdict(limited) }
  const { plan, steps, balances, refusal } = await evaluateCall(deps, admitted, flow.plan)
  const denial = limited === undefined ? refusal : firstOf(limited, refusal)
  return {
    ...meteredFacts(admitted, flow),
    hold: formatAmount(amountOf(plan.measure, steps)),
    holds: balances.map(({ account, unit }, leg) => {
      const held = amountOf(measureOf(plan, leg), steps)
      return { account, unit, amount: unit.startsWith('quota:') ? String(held) : formatAmount(held) }
    }),
    verdict: denial === undefined ? 'allow' : verdict(denial),
  }
}

/** What is metered of a call and what that costs, by the offer that is tried first; nothing where the hold says it all. */
function meteredFacts(admitted: AdmittedApi, { plan }: Flow): Record<string, unknown> {
  const { cost, metered } = priceUnder(admitted, plan?.offers[0])
  if (metered === undefined) return {}
  const { sent, received, units } = metered
  return {
    price: formatAmount(cost),
    metered: {
      sent: sent === 0n ? null : formatAmount(sent),
      received: received === 0n ? null : formatAmount(received),
      units: units === undefined ? null : { ...units, price: formatAmount(units.price) },
    },
  }
}
