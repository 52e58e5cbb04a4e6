import { isRecovery } from './entries.ts'
import { object } from './finding.ts'
import type { Asked } from './shapes.ts'
import type { Slice, World } from './world.ts'

/** Which instances live, and whose holds recovery may resolve, with what (M23). */
export class Lives {
  readonly #silentMs: number | null
  readonly #heard = new Map<number, { now: number; elapsed: number }>()
  /** Found dead by somebody, and not heard since. */
  readonly #fallen = new Set<number>()
  /** Whom an instance found dead when it looked last, and the last marks of what was open then. */
  readonly #found = new Map<number, { dead: Set<number>; known: Map<number, number>; marks: Map<string, bigint> }>()

  constructor(silentMs: number | null) {
    this.#silentMs = silentMs
  }

  /** It started, or its heartbeat is durable; at a time of the database's clock, and in truth. */
  heard(instance: number, now: number, elapsed: number): void {
    this.#heard.set(instance, { now, elapsed })
    this.#fallen.delete(instance)
  }

  /**
   * It looks for dead ones. That the database's clock says so is enough where it sees an instance for the first time, or
   * where that clock went back.
   */
  looks(world: World, instance: number, now: number, elapsed: number): void {
    const known = this.#found.get(instance)?.known ?? new Map<number, number>()
    const dead = [...this.#heard].filter(([other, heard]) => {
      if (other === instance || this.#silentMs === null) return other !== instance
      return (
        this.#fallen.has(other) ||
        elapsed - heard.elapsed > this.#silentMs ||
        (heard.now < (known.get(other) ?? Number.POSITIVE_INFINITY) && now - heard.now > this.#silentMs)
      )
    })
    for (const [other] of dead) this.#fallen.add(other)
    const open = [...world.requests.values()].filter((request) => request.resolution === undefined)
    const marks = new Map(open.map(({ id, slices }) => [id, highest(marksOf(slices))]))
    const heartbeats = new Map([...this.#heard].map(([other, heard]) => [other, heard.now]))
    this.#found.set(instance, { dead: new Set(dead.map(([other]) => other)), known: heartbeats, marks })
  }

  /** Objects to a recovery of what lives, or by anything but the last durable mark. */
  allow(world: World, operation: Asked): void {
    if (operation.type !== 'settle' || !isRecovery(operation)) return
    const request = world.requests.get(operation.request)
    if (request === undefined || request.resolution !== undefined) return
    const found = this.#found.get(operation.instance)
    for (const { operation: hold } of request.slices.values()) {
      if (found?.dead.has(hold.instance) === true) continue
      object('live_instance_resolved', request.id, `${operation.instance} recovers it; ${hold.instance} was not found dead`)
    }
    // What was on its way while recovery looked may bring a mark that it has not seen.
    const marks = marksOf(request.slices)
    const seen = found?.marks.get(request.id) ?? 0n
    if (operation.cost >= seen && marks.includes(operation.cost)) return
    object('recovered_beside_the_mark', request.id, `it is recovered for ${operation.cost}, its marks are ${marks.join(', ')}`)
  }
}

function marksOf(slices: ReadonlyMap<number, Slice>): bigint[] {
  return [0n, ...[...slices.values()].map(({ operation }) => operation.mark ?? 0n)]
}

function highest(marks: bigint[]): bigint {
  return marks.reduce((a, b) => (a > b ? a : b))
}
