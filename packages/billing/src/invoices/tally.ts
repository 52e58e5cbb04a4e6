import { walletOf, type Buckets, type Nano } from '@faregate/core'
import type { EntryLeg } from '@faregate/ledger'
import type { ChargeLine, CreditLine, Statement } from './invoice.ts'

/** An entry of the ledger as an invoice reads it; `held`: the memo of its request's first hold. */
export interface InvoicedEntry {
  seq: bigint
  id: string
  kind: string
  legs: EntryLeg[]
  terms: Record<string, unknown>
  memo: string
  held: string | null
}

/** Grants of credit notes have ids that begin so; nobody else can make one. */
const CORRECTION = 'cn_'

const WALLET = walletOf('')

/** The organization whose wallet an entry is about, and what it did to the balance beside holding; undefined: none. */
export function movementOf({ legs }: Pick<InvoicedEntry, 'legs'>): { organization: string; amount: Nano } | undefined {
  const own = legs.filter(({ account }) => account.startsWith(WALLET))
  const [first] = own
  if (first === undefined) return undefined
  const amount = own.reduce((sum, leg) => (leg.field === 'held' ? sum : sum + leg.amount), 0n)
  return { organization: first.account.slice(WALLET.length), amount }
}

/** Adds up what moved on one wallet, entry by entry. Holds are no movement: what they become is. */
export class Tally {
  readonly #charges = new Map<string, ChargeLine>()
  readonly #credits = new Map<string, CreditLine>()

  add(entry: InvoicedEntry, amount: Nano): void {
    switch (entry.kind) {
      case 'post':
        return this.#charge('usage', modelOf(entry), -amount, 1, bucketsOf(entry))
      case 'excess':
        return this.#charge('usage', modelOf(entry), -amount, 0)
      case 'charge':
        return this.#charge('subscription', reasonOf(entry), -amount, 1)
      case 'refund':
        return this.#charge('refund', reasonOf(entry), -amount, 1)
      case 'grant':
        return this.#credit(entry.id.startsWith(CORRECTION) ? 'correction' : 'credit', reasonOf(entry), amount)
      case 'reverse':
        return this.#credit('reversal', reasonOf(entry), amount)
      case 'expire':
        return this.#credit('expiry', 'credit that expired', amount)
    }
  }

  /** What came in: what pays the debts of before. */
  get received(): Nano {
    const refunded = [...this.#charges.values()].filter(({ kind }) => kind === 'refund')
    return sumOf(this.#credits.values()) - sumOf(refunded)
  }

  /** Undefined: no money moved. */
  statement(opening: Nano): Statement | undefined {
    const charges = [...this.#charges.values()].toSorted(inOrder(['usage', 'subscription', 'refund']))
    const credits = [...this.#credits.values()].toSorted(inOrder(['credit', 'correction', 'reversal', 'expiry']))
    if ([...charges, ...credits].every(({ amount }) => amount === 0n)) return undefined
    const total = sumOf(charges)
    const credited = sumOf(credits)
    return { charges, credits, opening, total, credited, closing: opening - total + credited }
  }

  #charge(kind: ChargeLine['kind'], description: string, amount: Nano, count: number, buckets: Buckets = {}): void {
    const line = lineIn(this.#charges, kind, { kind, description, count: 0, buckets: {}, amount: 0n })
    line.count += count
    line.amount += amount
    for (const [bucket, used] of Object.entries(buckets) as [keyof Buckets, number][]) {
      if (used > 0) line.buckets[bucket] = (line.buckets[bucket] ?? 0) + used
    }
  }

  #credit(kind: CreditLine['kind'], description: string, amount: Nano): void {
    const line = lineIn(this.#credits, kind, { kind, description, count: 0, amount: 0n })
    line.count += 1
    line.amount += amount
  }
}

function lineIn<Line extends { description: string }>(lines: Map<string, Line>, kind: string, empty: Line): Line {
  const name = `${kind} ${empty.description}`
  const line = lines.get(name) ?? empty
  lines.set(name, line)
  return line
}

function sumOf(lines: Iterable<{ amount: Nano }>): Nano {
  let sum = 0n
  for (const { amount } of lines) sum += amount
  return sum
}

function inOrder(kinds: string[]) {
  return (a: { kind: string; description: string }, b: { kind: string; description: string }): number => {
    const difference = kinds.indexOf(a.kind) - kinds.indexOf(b.kind)
    return difference === 0 ? (a.description < b.description ? -1 : 1) : difference
  }
}

function reasonOf({ terms, id }: InvoicedEntry): string {
  return typeof terms['reason'] === 'string' ? terms['reason'] : id
}

/** As callers name it. */
function modelOf({ held }: InvoicedEntry): string {
  const { model } = membersOf(held)
  return typeof model === 'string' ? model : 'unknown model'
}

/** Of the attempt that served: the last that used anything. Others are nobody's to pay for. */
function bucketsOf({ memo }: InvoicedEntry): Buckets {
  const { attempts } = membersOf(memo)
  const used = (Array.isArray(attempts) ? attempts : []).map((one: { buckets?: Buckets }) => one.buckets ?? {})
  return used.findLast((buckets) => Object.keys(buckets).length > 0) ?? {}
}

function membersOf(memo: string | null): Record<string, unknown> {
  const value: unknown = memo === null ? {} : JSON.parse(memo)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
