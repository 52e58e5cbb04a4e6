import type { PaymentRail } from '@faregate/billing/rails/port'
import type { ChargeOutcome, MethodCharge, Refusal, Standing } from '@faregate/billing/rails/saved'
import { TEST_RAIL } from './rail.ts'

/** Where a call to the rail can be stopped: before a payment is begun, before it is charged, and before that is answered. */
export type Stop = 'begin' | 'charge' | 'answer'

interface Stopped {
  /** Resolves once a call has come so far. */
  reached: Promise<void>
  release: () => void
}

/** A rail whose payments a test decides, and which lets each succeed once. */
export class ScriptedRail {
  readonly charges: MethodCharge[] = []
  readonly begun: string[] = []
  readonly withdrawn: string[] = []
  readonly paid = new Set<string>()
  readonly #states = new Map<string, Standing>()
  readonly #stops = new Map<Stop, { come: () => void; released: Promise<void> }>()
  outcome: ChargeOutcome = { status: 'paid' }
  /** Why no payment is begun at all. */
  refusing: string | undefined
  /** The answer to the next charge is lost, after it was made. */
  losing = false

  /** The next call stops there. */
  stop(at: Stop): Stopped {
    let come = (): void => undefined
    let release = (): void => undefined
    const reached = new Promise<void>((resolve) => (come = resolve))
    const released = new Promise<void>((resolve) => (release = resolve))
    this.#stops.set(at, { come, released })
    return { reached, release }
  }

  async #pass(at: Stop): Promise<void> {
    const stop = this.#stops.get(at)
    this.#stops.delete(at)
    stop?.come()
    await stop?.released
  }

  /** What becomes of a payment, whoever does it. */
  becomes(payment: string, standing: Standing): void {
    this.#states.set(payment, standing)
    if (standing.status === 'paid') this.paid.add(payment)
  }

  #standing(payment: string): Standing {
    return this.#states.get(payment) ?? { status: 'open', refusal: null }
  }

  readonly rail: PaymentRail = {
    ...TEST_RAIL,
    begin: async ({ id }) => {
      this.begun.push(id)
      await this.#pass('begin')
      return this.refusing === undefined ? { status: 'begun', payment: `payment of ${id}` } : { status: 'declined', code: this.refusing }
    },
    standing: async (payment) => this.#standing(payment),
    charge: async (charge) => {
      this.charges.push(charge)
      await this.#pass('charge')
      const before = this.#standing(charge.payment)
      if (before.status !== 'open') return before
      const { outcome } = this
      this.becomes(charge.payment, isRefusal(outcome) ? { status: 'open', refusal: outcome } : outcome)
      await this.#pass('answer')
      if (this.losing) {
        this.losing = false
        throw new Error('the answer was lost')
      }
      return outcome
    },
    withdraw: async (payment) => {
      this.withdrawn.push(payment)
      const before = this.#standing(payment)
      if (before.status !== 'open') return before.status
      this.becomes(payment, { status: 'void' })
      return 'void'
    },
  }
}

function isRefusal(outcome: ChargeOutcome): outcome is Refusal {
  return 'code' in outcome
}
