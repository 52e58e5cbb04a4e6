import { DENIAL_CODES, formatAmount, limitText, type Snapshot } from '@faregate/core'
import { problemEntry, type RouteOutput, type Routes } from '@faregate/contract'
import type { BalanceRow, DenialRow, KeyRow, RequestRow } from './rows.ts'

export type Diagnosis = RouteOutput<Routes['diagnose']>
type Step = Diagnosis['steps'][number]
type StepName = Step['step']

/** What a diagnosis is made from. What could not be found is absent. */
export interface Evidence {
  denial: DenialRow | undefined
  request: RequestRow | undefined
  /** The record was lost and `request` was read from the ledger. */
  fromLedger: boolean
  balance: BalanceRow | undefined
  key: KeyRow | undefined
  snapshot: Snapshot
  currency: string
  now: number
}

/** Which step a refusal belongs to; what is not named here concerns how the call went: logs and usage. */
const STEP_OF: Record<string, StepName> = {
  insufficient_balance: 'billing',
  balance_reserved: 'billing',
  cap_key: 'billing',
  cap_user: 'billing',
  cap_team: 'billing',
  cap_org: 'billing',
  stream_funds_exhausted: 'billing',
  credential_missing: 'permissions',
  credential_invalid: 'permissions',
  key_revoked: 'permissions',
  key_expired: 'permissions',
  key_disabled: 'permissions',
  account_suspended: 'permissions',
  permission_denied: 'permissions',
  route_unknown: 'configuration',
  model_unknown: 'configuration',
  request_invalid: 'configuration',
  request_too_large: 'configuration',
  gateway_misconfigured: 'configuration',
  price_missing: 'configuration',
  no_provider_key: 'configuration',
  provider_auth_failed: 'configuration',
  provider_account_unpaid: 'configuration',
  provider_rate_limited: 'rate_limits',
  rate_limited: 'rate_limits',
  concurrency_limited: 'rate_limits',
}

const LAST_LIMIT = DENIAL_CODES.indexOf('concurrency_limited')

/** Walks the six steps. A step that this installation has nothing to say about is unknown, never ok. */
export function diagnosisSteps(evidence: Evidence): Step[] {
  const code = codeOf(evidence)
  const blamed = code === undefined ? undefined : (STEP_OF[code] ?? 'logs_and_usage')
  const steps = [billing(evidence), subscription(), permissions(evidence), configuration(evidence), rateLimits(evidence), logs(evidence)]
  return steps.map((step) => (step.step === blamed ? refused(evidence, step.step, code ?? '') : step))
}

export function codeOf({ denial, request }: Evidence): string | undefined {
  return denial?.code ?? request?.denial ?? undefined
}

function refused({ denial }: Evidence, step: StepName, code: string): Step {
  const entry = problemEntry(code)
  const problem = denial === undefined ? undefined : (JSON.parse(denial.problem) as { detail?: unknown; fixes?: { command?: unknown }[] })
  const detail = typeof problem?.detail === 'string' ? problem.detail : (entry?.meaning ?? '')
  const command = problem?.fixes?.map((fix) => fix.command).find((one) => typeof one === 'string')
  const operatorDetail = denial?.operatorDetail === undefined || denial.operatorDetail === null ? '' : ` (${denial.operatorDetail})`
  return { step, result: 'failed', detail: `${code}: ${detail}${operatorDetail}`, fix: command ?? entry?.mend.join(' ') ?? null }
}

function billing({ balance, currency }: Evidence): Step {
  if (balance === undefined)
    return { step: 'billing', result: 'unknown', detail: 'It is not known whose balance this request would have touched.', fix: null }
  const { granted, expired, posted, held } = balance
  const available = granted - expired - posted - held
  const detail = `The balance is ${formatAmount(available)} ${currency} now; requests in flight hold ${formatAmount(held)} beside that.`
  if (available > 0n) return { step: 'billing', result: 'ok', detail, fix: null }
  return { step: 'billing', result: 'failed', detail, fix: 'Top up: `faregate grant ORGANIZATION 5.00`.' }
}

