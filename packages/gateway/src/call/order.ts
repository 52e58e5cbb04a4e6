import { hash } from 'node:crypto'
import type { ProviderKey } from '@faregate/core'
import type { Candidate } from '../locate.ts'
import type { Parking, Wait } from './parking.ts'

/** One thing to try: a deployment with one of its provider's keys. */
export interface Choice {
  candidate: Candidate
  /** Undefined where the vendor needs none. */
  key: ProviderKey | undefined
}

/** What can be tried, in the order of trying. */
export interface Order {
  choices: Choice[]
  /** Nothing can be: every upstream said itself to wait, this one shortest. */
  wait?: Wait
}

export function deploymentName({ deployment }: Candidate): string {
  return `deployment:${deployment.provider}/${deployment.model}`
}

export function keyName({ provider }: Candidate, key: ProviderKey): string {
  return `key:${provider.name}/${key.id}`
}

/** Vendors limit the rate of each model by itself: a key that is over it for one is not for the others. */
export function keyModelName({ provider, deployment }: Candidate, key: ProviderKey): string {
  return `key:${provider.name}/${key.id} for ${deployment.model}`
}

/** So many keys of one account are tried before another deployment is. */
const KEYS_FIRST = 2

/**
 * Deployments by priority, then by weight; keys of one likewise. What is parked is left out while anything else is left;
 * if nothing is, it is tried all the same, because a wrong guess must not refuse a request that could be served, unless
 * the upstreams themselves said how long to wait.
 */
export function orderOf(candidates: Candidate[], parking: Parking, draw: Draw, now: number): Order {
  const all = allChoices(candidates, draw)
  const open = all.filter((choice) => namesOf(choice).every((name) => parking.state(name, now) !== 'parked'))
  if (open.length > 0) return { choices: open }
  const unsaid = all.filter((choice) => statedWait(choice, parking, now) === undefined)
  if (unsaid.length > 0) return { choices: unsaid }
  const [shortest] = all.flatMap((choice) => statedWait(choice, parking, now) ?? []).toSorted((a, b) => a.ms - b.ms)
  return { choices: [], ...(shortest === undefined ? {} : { wait: shortest }) }
}

/** How chance falls for something that has this name: a number in [0, 1). */
export type Draw = (name: string) => number

/**
 * Chance that falls alike for the same `subject`, and by weight over many: what an account keeps for it, or encrypted for it,
 * is found there again, by every replica.
 */
export function drawFor(subject: string): Draw {
  return (name) => hash('sha256', `${subject} ${name}`, 'buffer').readUInt32BE(0) / 2 ** 32
}

/** Under which names a choice can be parked. */
export function namesOf({ candidate, key }: Choice): string[] {
  if (key === undefined) return [deploymentName(candidate)]
  return [deploymentName(candidate), keyName(candidate, key), keyModelName(candidate, key)]
}

function statedWait(choice: Choice, parking: Parking, now: number): Wait | undefined {
  const waits = namesOf(choice).flatMap((name) => parking.statedWait(name, now) ?? [])
  return waits.toSorted((a, b) => b.ms - a.ms)[0]
}

function allChoices(candidates: Candidate[], draw: Draw): Choice[] {
  const [only] = candidates
  if (candidates.length === 1 && only !== undefined) return keysOf(only, draw)
  const shuffled = byWeight(
    candidates,
    ({ deployment }) => deployment.weight,
    (candidate) => draw(deploymentName(candidate)),
  )
  const tiers = Map.groupBy(shuffled, ({ deployment }) => deployment.priority ?? 0)
  return [...tiers.keys()].toSorted((a, b) => a - b).flatMap((tier) => tierChoices(tiers.get(tier) ?? [], draw))
}

/** The rest of an account's keys come after the other deployments: where two are limited, so are most. */
function tierChoices(candidates: Candidate[], draw: Draw): Choice[] {
  const byCandidate = candidates.map((candidate) => keysOf(candidate, draw))
  return [...byCandidate.flatMap((keys) => keys.slice(0, KEYS_FIRST)), ...byCandidate.flatMap((keys) => keys.slice(KEYS_FIRST))]
}

function keysOf(candidate: Candidate, draw: Draw): Choice[] {
  const { keys } = candidate.provider
  if (keys.length === 0) return [{ candidate, key: undefined }]
  if (keys.length === 1) return [{ candidate, key: keys[0] }]
  const shuffled = byWeight(
    keys,
    (key) => key.weight,
    (key) => draw(keyName(candidate, key)),
  )
  return shuffled.toSorted((a, b) => a.priority - b.priority).map((key) => ({ candidate, key }))
}

/** A random order in which a heavier item tends to come earlier, in proportion to its weight. */
function byWeight<T>(items: T[], weightOf: (item: T) => number, draw: (item: T) => number): T[] {
  const drawn = items.map((item) => ({
    item,
    ticket: Math.log(Math.max(draw(item), Number.MIN_VALUE)) / Math.max(weightOf(item), Number.MIN_VALUE),
  }))
  return drawn.toSorted((a, b) => b.ticket - a.ticket).map(({ item }) => item)
}
