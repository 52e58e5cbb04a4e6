import { Prng } from './prng.ts'

/** What can go wrong in a world; each can be left out, to see whether a failure needs it. */
export const TROUBLES = ['kills', 'stops', 'faults', 'outages', 'clock', 'haste', 'operator'] as const
export type Trouble = (typeof TROUBLES)[number]

export type Fault = 'none' | 'lost' | 'refused' | 'orphaned'

/** Draws trouble, from a sequence of its own for each kind. */
export class Troubles {
  readonly #without: ReadonlySet<Trouble>
  readonly #randoms: Record<Trouble, Prng>

  #ended = false

  constructor(seed: number, without: readonly Trouble[]) {
    this.#without = new Set(without)
    this.#randoms = Object.fromEntries(TROUBLES.map((trouble) => [trouble, Prng.of(seed, trouble)])) as Record<Trouble, Prng>
  }

  /** From now on all goes well. */
  end(): void {
    this.#ended = true
  }

  of(trouble: Trouble): Prng {
    return this.#randoms[trouble]
  }

  /** Whether it happens now. */
  strikes(trouble: Trouble, probability: number): boolean {
    return this.#randoms[trouble].chance(probability) && !this.#ended && !this.#without.has(trouble)
  }

  /** What becomes of a transaction: before it begins, when it is about to commit, and after it has. */
  fault(when: 'before' | 'locked' | 'after'): Fault {
    if (!this.strikes('faults', when === 'after' ? 0.02 : 0.015)) return 'none'
    if (when === 'locked') return 'orphaned'
    return when === 'before' && this.#randoms.faults.chance(0.3) ? 'refused' : 'lost'
  }
}
