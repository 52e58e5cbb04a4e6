import type { Reader, Way } from './link.ts'

/** What a transaction of the ledger is about. */
export type Kind = 'hold' | 'slice' | 'settle'

export interface CommitWatch {
  /** A COMMIT is about to reach the server. */
  commit(kind: Kind): Promise<void>
  /** The answer to it is about to reach the gateway. */
  committed(kind: Kind): Promise<void>
}

const LENGTH_BYTES = 4
const ENTRY = /req_[0-9A-Z]+\.(settle|\d+)/g

/**
 * Reads PostgreSQL's protocol (version 3) as far as it takes to know the COMMITs of the ledger, and what they make durable:
 * the ids of holds and settles stand in the statement that inserts them.
 */
export class PostgresReader implements Reader {
  readonly #watch: CommitWatch
  readonly #rest: Record<Way, Buffer> = { forth: Buffer.alloc(0), back: Buffer.alloc(0) }
  /** The first message of a connection has no type. */
  #started = false
  readonly #statements = new Map<string, string>()
  /** Of the entries that the running transaction has written. */
  #kinds = new Set<Kind>()
  /** Kinds of the COMMITs that are not answered yet, in order. */
  readonly #unanswered: Kind[][] = []

  constructor(watch: CommitWatch) {
    this.#watch = watch
  }

  pieces(way: Way, bytes: Buffer): Buffer[] {
    const messages: Buffer[] = []
    let left = Buffer.concat([this.#rest[way], bytes])
    for (;;) {
      const typeBytes = way === 'forth' && !this.#started ? 0 : 1
      if (left.length < typeBytes + LENGTH_BYTES) break
      const end = typeBytes + left.readInt32BE(typeBytes)
      if (left.length < end) break
      this.#started ||= way === 'forth'
      messages.push(left.subarray(0, end))
      left = left.subarray(end)
    }
    this.#rest[way] = left
    return messages
  }

  async before(way: Way, message: Buffer): Promise<void> {
    if (way === 'back') return this.#answered(message)
    const text = this.#statementOf(message)
    if (/^\s*(begin|start transaction)\b/i.test(text)) this.#kinds = new Set()
    if (/\binsert into entries\b/i.test(text)) {
      for (const [, part = ''] of message.toString('latin1').matchAll(ENTRY)) this.#kinds.add(kindOf(part))
    }
    if (!/^\s*commit\b/i.test(text)) return
    const kinds = [...this.#kinds]
    this.#unanswered.push(kinds)
    for (const kind of kinds) await this.#watch.commit(kind)
  }

  /** The statement that a message runs: a simple query, one to be prepared, or one that was. */
  #statementOf(message: Buffer): string {
    const type = String.fromCharCode(message[0] ?? 0)
    const [first = '', second = ''] = message.toString('latin1', 1 + LENGTH_BYTES).split('\0')
    if (type === 'Q') return first
    if (type === 'P') this.#statements.set(first, second)
    // What is prepared runs when it is bound.
    return type === 'B' ? (this.#statements.get(second) ?? '') : ''
  }

  async #answered(message: Buffer): Promise<void> {
    if (message.toString('latin1', 0, 1) !== 'C') return
    const [tag] = message.toString('latin1', 1 + LENGTH_BYTES).split('\0')
    if (tag !== 'COMMIT' && tag !== 'ROLLBACK') return
    for (const kind of this.#unanswered.shift() ?? []) await this.#watch.committed(kind)
  }
}

function kindOf(part: string): Kind {
  if (part === 'settle') return 'settle'
  return part === '0' ? 'hold' : 'slice'
}
