import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LedgerUnavailable, type BatchItem } from '@faregate/ledger/port'
import type { DatabaseNeeds } from '../../ledger/sim/world.ts'
import { monotonicClock } from '../src/clock.ts'
import type { Answer, Told } from './sqlite-process.ts'

const FILE = fileURLToPath(new URL('./sqlite-process.ts', import.meta.url))

/** The process that has the database open. */
export class SqliteChild {
  alive = true
  readonly #number: number
  readonly #process: ChildProcess
  readonly #clocks: { wall(): number; elapsed(): number }
  readonly #needs: DatabaseNeeds
  /** As the process has it, for a transaction whose time it cannot tell any more. */
  readonly #clock: { now(): number }
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #next = 0

  constructor(number: number, clocks: { wall(): number; elapsed(): number }, needs: DatabaseNeeds) {
    this.#number = number
    this.#clocks = clocks
    this.#needs = needs
    this.#clock = monotonicClock({ now: clocks.wall }, clocks.elapsed)
    this.#process = fork(FILE, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#process.on('message', (answer: Answer) => this.#answered(answer))
    this.#process.on('exit', () => this.#ended())
  }

  call<T = void>(method: Told['method'], argument?: unknown): Promise<T> {
    if (!this.alive) return Promise.reject(new LedgerUnavailable('the process has ended'))
    const id = this.#next++
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    this.#clock.now()
    this.#process.send({ id, method, argument, wall: this.#clocks.wall(), elapsed: this.#clocks.elapsed() } satisfies Told)
    return answer.promise as Promise<T>
  }

  /** Is killed somewhere in this transaction, or before or after it. */
  async interrupt(batch: BatchItem[]): Promise<void> {
    const committing = this.call('commit', batch).then(
      () => true,
      () => false,
    )
    await wait(Math.random() * 4)
    await this.kill()
    if (await committing) return
    this.#needs.observer.undecided({ process: this.#number, asked: batch.map((item) => item.operation), now: this.#clock.now() })
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
    this.alive = false
  }

  #answered({ id, sent, value, error }: Answer): void {
    for (const { asked, answered, now } of sent) {
      if (answered === undefined) this.#needs.observer.undecided({ process: this.#number, asked, now })
      else this.#needs.observer.decided({ process: this.#number, asked, answered, now })
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(value)
    else waiting?.reject(error.name === 'LedgerUnavailable' ? new LedgerUnavailable(error.message) : new Error(error.message))
  }

  #ended(): void {
    this.alive = false
    for (const { reject } of this.#waiting.values()) reject(new LedgerUnavailable('the process has ended'))
    this.#waiting.clear()
  }
}
