import type { Ledger, SettleOp } from '@faregate/ledger'
import type { Log } from './deps.ts'

const PAUSE_MS = 500

/** What becomes of a late settle: `post` what was delivered, or `void`, because the caller got nothing. */
export type Late = 'post' | 'void'

function voided({ counts: _nothing, ...operation }: SettleOp): SettleOp {
  return { ...operation, cost: 0n }
}

/**
 * Settles that the database did not confirm in time. They are sent again under the same ids until it does:
 * a hold does not time out while its instance lives (M23), so nobody else would.
 */
export class Unsettled {
  readonly #ledger: Ledger
  readonly #log: Log
  readonly #waiting = new Map<string, { operation: SettleOp; late: Late }>()
  #timer: NodeJS.Timeout | undefined

  constructor(ledger: Ledger, log: Log) {
    this.#ledger = ledger
    this.#log = log
  }

  get size(): number {
    return this.#waiting.size
  }

  add(operation: SettleOp, late: Late): void {
    this.#waiting.set(operation.request, { operation: late === 'void' ? voided(operation) : operation, late })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      void this.#retry()
    }, PAUSE_MS)
    this.#timer.unref()
  }

  async #retry(): Promise<void> {
    await Promise.all([...this.#waiting.values()].map(({ operation, late }) => this.#send(operation, late)))
    this.#timer = undefined
    if (this.#waiting.size > 0) this.#schedule()
  }

  async #send(operation: SettleOp, late: Late): Promise<void> {
    try {
      const outcome = await this.#ledger.submit(operation)
      if (late === 'void' && outcome.status !== 'ok' && outcome.status !== 'exists') await this.#giveBack(operation)
      this.#waiting.delete(operation.request)
      this.#log.info({ request: operation.request, status: outcome.status }, 'a late settle is durable')
    } catch (error) {
      this.#log.debug({ request: operation.request, error: String(error) }, 'a late settle waits on')
    }
  }

  /** The first settle was durable after all, although its answer never left: what it charged is given back. */
  async #giveBack({ request }: SettleOp): Promise<void> {
    await this.#ledger.submit({
      type: 'refund',
      id: `${request}.undelivered`,
      request,
      amount: null,
      reason: 'the answer was never delivered',
    })
  }
}
