import { isDeepStrictEqual } from 'node:util'
import { compareBooks } from './books.ts'
import { auditEntries } from './entries.ts'
import { auditExchanges, type Ending, type Exchange } from './exchanges.ts'
import { object, Objection, type Rule } from './finding.ts'
import { auditAdjust, auditCharge, auditGrant, auditRefund, auditReverse, auditWallet } from './grants.ts'
import { auditHold } from './holds.ts'
import { Lives } from './lives.ts'
import type { Prediction } from './prediction.ts'
import { auditSettle } from './settles.ts'
import type { AccountRow, Answered, Asked, EntryRow, LotRow, RecordRow, Transaction } from './shapes.ts'
import { emptyWorld, type World } from './world.ts'

/** A transaction that was sent; without an answer, nobody knows whether it was committed. */
export type Sent = Transaction | (Omit<Transaction, 'answered'> & { answered?: undefined })

/** Everything that can be read once a world is at rest. */
export interface Remains {
  entries: EntryRow[]
  accounts: AccountRow[]
  lots: LotRow[]
  records: RecordRow[]
  exchanges: Exchange[]
}

/**
 * Predicts every outcome and balance from the rules, and objects to what differs; in the end looks at what callers got
 * and what they were charged. Throws an {@link Objection}.
 */
export class Auditor {
  readonly #lives: Lives
  readonly #silentMs: number | null
  /** The time that the last transaction of the last process took for now. */
  #last = { process: 0, now: 0 }
  readonly #zone: string
  #world: World = emptyWorld(0)

  /** `zone`: that of all caps. `silentMs`: the silence after which an instance is dead; null: when another one starts. */
  constructor(zone: string, silentMs: number | null) {
    this.#zone = zone
    this.#silentMs = silentMs
    this.#lives = new Lives(silentMs)
  }

  /** An instance started, or its heartbeat is durable. */
  heard(instance: number, now: number, elapsed: number): void {
    this.#lives.heard(instance, now, elapsed)
  }

  /** An instance looks for dead ones. */
  looks(instance: number, now: number, elapsed: number): void {
    this.#lives.looks(this.#world, instance, now, elapsed)
  }

  /**
   * Judges transactions in the order in which they were decided, and what `compare` finds after them. Where their order
   * is not known (`raced`), or not whether one was committed, one course of events has to agree with everything.
   */
  judgeAll(sent: readonly Sent[], raced: boolean, compare: () => void): void {
    const orders = raced ? permutations(sent) : [sent]
    const courses = orders.flatMap((order) => subsets(order))
    const before = this.#world
    const last = this.#last
    const objections: Objection[] = []
    for (const course of courses) {
      this.#world = courses.length === 1 ? before : structuredClone(before)
      this.#last = last
      try {
        for (const transaction of course) this.#judge(transaction)
        return compare()
      } catch (error) {
        if (!(error instanceof Objection)) throw error
        objections.push(error)
      }
    }
    throw oneOf(objections)
  }

  /** The books as they stand after the last transaction. */
  compare(accounts: Iterable<AccountRow>, lots: Iterable<LotRow>): void {
    compareBooks(this.#world, accounts, lots)
  }

  /** Once nothing moves and every instance is dead and recovered. Answers how requests ended, for a run to show what it has met. */
  close({ entries, accounts, lots, records, exchanges }: Remains): Ending[] {
    const charges = auditEntries(entries, accounts, lots)
    return auditExchanges(exchanges, charges, records)
  }

  /** What is held by requests that nobody has resolved: request, and the instance that owns it. */
  openHolds(): { request: string; instance: number }[] {
    const open = [...this.#world.requests.values()].filter((request) => request.resolution === undefined)
    return open.map(({ id, slices }) => ({ request: id, instance: [...slices.values()][0]?.operation.instance ?? 0 }))
  }

  #judge({ process, asked, answered, now }: Sent): void {
    // M10: that of one process never goes back; that of a database is whatever it says.
    const last = this.#last
    if (this.#silentMs === null && process === last.process && now < last.now) {
      object('clock_went_back', `process ${process}`, `from ${last.now} to ${now}`)
    }
    this.#last = { process, now }
    this.#world.now = now
    for (const [index, operation] of asked.entries()) {
      if (answered === undefined) this.#predict(operation)
      else this.#judgeOne(operation, answered[index])
    }
  }

  #judgeOne(operation: Asked, answer: Answered | undefined): void {
    if (answer === undefined) object('outcome_differs', subjectOf(operation), 'it was not answered')
    this.#lives.allow(this.#world, operation)
    const predicted = this.#predict(operation)
    const actual = comparable(answer)
    if (isDeepStrictEqual(actual, predicted)) return
    object(ruleOf(predicted, actual), subjectOf(operation), `${operation.type}: expected ${show(predicted)}, got ${show(actual)}`)
  }

  #predict(operation: Asked): Prediction {
    const world = this.#world
    switch (operation.type) {
      case 'hold':
        return auditHold(world, operation)
      case 'settle':
        return auditSettle(world, operation)
      case 'grant':
        return auditGrant(world, operation)
      case 'charge':
        return auditCharge(world, operation)
      case 'reverse':
        return auditReverse(world, operation)
      case 'refund':
        return auditRefund(world, operation, this.#zone)
      case 'wallet':
        return auditWallet(world, operation)
      case 'adjust':
        return auditAdjust(world, operation)
    }
  }
}

/** The first one, with the others that could be the reason instead. */
function oneOf([first, ...others]: Objection[]): unknown {
  if (first === undefined || others.length === 0) return first
  const reasons = new Set(others.map(({ message }) => message))
  return new Objection(first.rule, first.subject, [first.detail, ...reasons].join('\n or, where it went otherwise: '))
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]]
  return list.flatMap((one, index) => permutations(list.toSpliced(index, 1)).map((rest) => [one, ...rest]))
}

/** What may have happened: everything that was answered, and any of the rest. */
function subsets(order: readonly Sent[]): Sent[][] {
  const [first, ...rest] = order
  if (first === undefined) return [[]]
  const others = subsets(rest)
  const withIt = others.map((course) => [first, ...course])
  return first.answered === undefined ? [...others, ...withIt] : withIt
}

/** Without sequence numbers; when a period ends is not predicted either, but shows in which account is used. */
function comparable(answer: Answered): Prediction {
  const { seq: _, shortfalls, ...members } = answer as Prediction
  if (!REFUSED.has(answer.status)) return members
  const legs = withoutReset(members['legs'])
  return { ...members, legs, ...(shortfalls === undefined ? {} : { lacking: withoutReset(shortfalls) }) }
}

function withoutReset(rooms: unknown): unknown[] {
  return (rooms as Record<string, unknown>[]).map(({ resetsAt: _never, ...one }) => one)
}

const REFUSED = new Set(['insufficient', 'in_debt'])
const RESOLVED = /^(already_|exists)/

function ruleOf(predicted: Prediction, actual: Prediction): Rule {
  if (REFUSED.has(predicted.status) && actual.status === 'ok') return 'held_without_room'
  if (predicted.status === 'ok' && REFUSED.has(actual.status)) return 'refused_with_room'
  if (RESOLVED.test(predicted.status) && actual.status === 'ok') return 'resolved_twice'
  return 'outcome_differs'
}

function subjectOf(operation: Asked): string {
  if (operation.type === 'settle' || operation.type === 'hold') return operation.request
  return 'id' in operation ? operation.id : operation.account
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}` : member)) ?? ''
}
