import { DIAGNOSIS_STEPS, problemEntry } from '@faregate/contract'
import { formatAmount } from '@faregate/core'
import { apiAllowedNow, apiNow } from './apis.ts'
import { balanceNow, capNow, organizationCapsNow } from './billing.ts'
import { blamedFor } from './blame.ts'
import { modelNow, providersNow } from './configuration.ts'
import { codeOf, toldIn, type Evidence, type Look, type Seen, type Step, type StepName } from './evidence.ts'
import { recordedNow } from './logs-and-usage.ts'
import { addressAllowedNow, keyNow, modelAllowedNow, organizationNow, scopeAllowedNow } from './permissions.ts'
import { providersLimitsMet, withinLimits } from './rate-limits.ts'
import { entitledNow } from './subscription.ts'

interface StepRow {
  /** What is looked at, in this order. */
  looks: Look[]
  /** Said when none of them saw anything. */
  unknown: string | ((evidence: Evidence) => string)
}

/** The six steps. What a part of the gateway knows about a request is one more look in the row of its step. */
const STEPS: Record<StepName, StepRow> = {
  billing: { looks: [balanceNow, capNow, organizationCapsNow], unknown: 'It is not known whose balance this request would have touched.' },
  subscription: { looks: [entitledNow], unknown: 'It is not known what was called, or for whom: no plan can be looked up.' },
  permissions: {
    looks: [keyNow, organizationNow, scopeAllowedNow, addressAllowedNow, modelAllowedNow, apiAllowedNow],
    unknown: 'The request came without a key, or with one that this gateway does not know.',
  },
  configuration: { looks: [modelNow, apiNow, providersNow], unknown: 'The request named no model, or its record is gone.' },
  rate_limits: {
    looks: [withinLimits, providersLimitsMet],
    unknown: 'The request was refused before its limits were looked at, or there is no record.',
  },
  logs_and_usage: { looks: [recordedNow], unknown: withoutRecord },
}

function withoutRecord({ request, denial, currency }: Evidence): string {
  if (request !== undefined)
    return `The record was lost when the process ended; the ledger shows a charge of ${formatAmount(request.cost)} ${currency}.`
  if (denial === undefined) return 'There is no record.'
  return 'The refusal is recorded; the record of its request is not there, or not any more.'
}

/** Walks the six steps. A step that nothing can be said about is unknown, never ok. */
export function diagnosisSteps(evidence: Evidence): Step[] {
  const code = codeOf(evidence)
  const blamed = code === undefined ? undefined : blamedFor(code)
  return DIAGNOSIS_STEPS.map((step) => {
    const seen = STEPS[step].looks.flatMap((look) => look(evidence) ?? []).map((one) => discreet(evidence, one))
    return step === blamed && code !== undefined ? refused(evidence, step, code, seen) : looked(evidence, step, seen)
  })
}

/** Whoever does not run the gateway is told that it is not theirs to mend, and not how it is configured. */
function discreet({ forOperator }: Evidence, seen: Seen): Seen {
  if (forOperator || seen.operators === undefined) return seen
  if (seen.result === 'ok') return { ...seen, detail: 'What was called is set up.' }
  return { ...seen, detail: 'Something here is for whoever runs this gateway to mend.', fix: 'Give this id to whoever runs the gateway.' }
}

function looked(evidence: Evidence, step: StepName, seen: Seen[]): Step {
  const { unknown } = STEPS[step]
  if (seen.length === 0) return { step, result: 'unknown', detail: typeof unknown === 'string' ? unknown : unknown(evidence), fix: null }
  const failed = seen.find(({ result }) => result === 'failed')
  const told = failed === undefined ? seen : seen.filter(({ result }) => result === 'failed')
  return {
    step,
    result: failed === undefined ? 'ok' : 'failed',
    detail: told.map(({ detail }) => detail).join(' '),
    fix: failed?.fix ?? null,
  }
}

/** Why it was refused then, what there is now, and so what to do. */
function refused(evidence: Evidence, step: StepName, code: string, seen: Seen[]): Step {
  const entry = problemEntry(code)
  const told = toldIn(evidence)
  const why = typeof told?.detail === 'string' ? told.detail : (entry?.meaning ?? '')
  const operators = evidence.denial?.operatorDetail
  const cause = operators === undefined || operators === null ? '' : ` (${operators})`
  const now = seen.length === 0 ? '' : ` Now: ${seen.map(({ detail }) => detail).join(' ')}`
  return { step, result: 'failed', detail: `${code}: ${why}${cause}${now}`, fix: fixOf(evidence, code, seen) }
}

function fixOf(evidence: Evidence, code: string, seen: Seen[]): string | null {
  if (seen.some(({ mended }) => mended === true)) return 'What refused it is gone: send the request again.'
  const command = toldIn(evidence)
    ?.fixes?.map((fix) => fix.command)
    .find((one) => typeof one === 'string')
  return command ?? seen.find(({ fix }) => fix !== undefined)?.fix ?? problemEntry(code)?.mend.join(' ') ?? null
}
