import type { Timers } from '../src/timers.ts'
import type { Prng } from './prng.ts'

/** A step that waits to be let through. */
export interface Move {
  process: Process
  label: string
  go(): void
  /** Waits again. */
  back(): void
}

interface Clockwork {
  now(): number
  timer(ms: number, label: string, go: () => void): void
}

/** What the operating system does to a process: lets it run, stops it, kills it. */
export class Process {
  readonly name: string
  state: 'up' | 'stopped' | 'dead' = 'up'
  readonly #clockwork: Clockwork
  #moves: { label: string; go(): void }[] = []

  constructor(name: string, clockwork: Clockwork) {
    this.name = name
    this.#clockwork = clockwork
  }

  get waiting(): number {
    return this.#moves.length
  }

  /** The monotonic clock. */
  now(): number {
    return this.#clockwork.now()
  }

  /** Comes to a named point and goes on when the scheduler lets it; never, in a process that was killed. */
  step(label: string): Promise<void> {
    return new Promise((resolve) => this.add(label, resolve))
  }

  add(label: string, go: () => void): void {
    if (this.state !== 'dead') this.#moves.push({ label, go })
  }

  after(ms: number, label: string): Promise<void> {
    return new Promise((resolve) => this.#clockwork.timer(ms, label, resolve))
  }

  /** The timers of this process, as the commit queue takes them. */
  timers(label: string): Timers {
    return {
      after: (ms) => this.after(ms, `${label} tries again`),
      every: (ms, work) => {
        let stopped = false
        const wait = (): void => {
          this.#clockwork.timer(ms, label, () => {
            if (stopped) return
            wait()
            work()
          })
        }
        wait()
        return () => {
          stopped = true
        }
      },
    }
  }

  take(random: Prng): Move | undefined {
    return this.#taken(random.between(0, this.#moves.length - 1))
  }

  takeNamed(label: string): Move | undefined {
    const index = this.#moves.findIndex((move) => move.label === label)
    return index === -1 ? undefined : this.#taken(index)
  }

  kill(): void {
    this.state = 'dead'
    this.#moves = []
  }

  #taken(index: number): Move | undefined {
    const last = this.#moves.length - 1
    const move = this.#moves[index]
    const other = this.#moves[last]
    if (move === undefined || other === undefined) return undefined
    this.#moves[index] = other
    this.#moves.pop()
    return { process: this, ...move, back: () => this.#moves.push(move) }
  }
}
