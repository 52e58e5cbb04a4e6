/** `aside`: not now. `due`: its time is over, and one call may try it. */
export type Standing = 'open' | 'due' | 'aside'

/** How many failures in a row put an upstream aside, and for how long. */
export interface HealthRules {
  failures: number
  asideMs: number
  /** Whether calls may take away all upstreams of an API; else those that only calls put aside are called where no other can be. */
  all: boolean
}

/** How many checks in a row decide. */
export interface CheckRules {
  healthy: number
  unhealthy: number
}

/** A trial that has not ended by then does not keep others from trying. */
const TRIAL_MS = 30_000

/**
 * One upstream of an API, as this process knows it: put aside by failed calls for a time, or by failed checks until they
 * succeed. Times are those of a clock that never goes back, in milliseconds.
 */
export class UpstreamHealth {
  #failures = 0
  /** Undefined: no calls put it aside. */
  #asideUntil: number | undefined
  #triedAt: number | undefined
  #down = false
  /** Checks of the same kind in a row. */
  #checks = 0
  #lastCheck = true

  standing(now: number): Standing {
    if (this.#down) return 'aside'
    if (this.#asideUntil === undefined) return 'open'
    const tried = this.#triedAt !== undefined && now - this.#triedAt < TRIAL_MS
    return now < this.#asideUntil || tried ? 'aside' : 'due'
  }

  /** Whether checks say that it is. Calls alone do not. */
  get down(): boolean {
    return this.#down
  }

  /** Milliseconds until a call may try it; undefined: nobody knows. */
  waitMs(now: number): number | undefined {
    return this.#down || this.#asideUntil === undefined ? undefined : Math.max(0, this.#asideUntil - now)
  }

  /** A call is about to be made. */
  called(now: number): void {
    if (this.#asideUntil !== undefined) this.#triedAt = now
  }

  /** A call ended without saying anything of the upstream. */
  left(): void {
    this.#triedAt = undefined
  }

  /** It answered. True: it had been put aside until now. */
  served(): boolean {
    const back = this.#asideUntil !== undefined
    this.#failures = 0
    this.#asideUntil = undefined
    this.#triedAt = undefined
    return back
  }

  /** It failed. True: it is put aside now. */
  failed(now: number, { failures, asideMs }: Omit<HealthRules, 'all'>): boolean {
    this.#failures += 1
    // Calls that began before it was put aside end later: they make it no longer.
    if (this.#asideUntil !== undefined && now < this.#asideUntil) return false
    if (this.#asideUntil === undefined && this.#failures < failures) return false
    this.#asideUntil = now + asideMs
    this.#triedAt = undefined
    // What was good before says nothing of what is now.
    this.#checks = 0
    return true
  }

  /** What a check found. `back` or `down`: that changes whether it is called. */
  checked(good: boolean, { healthy, unhealthy }: CheckRules): 'back' | 'down' | undefined {
    this.#checks = good === this.#lastCheck ? this.#checks + 1 : 1
    this.#lastCheck = good
    if (good && this.#checks >= healthy) {
      // While nothing is wrong checks say nothing: failures of calls go on being counted.
      if (!this.#down && this.#asideUntil === undefined) return undefined
      this.#down = false
      this.served()
      return 'back'
    }
    if (good || this.#down || this.#checks < unhealthy) return undefined
    this.#down = true
    return 'down'
  }

  /** It is not checked any more: what checks said does not hold for ever. */
  unchecked(): void {
    this.#down = false
    this.#checks = 0
  }
}
