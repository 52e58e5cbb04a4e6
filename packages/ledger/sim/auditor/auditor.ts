import { deepEqual } from 'node:assert/strict'
import type { Operation, Outcome, Shortfall } from '../../src/types.ts'
import { auditAdjust, auditGrant, auditRefund, auditReverse, auditWallet } from './grants.ts'
import { auditHold } from './holds.ts'
import type { Prediction } from './prediction.ts'
import { auditSettle } from './settles.ts'
import { balanceOfCap, balanceOfWallet, emptyWorld, type Balance, type World } from './world.ts'

/** Predicts every outcome and balance from the rules, and objects to what differs. */
export class Auditor {
  readonly #world: World = emptyWorld(0)
  readonly #zone: string

  /** `zone`: that of all caps. */
  constructor(zone: string) {
    this.#zone = zone
  }

  /** Judges one outcome; the operations come in the order in which they were decided. Throws an AssertionError. */
  judge(operation: Operation, outcome: Outcome, now: number): void {
    this.#world.now = now
    deepEqual(comparable(outcome), this.#predict(operation))
  }

  /** What every account must say, by id. */
  balances(): Map<string, Balance> {
    const found = new Map<string, Balance>()
    for (const wallet of this.#world.wallets.values()) found.set(wallet.id, balanceOfWallet(wallet))
    for (const cap of this.#world.caps.values()) found.set(cap.id, balanceOfCap(cap))
    return found
  }

  #predict(operation: Operation): Prediction {
    const world = this.#world
    switch (operation.type) {
      case 'hold':
        return auditHold(world, operation)
      case 'settle':
        return auditSettle(world, operation)
      case 'grant':
        return auditGrant(world, operation)
      case 'reverse':
        return auditReverse(world, operation)
      case 'refund':
        return auditRefund(world, operation, this.#zone)
      case 'wallet':
        return auditWallet(world, operation)
      case 'adjust':
        return auditAdjust(world, operation)
    }
  }
}

/** Without sequence numbers; when a period ends is not predicted either, but shows in which account is used. */
function comparable(outcome: Outcome): Record<string, unknown> {
  const members = Object.fromEntries(Object.entries(outcome).filter(([name]) => name !== 'seq'))
  if (outcome.status !== 'insufficient') return members
  const { shortfalls, ...rest } = members
  return { ...rest, lacking: (shortfalls as Shortfall[]).map(({ resetsAt: _, ...one }) => one) }
}
