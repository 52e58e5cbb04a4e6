import type { RequestRecord } from '../support/api.ts'
import { decimal, nano } from '../support/decimal.ts'
import { CATALOGUE } from '../faults/catalogue/index.ts'
import type { Due } from '../faults/catalogue/fault.ts'
import { PROMPT, rangeOf, TOKEN } from '../faults/due.ts'
import type { Seen } from './call.ts'
import type { Action } from './plan.ts'
import { MOST_WORDS, priceFor } from './served.ts'

/** What is known at rest after an episode: from the callers, from the upstream, and from the gateway's books. */
export interface Facts {
  action: Action
  /** The gateway died in it. */
  killed: boolean
  seen: Seen[]
  /** How often the upstream was called, by user. */
  calls: ReadonlyMap<string, number>
  records: Pick<RequestRecord, 'id' | 'user' | 'cost' | 'delivery'>[]
  /** What is gone from the balance, and what is still held. */
  spent: bigint
  held: bigint
  /** What `verify` found. */
  verified: string[]
}

const PATIENCE = ['ledger_unavailable', 'provider_timeout']
const UPSTREAM = ['provider_error', 'provider_timeout']

/** The only reasons for which a good request may be refused, or its stream be broken off. */
function excuses(action: Action): string[] {
  if (action.startsWith('database-')) return ['ledger_unavailable']
  if (action.startsWith('upstream-')) return UPSTREAM
  return action.startsWith('stop') ? PATIENCE : []
}

/** A call that lost a connection that was kept, before anything of the answer came, is made once more: by a cut, or by its fault. */
function mostCalls({ action }: Facts, model: string): number {
  const fault = CATALOGUE.find(({ name }) => name === model)
  return action.startsWith('upstream-') || fault?.unanswered === true ? 2 : 1
}

/** Every promise that an episode broke; empty where all is well. Knows prices, usage and words, and nothing of the ledger. */
export function audit(facts: Facts): string[] {
  const found: string[] = []
  const byUser = Map.groupBy(facts.records, (record) => record.user ?? '')
  for (const seen of facts.seen) {
    const [record, ...more] = byUser.get(seen.user) ?? []
    const say = (what: string): void => void found.push(`${seen.user} (${seen.model}): ${what}: ${JSON.stringify({ seen, record })}`)
    if (more.length > 0) say('more than one record')
    if ((facts.calls.get(seen.user) ?? 0) > mostCalls(facts, seen.model)) say('the upstream was called more than once')
    if (record === undefined && (facts.calls.get(seen.user) ?? 0) > 0) say('the upstream was called, and no record tells of it')
    judgeAnswer(facts, seen, say)
    judgeCharge(facts, seen, record, say)
  }
  return [...found, ...judgeBooks(facts, byUser)]
}

function judgeBooks(facts: Facts, byUser: ReadonlyMap<string, unknown>): string[] {
  const found: string[] = []
  const known = new Set(facts.seen.map(({ user }) => user))
  for (const user of byUser.keys()) if (!known.has(user)) found.push(`a record of ${user}, who never called`)
  const recorded = facts.records.reduce((sum, { cost }) => sum + nano(cost), 0n)
  if (recorded !== facts.spent) found.push(`the records add up to ${decimal(recorded)}, the balance lost ${decimal(facts.spent)}`)
  if (facts.held !== 0n) found.push(`${decimal(facts.held)} is still held`)
  return [...found, ...facts.verified.map((violation) => `verify: ${violation}`)]
}

/** Only what went wrong may show, under its own name; a good key is never at fault. */
function judgeAnswer({ action }: Facts, { model, streaming, status, code, whole }: Seen, say: (what: string) => void): void {
  if (whole || (code === null && (status === null || status === 200))) return
  const due = dueOf(model, streaming)
  const allowed = [...excuses(action), ...(due !== undefined && 'code' in due ? [due.code] : [])]
  if (code === 'provider_rejected' || (due?.gets === 'rejection' && status === due.status)) return
  if (code === null || !allowed.includes(code)) say(`refused as ${status} ${code}, which nothing here excuses`)
}

function judgeCharge(facts: Facts, seen: Seen, record: Facts['records'][number] | undefined, say: (what: string) => void): void {
  const cost = record === undefined ? 0n : nano(record.cost)
  const [least, most] = priceOf(seen)
  if (seen.whole) {
    if (cost < least || cost > most) say(`a whole answer was charged ${decimal(cost)}, due ${decimal(least)}`)
    else if (!isDead(facts) && !seen.left && record?.delivery !== 'confirmed') say('a whole answer that is not recorded as delivered')
    return
  }
  if (cost <= deliveredAtMost(seen, most)) return
  const lostOnTheWay = facts.killed && record?.delivery === 'unconfirmed' && cost <= most
  if (!lostOnTheWay) say(`charged ${decimal(cost)} for what did not arrive`)
}

/** It died, or another took it for dead and wrote what was known of its calls. */
function isDead({ action, killed }: Facts): boolean {
  return killed || action === 'stop-and-take-over'
}

/** What the answer costs when it arrives whole. A machine that stood still may have counted less than was there. */
function priceOf({ user, model, streaming }: Seen): [bigint, bigint] {
  const due = dueOf(model, streaming)
  if (due === undefined) return [priceFor(user), priceFor(user)]
  const [least, most] = rangeOf(due)
  return 'charge' in due && due.charge.by === 'count' ? [1n, most] : [least, most]
}

/** Of an answer that is not whole; what was refused, and what never came, is free. */
function deliveredAtMost({ model, status, left, words }: Seen, price: bigint): bigint {
  if (left) return price + PROMPT
  if (status !== 200) return 0n
  // Of an answer beyond a megabyte the bytes count, up to what was held.
  if (model === 'large') return HELD
  return words === 0 ? 0n : BigInt(words) * TOKEN + PROMPT
}

const HELD = BigInt(MOST_WORDS) * TOKEN + PROMPT

const FAULTS = new Map(CATALOGUE.map((fault) => [fault.name, fault]))

function dueOf(model: string, streaming: boolean): Due | undefined {
  const fault = FAULTS.get(model)
  return streaming ? fault?.streamed : fault?.whole
}
