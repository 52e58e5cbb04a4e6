import type { Classification } from '@faregate/wire'

/** Why something is parked, and whether the upstream itself said for how long. */
export interface ParkedFor {
  /** What a caller is told who cannot be served meanwhile. */
  code: Classification['code']
  /** Milliseconds; absent: nobody said. */
  statedMs?: number
  /** Milliseconds, where nothing is stated: of the first time; each time after that it is twice as long. */
  guessMs: number
}

interface Parked {
  code: Classification['code']
  until: number
  stated: boolean
  /** How often in a row, to wait longer each time. */
  times: number
  /** A request is trying whether it works again, since then. */
  probedAt: number | undefined
}

/** How long an upstream itself said to wait, and what it said it for. */
export interface Wait {
  ms: number
  code: Classification['code']
}

/** `parked`: not before its time. `due`: its time is over, and one request may try. */
export type ParkState = 'free' | 'parked' | 'due'

const LONGEST_GUESS_MS = 600_000
/** What is stated beyond a day is a mistake: nothing is left alone for longer without another look. */
const LONGEST_STATED_MS = 86_400_000
/** A trial that has not ended by then does not keep others from trying. */
const PROBE_MS = 30_000

/**
 * Provider keys and deployments that failed. Each is parked for exactly as long as the upstream said, or for a guess that
 * grows; then one request at a time tries it, and its success brings it back.
 */
export class Parking {
  readonly #parked = new Map<string, Parked>()
  #version = 0

  /** With a new configuration everything gets a new chance: what was wrong may have been mended. */
  under(version: number): void {
    if (version !== this.#version) this.#parked.clear()
    this.#version = version
  }

  park(name: string, now: number, { code, statedMs, guessMs }: ParkedFor): void {
    const times = (this.#parked.get(name)?.times ?? 0) + 1
    const ms = statedMs !== undefined ? Math.min(statedMs, LONGEST_STATED_MS) : Math.min(guessMs * 2 ** (times - 1), LONGEST_GUESS_MS)
    this.#parked.set(name, { code, until: now + ms, stated: statedMs !== undefined, times, probedAt: undefined })
  }

  /** It served. */
  release(name: string): void {
    if (this.#parked.size > 0) this.#parked.delete(name)
  }

  state(name: string, now: number): ParkState {
    if (this.#parked.size === 0) return 'free'
    const parked = this.#parked.get(name)
    if (parked === undefined) return 'free'
    const probed = parked.probedAt !== undefined && now - parked.probedAt < PROBE_MS
    return now < parked.until || probed ? 'parked' : 'due'
  }

  /** A request is about to try it. */
  probe(name: string, now: number): void {
    if (this.#parked.size === 0) return
    const parked = this.#parked.get(name)
    if (parked !== undefined && now >= parked.until) parked.probedAt = now
  }

  /** Milliseconds until it may be called again, where the upstream said so itself; undefined: nobody said. */
  statedWait(name: string, now: number): Wait | undefined {
    const parked = this.#parked.get(name)
    return parked?.stated === true && parked.until > now ? { ms: parked.until - now, code: parked.code } : undefined
  }
}
