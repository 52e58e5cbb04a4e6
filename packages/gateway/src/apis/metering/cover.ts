import { isDenial, type Denial } from '@faregate/core'
import { LedgerUnavailable } from '@faregate/ledger'
import { ledgerUnavailable } from '../../ledger-unavailable.ts'
import { sliceOf, takeSlice, type Slicing, type Wanted } from '../../slice.ts'

export type Direction = 'sent' | 'received'

/** What a body whose length nobody said is held for at first; each further slice is twice the one before. */
export const FIRST_SLICE_BYTES = 64 * 1024
const MOST_SLICE_BYTES = 8 * 1024 * 1024

/** Bytes of a call that are durably held for: none goes on that is not (M13). */
export class ByteCover {
  readonly #slicing: Slicing
  /** Of a million bytes. */
  readonly #rates: Readonly<Record<Direction, bigint>>
  readonly #owed: () => Pick<Wanted, 'mark' | 'counts'>
  readonly #covered: Record<Direction, number>
  readonly #next: Record<Direction, number> = { sent: FIRST_SLICE_BYTES, received: 2 * FIRST_SLICE_BYTES }
  /** Slices have numbers: they are taken one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #stopped = false

  /** `covered`: what the first hold stands for. `owed`: what would be owed if nothing more came (M23). */
  constructor(
    slicing: Slicing,
    rates: Readonly<Record<Direction, bigint>>,
    covered: Readonly<Record<Direction, number>>,
    owed: () => Pick<Wanted, 'mark' | 'counts'>,
  ) {
    this.#slicing = slicing
    this.#rates = rates
    this.#covered = { ...covered }
    this.#owed = owed
  }

  /** Whether so many bytes, all together, are covered. */
  fits(direction: Direction, bytes: number): boolean {
    return this.#rates[direction] === 0n || bytes <= this.#covered[direction]
  }

  /** Gets them covered; `whole`: no more will come. A refusal: they are not. */
  cover(direction: Direction, bytes: number, whole: boolean): Promise<Denial | undefined> {
    const taken = this.#turn.then(() => this.#take(direction, bytes, whole))
    this.#turn = taken
    return taken
  }

  /** The call is settled: no slice is asked for that the settle might not know of. */
  stop(): void {
    this.#stopped = true
  }

  async #take(direction: Direction, bytes: number, whole: boolean): Promise<Denial | undefined> {
    if (this.fits(direction, bytes)) return undefined
    if (this.#stopped) return ledgerUnavailable('the call has ended')
    const needed = bytes - this.#covered[direction]
    const max = whole ? needed : Math.max(needed, this.#next[direction])
    const operation = sliceOf(this.#slicing, { perStep: this.#rates[direction], steps: { min: needed, max }, ...this.#owed() })
    try {
      const taken = await takeSlice(this.#slicing, operation)
      if (isDenial(taken)) return taken
      this.#covered[direction] += taken
      this.#next[direction] = Math.min(MOST_SLICE_BYTES, 2 * this.#next[direction])
      return undefined
    } catch (error) {
      if (error instanceof LedgerUnavailable) return ledgerUnavailable(error)
      throw error
    }
  }
}
