import { LedgerUnavailable } from '../../src/port.ts'
import type { HoldOp, Outcome } from '../../src/types.ts'
import type { Exchange } from '../auditor/exchanges.ts'
import { deliverAnswer, deliverLarge } from './answer.ts'
import { amountOf, holdPlanOf, type HoldPlan, type Plan } from './plan.ts'
import { Caller, record, type Host, type Reservation, type Serving } from './serving.ts'
import { nobodyThere, release } from './settle.ts'
import { deliverStream } from './stream.ts'

/** One request from its arrival to its record, in the order in which the gateway does it. */
export async function serve(host: Host, plan: Plan, exchange: Exchange): Promise<void> {
  const caller = new Caller(exchange)
  const step = (label: string): Promise<void> => host.step(`${exchange.request} ${label}`)
  if (plan.leaves) void step('caller leaves').then(() => caller.leave())
  await step('arrives')
  const reservation = await reserve(host, plan, exchange)
  if (reservation === undefined) return
  const serving: Serving = { host, plan, exchange, caller, reservation, cost: 0n, step }
  exchange.bound = { input: plan.bytes, output: reservation.limit * plan.n }
  if (caller.left) return nobodyThere(serving)
  const served = await call(serving)
  if (caller.left) return nobodyThere(serving)
  if (!served) return failed(serving)
  if (plan.kind === 'answer') return deliverAnswer(serving)
  return plan.kind === 'large' ? deliverLarge(serving) : deliverStream(serving)
}

async function failed(serving: Serving): Promise<void> {
  await release(serving)
  record(serving, 'none')
}

/** Attempts, one after the other; false: none serves. */
async function call({ plan, step, caller }: Serving): Promise<boolean> {
  for (let attempt = 0; attempt < plan.failures && !caller.left; attempt++) await step('an upstream fails')
  if (caller.left) return false
  await step('upstream answers')
  return !plan.hopeless
}

/** One hold over every balance, durable before the upstream is called; counted again where the bound was refused. */
async function reserve(host: Host, plan: Plan, exchange: Exchange): Promise<Reservation | undefined> {
  let decided = holdPlanOf(plan)
  let outcome = await submitHold(host, plan, exchange, decided)
  const counted = Math.ceil(plan.prompt * 1.1)
  if (outcome?.status === 'insufficient' && counted < plan.bytes) {
    await host.step(`${exchange.request} counts the prompt`)
    decided = holdPlanOf(plan, counted)
    outcome = await submitHold(host, plan, exchange, decided)
  }
  if (outcome?.status === 'ok' || outcome?.status === 'exists') return reservationOf(plan, decided, outcome)
  exchange.unavailable = outcome === undefined
  return undefined
}

async function submitHold(host: Host, plan: Plan, { request }: Exchange, hold: HoldPlan): Promise<Outcome | undefined> {
  const members = { id: `${request}.0`, request, slice: 0, instance: host.epoch, legs: plan.legs, memo: `{"model":"m"}` }
  const operation: HoldOp = { type: 'hold', ...members, ...hold }
  try {
    return await host.ledger.submit(operation)
  } catch (error) {
    if (error instanceof LedgerUnavailable) return undefined
    throw error
  }
}

function reservationOf(plan: Plan, hold: HoldPlan, outcome: Extract<Outcome, { status: 'ok' | 'exists' }>): Reservation {
  const covered = outcome.steps ?? hold.steps.max
  const announced = plan.sliced ? (outcome.outlook ?? plan.ceiling) : covered
  const limit = plan.limitIsOurs ? announced : plan.ceiling
  return { plan: hold, slices: 1, held: amountOf(hold.measure, covered), covered, limit }
}
