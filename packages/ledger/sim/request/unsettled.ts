import type { Ledger } from '../../src/port.ts'
import type { SettleOp } from '../../src/types.ts'

const PAUSE_MS = 500

/** What becomes of a late settle: what was delivered is posted; where nothing left the house it is a void. */
export type Late = 'post' | 'void'

function voided({ counts: _nothing, ...operation }: SettleOp): SettleOp {
  return { ...operation, cost: 0n }
}

/** Settles that were not confirmed in time: sent again until the database decides. As the gateway does. */
export class Unsettled {
  readonly #ledger: Ledger
  readonly #after: (ms: number, label: string) => Promise<void>
  readonly #waiting = new Map<string, { operation: SettleOp; late: Late }>()
  #running = false

  constructor(ledger: Ledger, after: (ms: number, label: string) => Promise<void>) {
    this.#ledger = ledger
    this.#after = after
  }

  get size(): number {
    return this.#waiting.size
  }

  get requests(): Iterable<string> {
    return this.#waiting.keys()
  }

  add(operation: SettleOp, late: Late): void {
    this.#waiting.set(operation.request, { operation: late === 'void' ? voided(operation) : operation, late })
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.size > 0) {
      await this.#after(PAUSE_MS, 'late settles')
      await Promise.all([...this.#waiting.values()].map(({ operation, late }) => this.#send(operation, late)))
    }
    this.#running = false
  }

  async #send(operation: SettleOp, late: Late): Promise<void> {
    try {
      const { status } = await this.#ledger.submit(operation)
      if (late === 'void' && status !== 'ok' && status !== 'exists') await this.#giveBack(operation)
      this.#waiting.delete(operation.request)
    } catch {
      // It waits on.
    }
  }

  async #giveBack({ request }: SettleOp): Promise<void> {
    await this.#ledger.submit({ type: 'refund', id: `${request}.undelivered`, request, amount: null, reason: 'undelivered' })
  }
}
