import type { ProviderKey, Random } from '@faregate/core'
import type { Candidate } from '../locate.ts'

/** One thing to try: a deployment with one of its provider's keys. */
export interface Choice {
  candidate: Candidate
  /** Undefined where the vendor needs none. */
  key: ProviderKey | undefined
}

/**
 * Provider keys and deployments that failed lately: they are tried last, never left out, because a wrong
 * guess must not refuse a request that could be served.
 */
export class Cooldowns {
  readonly #until = new Map<string, number>()

  /** `ms` from now. */
  rest(name: string, now: number, ms: number): void {
    this.#until.set(name, now + ms)
  }

  clear(name: string): void {
    if (this.#until.size > 0) this.#until.delete(name)
  }

  resting(name: string, now: number): boolean {
    const until = this.#until.get(name)
    if (until === undefined) return false
    if (until > now) return true
    this.#until.delete(name)
    return false
  }
}

export function deploymentName({ deployment }: Candidate): string {
  return `deployment:${deployment.provider}/${deployment.model}`
}

export function keyName({ provider }: Candidate, key: ProviderKey): string {
  return `key:${provider.name}/${key.id}`
}

/** So many keys of one account are tried before another deployment is. */
const KEYS_FIRST = 2

/** Everything that can be tried, in the order of trying: by weight, keys by priority first, the rested before the resting. */
export function orderOf(candidates: Candidate[], cooldowns: Cooldowns, random: Random, now: number): Choice[] {
  const [only] = candidates
  if (candidates.length === 1 && only !== undefined) return keysOf(only, cooldowns, random, now)
  const shuffled = byWeight(candidates, ({ deployment }) => deployment.weight, random)
  const rests = new Map(shuffled.map((candidate) => [candidate, isResting(candidate, cooldowns, now)]))
  const rested = shuffled.filter((candidate) => rests.get(candidate) === false)
  const resting = shuffled.filter((candidate) => rests.get(candidate) === true)
  const byCandidate = [...rested, ...resting].map((candidate) => keysOf(candidate, cooldowns, random, now))
  // The rest of an account's keys come after the other deployments: where two are limited, so are most.
  return [...byCandidate.flatMap((keys) => keys.slice(0, KEYS_FIRST)), ...byCandidate.flatMap((keys) => keys.slice(KEYS_FIRST))]
}

/** A deployment rests by itself, or because every key of its provider does. */
function isResting(candidate: Candidate, cooldowns: Cooldowns, now: number): boolean {
  const { keys } = candidate.provider
  if (cooldowns.resting(deploymentName(candidate), now)) return true
  return keys.length > 0 && keys.every((key) => cooldowns.resting(keyName(candidate, key), now))
}

function keysOf(candidate: Candidate, cooldowns: Cooldowns, random: Random, now: number): Choice[] {
  const { keys } = candidate.provider
  if (keys.length === 0) return [{ candidate, key: undefined }]
  if (keys.length === 1) return [{ candidate, key: keys[0] }]
  const tier = (key: ProviderKey): number => key.priority + (cooldowns.resting(keyName(candidate, key), now) ? 1e9 : 0)
  const shuffled = byWeight(keys, (key) => key.weight, random)
  return shuffled.toSorted((a, b) => tier(a) - tier(b)).map((key) => ({ candidate, key }))
}

/** A random order in which a heavier item tends to come earlier, in proportion to its weight. */
function byWeight<T>(items: T[], weightOf: (item: T) => number, random: Random): T[] {
  const drawn = items.map((item) => ({
    item,
    ticket: Math.log(Math.max(random.fraction(), Number.MIN_VALUE)) / Math.max(weightOf(item), Number.MIN_VALUE),
  }))
  return drawn.toSorted((a, b) => b.ticket - a.ticket).map(({ item }) => item)
}
