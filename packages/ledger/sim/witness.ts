import type { Auditor, Sent } from './auditor/auditor.ts'
import type { Asked, Transaction } from './auditor/shapes.ts'
import type { Database, Observer } from './database.ts'
import type { Trace } from './trace.ts'

/** How often what happened, so that a run that met nothing shows. */
export interface Tally {
  outcomes: Record<string, number>
  events: Record<string, number>
}

/** Sees what a database does, and has the auditor judge it between two steps. */
export class Witness implements Observer {
  readonly tally: Tally = { outcomes: {}, events: {} }
  readonly #auditor: Auditor
  readonly #trace: Trace
  readonly #elapsed: () => number
  readonly #predict: boolean
  /** Since the last judgement, in order; those without an answer may not have been committed. */
  #sent: Sent[] = []

  /** `predict`: false leaves all judgement to the end. */
  constructor(auditor: Auditor, trace: Trace, elapsed: () => number, predict: boolean) {
    this.#auditor = auditor
    this.#elapsed = elapsed
    this.#trace = trace
    this.#predict = predict
  }

  decided(transaction: Transaction): void {
    this.#sent.push(transaction)
    for (const [index, operation] of transaction.asked.entries()) {
      const status = transaction.answered[index]?.status ?? 'nothing'
      this.tally.outcomes[status] = (this.tally.outcomes[status] ?? 0) + 1
      this.#trace.add('  db', () => `${describe(operation)} → ${status}`)
    }
  }

  undecided(transaction: Omit<Transaction, 'answered'>): void {
    this.#sent.push(transaction)
    this.happened('commit of which nobody knows')
    for (const operation of transaction.asked) this.#trace.add('  db', () => `${describe(operation)} → nobody knows`)
  }

  heard(instance: number, now: number): void {
    this.#auditor.heard(instance, now, this.#elapsed())
  }

  looks(instance: number, now: number): void {
    this.#auditor.looks(instance, now, this.#elapsed())
  }

  happened(event: string): void {
    this.tally.events[event] = (this.tally.events[event] ?? 0) + 1
  }

  /** Judges what was decided since the last time. `raced`: in an order that is not known. */
  async judge(database: Database, raced: boolean): Promise<void> {
    if (this.#sent.length === 0) return
    const books = this.#predict ? await database.books() : undefined
    if (books === undefined && this.#predict) return
    const sent = this.#sent
    this.#sent = []
    if (books === undefined) return
    this.#auditor.judgeAll(sent, raced && database.concurrent, () => this.#auditor.compare(books.accounts, books.lots))
  }
}

function describe(operation: Asked): string {
  const members = Object.entries(operation).filter(([name]) => name !== 'type' && name !== 'memo')
  return `${operation.type} ${members.map(([name, value]) => `${name}=${text(value)}`).join(' ')}`
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}` : member)) ?? ''
}
