import type { Ledger } from '../src/port.ts'
import { Auditor } from './auditor/auditor.ts'
import type { Exchange } from './auditor/exchanges.ts'
import { object } from './auditor/finding.ts'
import { Cluster } from './cluster.ts'
import type { Database, Observer } from './database.ts'
import { Operator, STRAY } from './operator.ts'
import { Prng } from './prng.ts'
import { COMMITS } from './replica.ts'
import { drawPlan } from './request/plan.ts'
import { newExchange } from './request/serving.ts'
import { Scheduler } from './scheduler.ts'
import { Trace } from './trace.ts'
import { Troubles, type Trouble } from './troubles.ts'
import { Witness } from './witness.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const SILENT_MS = 30_000
/** By then the holds of a process that was killed are resolved. */
const RECOVERED_MS = 40_000
/** Connections of a process, each with one request at a time: few, or so many that batches stand in line. */
const CONNECTIONS = [2, 5, 5, 5, 60]
/** No world needs more steps to come to rest. */
const MOST_TO_REST = 200_000

export interface WorldOptions {
  seed: number
  /** Kinds of trouble that are left out. */
  without?: readonly Trouble[]
  /** Processes at the same time; how many is drawn from the seed. One: it is alone with its database. */
  replicas?: { least: number; most: number }
  open(needs: DatabaseNeeds): Promise<Database>
  /** A mistake that a test plants between a process's requests and its queue. */
  ledger?(queue: Ledger): Ledger
  /** False: nothing is predicted, what callers got is looked at in the end. */
  predict?: boolean
}

/** What the database of a world is made of. */
export interface DatabaseNeeds {
  random: Prng
  observer: Observer
  scheduler: Scheduler
  /** Milliseconds since the epoch; never goes back. */
  wall(): number
  silentMs: number | null
}

interface Parts {
  trace: Trace
  scheduler: Scheduler
  auditor: Auditor
  witness: Witness
  database: Database
  zone: string
  size: number
}

/** Processes that share a database, their callers, and everything that can go wrong between them: all from one seed. */
export class World {
  readonly trace: Trace
  readonly witness: Witness
  readonly #random: Prng
  readonly #operator: Operator
  readonly #troubles: Troubles
  readonly #scheduler: Scheduler
  readonly #auditor: Auditor
  readonly #database: Database
  readonly #cluster: Cluster
  readonly #size: number
  readonly #connections: number
  readonly #exchanges: Exchange[] = []
  #broken: Error | undefined
  #hasteUntil = 0

