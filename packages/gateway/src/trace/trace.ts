import { formatAmount, type Denial, type DenialCode, type TraceStep } from '@faregate/core'
import { isProviderCode } from '../call/failure.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { checkKeyState } from '../identify.ts'
import { unlimited } from '../limits/ways.ts'
import { takenLegs } from './ledger-rows.ts'
import { limitRows } from './limit-rows.ts'
import { permissionRows } from './permission-rows.ts'
import { row, skipped } from './row.ts'
import { STEPS, type Step } from './step.ts'

/** A step as the refusal finds it. `passed`: the request came further. */
interface Seen {
  deps: GatewayDeps
  flow: Flow
  passed: boolean
}

/**
 * Every check of a request's way in order, up to the one that refused it, each with what it compared: made from what the
 * steps found out anyway, and only once a request is refused. It holds ids, names and amounts, and no secret.
 */
export function traceOf(deps: GatewayDeps, flow: Flow, denial: Denial): TraceStep[] {
  const last = STEPS.indexOf(flow.step)
  const rows = STEPS.slice(0, last + 1).flatMap((step, index) => ROWS[step]({ deps, flow, passed: index < last }))
  const shown = [...rows, ...(denial.evidence ?? [])]
  const named = shown.some(({ result, facts }) => result === 'denied' && facts?.['code'] === causeOf(denial))
  return [...shown, ...(named ? [] : [refusing(flow.step, denial)]), ...settled(flow)]
}

/** A stream that ends for lack of funds was refused by a balance. */
function causeOf({ code, also = [] }: Denial): DenialCode | undefined {
  return code === 'stream_funds_exhausted' ? also[0] : code
}

/** What refused a request at a step, where the step's own checks do not show it. */
function refusing(step: Step, denial: Denial): TraceStep {
  const { pointer, scope, limit } = denial
  const named = Object.entries({ pointer, plan: scope?.['plan'], subscription: scope?.['subscription'] })
  const facts = Object.fromEntries(named.filter(([, value]) => value !== undefined))
  return row(NAMED[denial.code] ?? step, denial, { ...facts, ...limit })
}

/** Checks that are a part of a step. */
const NAMED: Partial<Record<DenialCode, string>> = {
  payment_method_required: 'payment_method',
  payment_method_unverified: 'payment_method',
}

const NONE: TraceStep[] = []

const ROWS: Record<Step, (seen: Seen) => TraceStep[]> = {
  route: ({ flow: { inbound }, passed }) => (passed ? [row('route', undefined, { method: inbound.method, path: inbound.path })] : NONE),
  credential: ({ flow: { key, at } }) => {
    if (key === undefined) return NONE
    const { id, application, organization, expiresAt } = key
    const until = expiresAt === null ? null : new Date(expiresAt).toISOString()
    return [
      row('credential', undefined, { key: id, application: application.id, organization: organization.id }),
      row('key', checkKeyState(key, at), { state: key.state, expiresAt: until }),
    ]
  },
  request: ({ flow: { request, facade } }) => {
    if (request === undefined) return NONE
    const { model, stream, outputLimit } = request
    // What a prompt asks, and of whom, is its publisher's.
    return [row('request', undefined, facade.choosable ? { model: model.slice(0, 128), stream, outputLimit } : { stream })]
  },
  configuration: configured,
  permission: ({ deps, flow: { key, use, api } }) =>
    key === undefined || use === undefined ? NONE : permissionRows(deps, key, use, api?.release),
  subscription: subscribed,
  endpoint: () => NONE,
  limits: ({ flow, passed }) => {
    const { admission, key, plan, use } = flow
    if (admission?.admitted === true) return limitRows(admission.standings)
    return passed && key !== undefined && use?.product !== undefined && unlimited(plan, key) ? [skipped('limit', 'there is none')] : NONE
  },
  hold: held,
  upstream: ({ flow: { attempts, facade } }) =>
    attempts.map(({ provider, model, status, outcome, error }) => {
      const called = facade.choosable ? { provider, model } : {}
      return row('upstream', error !== null && isUpstreams(error) ? { code: error } : undefined, { ...called, status, outcome })
    }),
  settle: () => NONE,
}

function configured({ deps, flow: { route, api, facade } }: Seen): TraceStep[] {
  const version = deps.snapshot().version
  const called = api === undefined || api.route === null ? undefined : { api: api.name, route: api.route, ...releaseOf(api) }
  if (route !== undefined && facade.choosable) {
    return [row('configuration', undefined, { model: route.model.name, deployments: route.candidates.length, version })]
  }
  const found = called !== undefined && (facade.choosable || route !== undefined)
  return found ? [row('configuration', undefined, { ...called, version })] : NONE
}

function releaseOf({ release }: NonNullable<Flow['api']>): { release?: number } {
  return release === undefined ? {} : { release }
}

/** Whoever has no plan for it is served from the balance, where it is sold so. */
function subscribed({ flow: { plan, key, use }, passed }: Seen): TraceStep[] {
  if (!passed || use?.standing === undefined) return NONE
  if (use.free === true) return [skipped('subscription', 'it is free')]
  if (plan === undefined) return [row('subscription', undefined, { served: 'from the balance' })]
  const plans = [...new Set(plan.offers.map((offer) => offer.plan))]
  const subscriptions = [...new Set(plan.offers.map(({ subscription }) => subscription))]
  const needed = plan.offers.some(({ needsMethod }) => needsMethod === true)
  return [
    row('subscription', undefined, { plans, subscriptions }),
    ...(needed ? [row('payment_method', undefined, { state: key?.organization.paymentMethod ?? null })] : []),
  ]
}

/** What refused a hold is told by the ledger, or by whoever looked at balances and invoices. */
function held({ flow: { reservation, key, use }, passed }: Seen): TraceStep[] {
  if (reservation === undefined) return passed && use?.standing === true ? [skipped('balance', 'it is free')] : NONE
  const invoice = key?.organization.creditLimit === undefined ? [] : [row('invoice', undefined, { overdue: 0 })]
  return [...invoice, ...takenLegs(reservation.plan.legs, reservation.entry)]
}

function isUpstreams(code: DenialCode): boolean {
  return isProviderCode(code) || code === 'provider_timeout'
}

/** What became of the hold: it was returned, or what was delivered before the end is charged. */
function settled({ reservation, released, step, cost }: Flow): TraceStep[] {
  if (reservation === undefined) return []
  if (released !== undefined) return [row('settle', released === 'ok' ? undefined : { code: released }, { charged: formatAmount(0n) })]
  return step === 'upstream' ? [row('settle', undefined, { charged: formatAmount(cost) })] : []
}
