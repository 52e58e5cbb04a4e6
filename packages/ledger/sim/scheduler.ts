import type { Prng } from './prng.ts'
import { Process } from './process.ts'
import type { Trace } from './trace.ts'

interface Timer {
  dueAt: number
  process: Process
  label: string
  go(): void
}

/**
 * Decides who goes on: processes stop at named steps, and one of them at a time is let through, by the seed. Time is
 * what the scheduler says; it passes between steps, and jumps to the next timer where nothing else can happen.
 */
export class Scheduler {
  /** Milliseconds since the world began. */
  elapsed = 0
  /** Milliseconds that pass between two steps, at most. */
  tempo = 8
  readonly #random: Prng
  readonly #trace: Trace
  #processes: Process[] = []
  #timers: Timer[] = []
  #outside = 0
  #allBack: (() => void) | undefined

  constructor(random: Prng, trace: Trace) {
    this.#random = random
    this.#trace = trace
  }

  start(name: string): Process {
    const process = new Process(name, {
      now: () => this.elapsed,
      timer: (ms, label, go) => void this.#timers.push({ dueAt: this.elapsed + ms, process, label, go }),
    })
    this.#processes.push(process)
    return process
  }

  /** Waits for what the scheduler does not decide, a database for example: the next step comes after it. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.#outside += 1
    try {
      return await work
    } finally {
      this.#outside -= 1
      if (this.#outside === 0) this.#allBack?.()
    }
  }

  /** Lets one process go on. False: nothing can happen before somebody does something. */
  async step(): Promise<boolean> {
    this.elapsed += this.#random.between(0, this.tempo)
    this.#ripen()
    const ready = this.#ready()
    if (ready.length === 0 && !this.#skipToTimer()) return false
    const process = this.#random.pick(ready) ?? this.#random.pick(this.#ready())
    const move = process?.take(this.#random)
    if (process === undefined || move === undefined) return false
    this.#trace.add(process.name, move.label)
    move.go()
    await this.settled()
    return true
  }

  /** Resolves when every process has come to its next step, and nothing outside is under way. */
  async settled(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#outside > 0) await new Promise<void>((resolve) => (this.#allBack = resolve))
    } while (this.#outside > 0)
  }

  /** Lets processes through that have come to a step of this name, all at once. */
  async together(label: string, most: number): Promise<number> {
    const moves = this.#ready().flatMap((process) => process.takeNamed(label) ?? [])
    const chosen = moves.slice(0, most)
    for (const move of moves.slice(most)) move.back()
    for (const move of chosen) {
      this.#trace.add(move.process.name, `${label} (at the same time)`)
      move.go()
    }
    await this.settled()
    return chosen.length
  }

  /** Processes that have something to do, timers aside. */
  get busy(): boolean {
    return this.#ready().length > 0
  }

  #ready(): Process[] {
    this.#processes = this.#processes.filter((process) => process.state !== 'dead')
    return this.#processes.filter((process) => process.state === 'up' && process.waiting > 0)
  }

  /** What is due becomes a step of its process, in order; that of a stopped one when it goes on. */
  #ripen(): void {
    if (!this.#timers.some((timer) => timer.dueAt <= this.elapsed)) return
    const due = this.#timers.filter((timer) => timer.dueAt <= this.elapsed).toSorted((a, b) => a.dueAt - b.dueAt)
    this.#timers = this.#timers.filter((timer) => timer.dueAt > this.elapsed && timer.process.state !== 'dead')
    for (const { process, label, go } of due) if (process.state !== 'dead') process.add(label, go)
  }

  #skipToTimer(): boolean {
    const next = this.#timers.filter(({ process }) => process.state === 'up')
    if (next.length === 0) return false
    this.elapsed = Math.max(this.elapsed, Math.min(...next.map((timer) => timer.dueAt)))
    this.#ripen()
    return true
  }
}