function subscription(): Step {
  return {
    step: 'subscription',
    result: 'unknown',
    detail: "Subscriptions are not part of this installation's configuration; no request depends on one.",
    fix: null,
  }
}

function permissions({ key, request, now }: Evidence): Step {
  if (key === undefined) return { step: 'permissions', result: 'unknown', detail: 'No key of this installation was recognised.', fix: null }
  const step = 'permissions'
  const name = `The key "${key.name}" (…${key.lastFour})`
  if (key.state !== 'active')
    return {
      step,
      result: 'failed',
      detail: `${name} is ${key.state} now.`,
      fix: key.state === 'disabled' ? 'Enable it.' : 'Create a new key.',
    }
  if (key.expiresAt !== null && key.expiresAt <= now)
    return { step, result: 'failed', detail: `${name} has expired.`, fix: 'Move its expiry, or create a new key.' }
  const model = request?.model
  return {
    step,
    result: 'ok',
    detail: `${name} is active${model === undefined || model === null ? '' : ` and was accepted for ${model}`}.`,
    fix: null,
  }
}

function configuration({ request, snapshot }: Evidence): Step {
  const step = 'configuration'
  const model = request?.model
  if (model === undefined || model === null)
    return { step, result: 'unknown', detail: 'The request named no model, or its record is gone.', fix: null }
  const entry = snapshot.models.get(model)
  if (entry !== undefined)
    return { step, result: 'ok', detail: `The model ${model} has ${entry.deployments.length} deployment(s).`, fix: null }
  const [provider = ''] = model.split('/')
  if (snapshot.allModels && snapshot.providers.has(provider))
    return { step, result: 'ok', detail: `${model} is served because allModels is on.`, fix: null }
  return {
    step,
    result: 'failed',
    detail: `The model ${model} is not configured now.`,
    fix: 'Add it to `models`, or with POST /api/models.',
  }
}

/** Limits come before balances: what was served, or refused for lack of balance or later, was within all of them. */
function rateLimits(evidence: Evidence): Step {
  const step = 'rate_limits'
  const { key, denial, request } = evidence
  const code = codeOf(evidence)
  const passed = code === undefined ? request !== undefined : DENIAL_CODES.findIndex((known) => known === code) > LAST_LIMIT
  if (key === undefined || !passed) {
    const detail = denial === undefined ? 'There is no record.' : 'The request was refused before its limits were looked at.'
    return { step, result: 'unknown', detail, fix: null }
  }
  const own = key.limits.length === 0 ? 'It has none of its own now.' : `It may use ${key.limits.map(limitText).join('; ')} now.`
  const detail = `The request was within the limits of the key "${key.name}" (…${key.lastFour}), its application and its organization. ${own}`
  return { step, result: 'ok', detail, fix: null }
}

function logs({ request, denial, fromLedger, currency }: Evidence): Step {
  const step = 'logs_and_usage'
  if (request === undefined) {
    const detail =
      denial === undefined ? 'There is no record.' : 'The refusal is recorded; the record of its request is not there, or not any more.'
    return { step, result: 'unknown', detail, fix: null }
  }
  if (fromLedger)
    return {
      step,
      result: 'unknown',
      detail: `The record was lost when the process ended; the ledger shows a charge of ${formatAmount(request.cost)} ${currency}.`,
      fix: null,
    }
  const attempts = request.attempts
    .map(({ provider, model, status, outcome }) => `${provider}/${model} ${status ?? 'no answer'} (${outcome})`)
    .join(', ')
  const detail = `${request.outcome}, ${formatAmount(request.cost)} ${currency} charged, delivery ${request.delivery}; attempts: ${attempts === '' ? 'none' : attempts}.`
  if (request.outcome !== 'failed') return { step, result: 'ok', detail, fix: null }
  return { step, result: 'failed', detail, fix: "Look at the provider's state, and test it: `POST /api/providers/{name}/test`." }
}
