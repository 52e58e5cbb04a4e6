import type { HealthRules, UpstreamHealth } from './health.ts'

/** One place where the service of an API is. */
export interface Member {
  readonly baseUrl: string
  /** Scheme, host and port. */
  readonly origin: string
  /** Of its base URL, before the path of a call. */
  readonly path: string
  readonly weight: number
  readonly health: UpstreamHealth
  /** How much it is owed, beside the others. */
  current: number
}

const NONE: readonly Member[] = []

/**
 * The upstreams of an API, called in turn by their weights: smoothly, so that three calls of a heavy one do not come in a
 * row where two others stand beside it. What is put aside has no turn; where that would leave none, {@link HealthRules.all}
 * decides.
 */
export class UpstreamPool {
  readonly members: readonly Member[]
  /** When failed calls put an upstream aside; undefined: never. */
  readonly rules: HealthRules | undefined
  readonly #only: Member | undefined

  /** `checked`: whether checks can put an upstream aside. */
  constructor(members: readonly Member[], rules: HealthRules | undefined, checked: boolean) {
    this.members = members
    this.rules = rules
    this.#only = members.length === 1 && rules === undefined && !checked ? members[0] : undefined
  }

  /** The next to be called, of those that were not `tried` yet, else of all; undefined: all are put aside. */
  next(now: number, tried: readonly Member[] = NONE): Member | undefined {
    const member = this.#only ?? this.#turnOf(({ health }) => health.standing(now) !== 'aside', tried) ?? this.#lastResort(tried)
    member?.health.called(now)
    return member
  }

  /** One caller, whose requests make a service fail, would otherwise keep everybody else out. */
  #lastResort(tried: readonly Member[]): Member | undefined {
    return this.rules?.all === true ? undefined : this.#turnOf(({ health }) => !health.down, tried)
  }

  #turnOf(callable: (member: Member) => boolean, tried: readonly Member[]): Member | undefined {
    return this.#turn(callable, tried) ?? (tried.length === 0 ? undefined : this.#turn(callable, NONE))
  }

  #turn(callable: (member: Member) => boolean, tried: readonly Member[]): Member | undefined {
    let best: Member | undefined
    let total = 0
    for (const member of this.members) {
      if (tried.includes(member) || !callable(member)) continue
      member.current += member.weight
      total += member.weight
      if (best === undefined || member.current > best.current) best = member
    }
    if (best !== undefined) best.current -= total
    return best
  }

  /** Milliseconds until one that is put aside may be tried; undefined: nobody knows. */
  waitMs(now: number): number | undefined {
    const waits = this.members.flatMap(({ health }) => health.waitMs(now) ?? [])
    return waits.length === 0 ? undefined : Math.min(...waits)
  }
}