  private constructor(options: WorldOptions, parts: Parts) {
    this.trace = parts.trace
    this.witness = parts.witness
    this.#scheduler = parts.scheduler
    this.#auditor = parts.auditor
    this.#database = parts.database
    this.#size = parts.size
    this.#random = Prng.of(options.seed, 'callers')
    this.#connections = this.#random.pick(CONNECTIONS) ?? 1
    this.#operator = new Operator(Prng.of(options.seed, 'operator'), parts.zone)
    this.#troubles = new Troubles(options.seed, options.without ?? [])
    this.#cluster = new Cluster(parts.scheduler, this.#random, {
      database: parts.database,
      random: Prng.of(options.seed, 'requests'),
      fault: (when) => this.#troubles.fault(when),
      learnt: (operation, outcome) => this.#operator.learnt(operation, outcome),
      broke: (error) => void (this.#broken ??= error instanceof Error ? error : new Error(String(error))),
      ledger: options.ledger ?? ((queue) => queue),
    })
  }

  static async open(options: WorldOptions): Promise<World> {
    const random = Prng.of(options.seed, 'world')
    const zone = random.pick(['UTC', 'Europe/Berlin', 'America/New_York']) ?? 'UTC'
    const startAt = Date.UTC(2026, random.pick([2, 9, 10]) ?? 0, random.between(20, 31), 12)
    const { least, most } = options.replicas ?? { least: 1, most: 5 }
    const size = random.between(least, most)
    const silentMs = size === 1 ? null : SILENT_MS
    const trace = new Trace()
    const scheduler = new Scheduler(Prng.of(options.seed, 'schedule'), trace)
    const auditor = new Auditor(zone, silentMs)
    const witness = new Witness(auditor, trace, () => scheduler.elapsed, options.predict ?? true)
    const wall = (): number => startAt + scheduler.elapsed
    const database = await options.open({ random: Prng.of(options.seed, 'database'), observer: witness, scheduler, wall, silentMs })
    return new World(options, { trace, scheduler, auditor, witness, database, zone, size })
  }

  /** Lets one thing happen. Throws an `Objection` of the auditor. */
  async step(): Promise<void> {
    this.trace.steps += 1
    await this.#strike()
    if (this.#random.chance(0.25)) this.#arrive()
    if (this.#troubles.strikes('operator', 0.05)) this.#operate()
    const raced = this.#random.chance(0.02) && (await this.#scheduler.together(COMMITS, 5)) > 1
    if (raced) this.witness.happened('commits at the same time')
    else if (!(await this.#scheduler.step())) this.#arrive()
    await this.#judge(raced)
  }

  /** Ends all trouble, lets everything come to its end, kills and recovers, and looks at what remains. */
  async rest(): Promise<void> {
    this.#troubles.end()
    await this.#calm()
    while (this.#cluster.size < this.#size) await this.#cluster.start()
    await this.#run(() => this.#cluster.idle)
    const until = this.#scheduler.elapsed + RECOVERED_MS
    await this.#run(() => this.#scheduler.elapsed > until && this.#cluster.idle)
    for (const { request } of this.#auditor.openHolds()) {
      if (!request.startsWith(STRAY)) object('held_without_owner', request, 'every process is idle, and it is held')
    }
    await this.#cluster.flush()
    await this.#recoverAll()
    const endings = this.#auditor.close({ ...(await this.#database.remains()), exchanges: this.#exchanges })
    for (const ending of endings) this.witness.happened(`request ends: ${ending}`)
    const [violation] = await this.#database.verify()
    if (violation !== undefined) throw new Error(`verify: ${violation.invariant}: ${violation.subject}: ${violation.detail}`)
  }

  async close(): Promise<void> {
    await this.#cluster.killAll()
    await this.#database.close()
  }

  /** Starts the processes, and opens the wallets. */
  async begin(): Promise<void> {
    for (let n = 0; n < this.#size; n++) await this.#cluster.start()
    await this.#run(() => this.#cluster.pick() !== undefined)
    const first = this.#cluster.pick()
    for (const operation of this.#operator.opening()) void first?.ledger.submit(operation)
    await this.#run(() => this.#cluster.idle)
  }

  async #recoverAll(): Promise<void> {
    await this.#cluster.killAll()
    await this.#judge(false)
    this.#scheduler.elapsed += RECOVERED_MS
    await this.#cluster.start()
    const until = this.#scheduler.elapsed + 10_000
    await this.#run(() => this.#scheduler.elapsed > until && this.#cluster.idle)
    await this.#cluster.flush()
    await this.#cluster.killAll()
  }

  async #run(until: () => boolean): Promise<void> {
    for (let steps = 0; !until(); steps++) {
      if (steps > MOST_TO_REST)
        throw new Error(`it does not come to rest: ${this.#cluster.exchanges.map(({ request }) => request).join(', ')}`)
      this.trace.steps += 1
      await this.#scheduler.step()
      await this.#judge(false)
    }
  }

  async #judge(raced: boolean): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    await this.witness.judge(this.#database, raced)
  }

  async #strike(): Promise<void> {
    const troubles = this.#troubles
    if (troubles.strikes('kills', 0.002)) {
      const inOrder = !this.#database.away && troubles.of('kills').chance(0.2)
      this.#note(inOrder ? 'ends' : 'is killed', await this.#cluster.kill(troubles.of('kills'), inOrder))
    }
    if (!this.#database.away && this.#cluster.size < this.#size && this.#random.chance(0.1))
      this.#note('starts', (await this.#cluster.start()).process.name)
    if (troubles.strikes('stops', 0.003)) this.#note('is stopped', this.#cluster.stop(troubles.of('stops')))
    if (troubles.strikes('stops', 0.01)) this.#note('goes on', this.#cluster.resume(troubles.of('stops')))
    if (troubles.strikes('outages', 0.001)) await this.#away(true)
    else if (this.#database.away && this.#random.chance(0.03)) await this.#away(false)
    if (troubles.strikes('clock', 0.004)) this.#moveClock()
    if (troubles.strikes('haste', 0.004)) this.#hurry()
    else if (this.trace.steps > this.#hasteUntil) this.#scheduler.tempo = 8
  }

  #note(event: string, who: string | undefined): void {
    if (who === undefined) return
    this.trace.add(who, event)
    this.witness.happened(event)
  }

  async #away(away: boolean): Promise<void> {
    if (this.#database.away === away) return
    await this.#database.setAway(away)
    this.#note(away ? 'goes away' : 'is back', '  db')
  }

  #moveClock(): void {
    const random = this.#troubles.of('clock')
    const ms = random.chance(0.3) ? random.between(1, 20) * DAY : random.between(-90, 90) * MINUTE
    this.#database.moveClock(ms)
    this.#note(`clock moves ${ms < 0 ? 'back' : 'forward'}`, '  db')
  }

  /** Time runs faster than work for a while: what waits is late. */
  #hurry(): void {
    this.#scheduler.tempo = this.#troubles.of('haste').pick([50, 400, 2_000]) ?? 8
    this.#hasteUntil = this.trace.steps + this.#troubles.of('haste').between(5, 60)
  }

  async #calm(): Promise<void> {
    await this.#away(false)
    this.#cluster.resumeAll()
    this.#scheduler.tempo = 8
  }

  #operate(): void {
    const replica = this.#cluster.pick()
    if (replica === undefined) return
    const drawn = this.#operator.next(this.#database.now())
    const stray = drawn.type === 'hold' && drawn.request.startsWith(STRAY)
    const operation = stray ? { ...drawn, instance: replica.epoch } : drawn
    replica.ledger.submit(operation).catch(() => undefined)
  }

  #arrive(): void {
    const replica = this.#cluster.pick()
    const taken = new Set([...(replica?.serving ?? [])].map(({ connection }) => connection))
    if (replica === undefined || taken.size >= this.#connections) return
    const connection = Array.from({ length: this.#connections }, (_, n) => `c${n}`).find((name) => !taken.has(name)) ?? ''
    const plan = drawPlan(this.#random, this.#operator.legs())
    const exchange = newExchange(`q${this.#exchanges.length}`, connection, replica.epoch, plan)
    this.#exchanges.push(exchange)
    this.trace.add(
      replica.process.name,
      () => `${exchange.request} is ${JSON.stringify(plan, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}`,
    )
    replica.serve(plan, exchange)
  }
}
