import type { Exchange } from './auditor/exchanges.ts'
import type { Prng } from './prng.ts'
import { Replica, type ReplicaNeeds } from './replica.ts'
import type { Scheduler } from './scheduler.ts'

/** The processes of a world, living and dead. */
export class Cluster {
  readonly #scheduler: Scheduler
  readonly #random: Prng
  readonly #needs: ReplicaNeeds
  #replicas: Replica[] = []
  #started = 0

  constructor(scheduler: Scheduler, random: Prng, needs: ReplicaNeeds) {
    this.#scheduler = scheduler
    this.#random = random
    this.#needs = needs
  }

  get size(): number {
    return this.#replicas.length
  }

  get idle(): boolean {
    return this.#replicas.every((replica) => replica.idle)
  }

  get exchanges(): Exchange[] {
    return this.#replicas.flatMap((replica) => [...replica.serving])
  }

  async start(): Promise<Replica> {
    this.#started += 1
    const replica = await Replica.start(this.#scheduler.start(`r${this.#started}`), this.#needs)
    this.#replicas.push(replica)
    return replica
  }

  /** One that takes requests. */
  pick(): Replica | undefined {
    return this.#random.pick(this.#replicas.filter((replica) => replica.ready && replica.process.state === 'up'))
  }

  /** Ends one: killed, as `kill -9` does, or told to end. */
  async kill(random: Prng, inOrder: boolean): Promise<string | undefined> {
    const replica = random.pick(this.#replicas)
    if (replica === undefined) return undefined
    this.#replicas = this.#replicas.filter((other) => other !== replica)
    await replica.end(inOrder)
    return replica.process.name
  }

  async killAll(): Promise<void> {
    for (const replica of this.#replicas) await replica.end(false)
    this.#replicas = []
  }

  /** Stops one, as `kill -STOP` does. */
  stop(random: Prng): string | undefined {
    const replica = random.pick(this.#replicas.filter((one) => one.process.state === 'up'))
    if (replica !== undefined) replica.process.state = 'stopped'
    return replica?.process.name
  }

  /** Lets one that was stopped go on. */
  resume(random: Prng): string | undefined {
    const replica = random.pick(this.#replicas.filter((one) => one.process.state === 'stopped'))
    if (replica !== undefined) replica.process.state = 'up'
    return replica?.process.name
  }

  resumeAll(): void {
    for (const { process } of this.#replicas) process.state = 'up'
  }

  async flush(): Promise<void> {
    for (const replica of this.#replicas) await replica.flush()
  }
}
