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
import { evaluateCall, type AdmittedApi } from './hold.ts'

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
  if (admitted.price === 0n) return { hold: formatAmount(0n), holds: [], verdict: limited === undefined ? 'allow' : verdict(limited) }
  const { plan, balances, refusal } = await evaluateCall(deps, admitted, flow.plan)
  const denial = limited === undefined ? refusal : firstOf(limited, refusal)
  return {
    hold: formatAmount(amountOf(plan.measure, 0)),
    holds: balances.map(({ account, unit }, leg) => {
      const held = amountOf(measureOf(plan, leg), 0)
      return { account, unit, amount: unit.startsWith('quota:') ? String(held) : formatAmount(held) }
    }),
    verdict: denial === undefined ? 'allow' : verdict(denial),
  }
}
