/** What is known of an instance that has not been resolved. */
export interface Heard {
  epoch: bigint
  /** By the database's clock, in milliseconds; below one, it was shut out. */
  heartbeat_at: bigint
}

/**
 * How long others have been silent. In the first look the database's clock tells; from then on it is how long this
 * process has seen the same heartbeat, so that a clock that is set forward takes nobody for dead, and one that is set
 * back leaves no dead instance alone.
 */
export class Silences {
  readonly #elapsed: () => number
  #seen: Map<bigint, { heartbeat: bigint; since: number }> | undefined

  /** `elapsed`: milliseconds of a monotonic clock. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** Milliseconds that each has been silent, in order. `now` is the database's time. */
  look(heard: readonly Heard[], now: bigint): number[] {
    const at = this.#elapsed()
    const seen = new Map(heard.map((one) => [one.epoch, this.#sight(one, at, now)]))
    this.#seen = seen
    return heard.map(({ epoch }) => at - (seen.get(epoch)?.since ?? at))
  }

  #sight({ epoch, heartbeat_at: heartbeat }: Heard, at: number, now: bigint): { heartbeat: bigint; since: number } {
    const before = this.#seen?.get(epoch)
    if (before?.heartbeat === heartbeat) return before
    const appears = before === undefined && this.#seen !== undefined
    const beats = before !== undefined && heartbeat > before.heartbeat
    if (heartbeat > 0n && (appears || beats)) return { heartbeat, since: at }
    return { heartbeat, since: at - Math.max(0, Number(now - heartbeat)) }
  }
}
