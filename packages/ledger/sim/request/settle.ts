import { LedgerUnavailable } from '../../src/port.ts'
import type { Outcome, SettleOp } from '../../src/types.ts'
import { priceOf } from './plan.ts'
import { record, SETTLE_MS, type Serving } from './serving.ts'
import type { Late } from './unsettled.ts'

/** The upstream's word if it can be believed, else our own count, which never costs more than is held (M21, M22). */
export async function costOf(
  serving: Serving,
  usage: { input: number; output: number } | undefined,
  count: () => Promise<number>,
): Promise<bigint> {
  const { plan, reservation, exchange } = serving
  if (usage !== undefined && usage.input >= 0 && usage.output >= 0 && !absurd(usage, exchange.bound)) {
    return priceOf(plan, usage.input, usage.output)
  }
  const output = await count()
  await serving.step('counts the prompt')
  const amount = priceOf(plan, plan.prompt, output)
  return amount > reservation.held ? reservation.held : amount
}

function absurd(usage: { input: number; output: number }, bound: { input: number; output: number }): boolean {
  return usage.input > 4 * bound.input || usage.output > 4 * bound.output
}

/**
 * Resolves the holds, durably. False: it is not known to be durable, or another instance did it: the last byte is
 * withheld. What is unresolved is sent again.
 */
export async function settle(serving: Serving, cost: bigint, late: Late, complete: boolean): Promise<boolean> {
  const { host, exchange, reservation } = serving
  exchange.settling ??= { left: exchange.left, accepted: exchange.accepted, complete }
  const { request } = exchange
  const operation: SettleOp = {
    type: 'settle',
    request,
    slices: reservation.slices,
    cost,
    ...countsOf(serving, cost),
    instance: host.epoch,
    memo: `{"late":"${late}"}`,
  }
  try {
    const done = applied(serving, cost, await host.ledger.submit(operation, { timeoutMs: SETTLE_MS }))
    exchange.unavailable ||= !done
    return done
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error
    exchange.unavailable = true
    host.unsettled.add(operation, late)
    serving.cost = late === 'void' ? 0n : cost
    return false
  }
}

/** Nothing is counted of what is void. */
export function countsOf({ plan, exchange }: Serving, cost: bigint): Pick<SettleOp, 'counts'> {
  if (cost === 0n || plan.legs.every((leg) => leg.kind === 'wallet' || leg.measure === undefined)) return {}
  return { counts: { 'quota:requests': 1n, 'quota:tokens': BigInt(plan.prompt + exchange.produced) } }
}

function applied(serving: Serving, cost: bigint, outcome: Outcome): boolean {
  if (outcome.status !== 'ok' && outcome.status !== 'exists') return false
  serving.cost = outcome.settlement === undefined ? cost : outcome.settlement.posted + outcome.settlement.excess
  return true
}

/** Nothing was served: everything returns. */
export async function release(serving: Serving): Promise<void> {
  await settle(serving, 0n, 'void', false)
}

/** The caller went away before the first byte (M21). */
export async function nobodyThere(serving: Serving): Promise<void> {
  await release(serving)
  record(serving, 'none')
}
