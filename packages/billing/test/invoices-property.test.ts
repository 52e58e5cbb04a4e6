import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  issueInvoices,
  owedAfter,
  dueAtEnd,
  Tally,
  unpaidOf,
  type InvoicedEntry,
  type InvoiceMark,
  type Invoicing,
  type Statement,
} from '@faregate/billing'
import { walletOf } from '@faregate/core'
import { periodFrom } from '@faregate/billing/invoices/periods'
import type { Operation } from '@faregate/ledger'
import { Prng } from '../../ledger/sim/prng.ts'
import { memoryEngine, memoryStorage, type MemoryStorage } from '../../ledger/test/memory-engine.ts'
import { at, DAY } from './support.ts'

const ORGANIZATIONS = [
  { id: 'org_a', zone: 'UTC', mode: 'arrears' as const },
  { id: 'org_b', zone: 'Pacific/Kiritimati', mode: 'arrears' as const },
  { id: 'org_c', zone: 'America/Los_Angeles', mode: 'prepaid' as const },
]

class Random extends Prng {
  below(count: number): number {
    return this.between(0, count - 1)
  }
}

interface Issued extends Statement {
  organization: string
  afterSeq: bigint
  throughSeq: bigint
  carried: bigint
  due: bigint
  number: number
  dueAt: number | null
}

/** A ledger in memory, its invoices, and a clock. */
class World {
  readonly storage: MemoryStorage = memoryStorage()
  readonly issued: Issued[] = []
  readonly marks: InvoiceMark[] = ORGANIZATIONS.map(({ id, zone }) => ({
    organization: id,
    zone,
    since: at('2027-01-10'),
    first: true,
    seq: 0n,
    balance: 0n,
  }))
  now = at('2027-01-10')
  readonly #engine = memoryEngine(this.storage, () => this.now)

  run(operation: Operation): string {
    return this.#engine.commitNow([{ operation }])[0]?.status ?? 'nothing'
  }

  entries(): InvoicedEntry[] {
    return [...this.storage.entries.values()].map(({ seq, id, kind, legs, terms, memo, request }) => {
      return { seq, id, kind, legs, terms, memo, held: this.storage.entries.get(`${request}.0`)?.memo ?? null }
    })
  }

  port(): Invoicing {
    const times = () => [...this.storage.entries.values()]
    return {
      due: async () =>
        this.marks.filter((mark) => periodFrom(mark.since, mark.zone, mark.first).until + 60_000 <= this.now).map((mark) => ({ ...mark })),
      postpone: async () => undefined,
      lastBefore: async (time) => times().reduce((last, { seq, at: made }) => (made < time && seq > last ? seq : last), 0n),
      entries: async (after, through, limit) =>
        this.entries()
          .filter(({ seq, kind }) => seq > after && seq <= through && kind !== 'hold' && kind !== 'void')
          .slice(0, Math.min(limit, 7)),
      close: async (read, { period, throughSeq, tally }) => {
        const mark = this.marks.find(({ organization }) => organization === read.organization)
        if (mark === undefined || mark.since !== read.since) return false
        const statement = tally.statement(mark.balance)
        const afterSeq = mark.seq
        Object.assign(mark, { since: period.until, first: false, seq: throughSeq, balance: statement?.closing ?? mark.balance })
        if (statement !== undefined) this.#issue(mark.organization, statement, tally, afterSeq, throughSeq)
        return true
      },
    }
  }

  #issue(organization: string, statement: Statement, tally: Tally, afterSeq: bigint, throughSeq: bigint): void {
    const before = this.issued.findLast((one) => one.organization === organization)
    const carried = before === undefined ? 0n : owedAfter(before.carried + before.due, tally.received)
    const mode = ORGANIZATIONS.find(({ id }) => id === organization)?.mode ?? 'prepaid'
    const due = dueAtEnd(mode, statement.closing, carried)
    this.issued.push({ ...statement, organization, afterSeq, throughSeq, carried, due, number: this.issued.length + 1, dueAt: this.now })
  }
}

/** One operation of any kind, on any wallet; many are refused, as they may be. */
function anything(world: World, random: Random, step: number, expiring: boolean): void {
  const { id } = random.pick(ORGANIZATIONS) ?? { id: 'org_a' }
  const account = walletOf(id)
  const amount = BigInt(1 + random.below(40))
  const reason = `r${random.below(3)}`
  const requests = [...world.storage.entries.values()].flatMap(({ request, kind }) =>
    request === null || kind !== 'hold' ? [] : [request],
  )
  const request = requests[random.below(Math.max(1, requests.length))] ?? 'none'
  const open = [...world.storage.lots.keys()]
  const choices: (() => void)[] = [
    () => {
      const held = { type: 'hold' as const, id: `q${step}.0`, request: `q${step}`, slice: 0, instance: 1, memo: '{"model":"m"}' }
      const legs = [{ kind: 'wallet' as const, id: account, unit: 'USD' }]
      world.run({ ...held, legs, measure: { fixed: amount * 1_000_000n, perStep: 0n }, steps: { min: 0, max: 0 } })
    },
    () => void world.run({ type: 'settle', request, slices: 1, cost: amount, instance: 1, memo: '{}' }),
    () => void world.run({ type: 'settle', request, slices: 1, cost: amount / 2n, instance: 1, memo: '{}' }),
    () => {
      const expiresAt = expiring && random.below(2) === 0 ? world.now + random.below(40) * DAY : null
      world.run({ type: 'grant', id: `g${step}`, account, amount: amount / 4n + 1n, priority: 1, expiresAt, reason })
    },
    () => void world.run({ type: 'charge', id: `c${step}`, account, amount, reason }),
    () => void world.run({ type: 'refund', id: `f${step}`, request, amount: null, reason }),
    () =>
      void world.run({
        type: 'reverse',
        id: `v${step}`,
        grant: open[random.below(Math.max(1, open.length))] ?? 'none',
        amount: null,
        reason,
      }),
  ]
  random.pick(choices)?.()
}

async function issueAll(world: World): Promise<void> {
  while ((await issueInvoices(world.port(), world.now)) > 0);
}

async function lived(seed: number, expiring: boolean): Promise<World> {
  const random = new Random(seed)
  const world = new World()
  for (const { id, mode } of ORGANIZATIONS) {
    world.run({ type: 'wallet', account: walletOf(id), unit: 'USD', overdraft: 15n, creditLimit: mode === 'arrears' ? 60n : 0n })
  }
  for (let step = 0; step < 300; step++) {
    anything(world, random, step, expiring)
    if (random.below(6) === 0) world.now += random.below(4 * DAY)
    // A process may have been down over several month ends.
    if (random.below(25) === 0) await issueAll(world)
  }
  return world
}

/** Pays an invoice's amount from what comes in afterwards, entry by entry, oldest first: another way to the same. */
function queueOf(world: World, organization: string): bigint[] {
  const account = walletOf(organization)
  const own = world.issued.filter((one) => one.organization === organization)
  const open: bigint[] = []
  let issued = 0
  for (const { seq, kind, legs } of world.entries()) {
    for (; issued < own.length && (own[issued]?.throughSeq ?? 0n) < seq; issued++) open.push(own[issued]?.due ?? 0n)
    if (!['grant', 'refund', 'reverse'].includes(kind)) continue
    let left = legs.filter((leg) => leg.account === account && leg.field !== 'held').reduce((sum, leg) => sum + leg.amount, 0n)
    for (let i = 0; i < open.length && left > 0n; i++) {
      const part = (open[i] ?? 0n) < left ? (open[i] ?? 0n) : left
      open[i] = (open[i] ?? 0n) - part
      left -= part
    }
  }
  for (; issued < own.length; issued++) open.push(own[issued]?.due ?? 0n)
  return open
}

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)

describe('all invoices together', () => {
  it('are all entries, each once: their sums are those of the accounts', async () => {
    let invoices = 0
    for (const seed of SEEDS) {
      const world = await lived(seed, true)
      world.now += 70 * DAY
      await issueAll(world)
      for (const { id } of ORGANIZATIONS) {
        const own = world.issued.filter(({ organization }) => organization === id)
        const moved = own.reduce((sum, { total, credited }) => sum + credited - total, 0n)
        const row = world.storage.accounts.get(walletOf(id))
        assert.ok(row)
        assert.equal(moved, row.granted - row.expired - row.posted, `seed ${seed}, ${id}`)
        assert.equal(own.at(-1)?.closing ?? 0n, moved, `seed ${seed}, ${id}`)
        for (const [index, one] of own.entries()) assert.equal(one.opening, own[index - 1]?.closing ?? 0n)
        invoices += own.length
      }
      assert.deepEqual(
        world.issued.map(({ number }) => number),
        world.issued.map((_, index) => index + 1),
      )
    }
    assert.ok(invoices > 500, `${invoices} invoices`)
  })

  it('can be derived again from the entries in their ranges', async () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const world = await lived(seed, true)
      for (const { organization, afterSeq, throughSeq, charges, credits, opening } of world.issued) {
        const tally = new Tally()
        for (const entry of world.entries()) {
          const legs = entry.legs.filter(({ account }) => account === walletOf(organization))
          if (legs.length === 0 || entry.seq <= afterSeq || entry.seq > throughSeq) continue
          tally.add(
            entry,
            legs.filter(({ field }) => field !== 'held').reduce((sum, { amount }) => sum + amount, 0n),
          )
        }
        const again = tally.statement(opening)
        assert.deepEqual([again?.charges, again?.credits], [charges, credits], `seed ${seed}`)
      }
    }
  })

  it('are paid as if each payment went to the oldest that is open', async () => {
    let open = 0
    for (const seed of SEEDS) {
      const world = await lived(seed, false)
      for (const { id } of ORGANIZATIONS) {
        const own = world.issued.filter(({ organization }) => organization === id)
        const since = own.at(-1)?.throughSeq ?? 0n
        const tally = new Tally()
        for (const entry of world.entries()) {
          const legs = entry.legs.filter(({ account, field }) => account === walletOf(id) && field !== 'held')
          if (entry.seq > since && legs.length > 0)
            tally.add(
              entry,
              legs.reduce((sum, { amount }) => sum + amount, 0n),
            )
        }
        const unpaid = unpaidOf(own.toReversed(), tally.received, world.now)
        const expected = queueOf(world, id).flatMap((amount, index) => (amount > 0n ? [[own[index]?.number, amount]] : []))
        assert.deepEqual(
          unpaid.map(({ number, amount }) => [number, amount]),
          expected,
          `seed ${seed}, ${id}`,
        )
        open += expected.length
      }
    }
    assert.ok(open > 20, `${open} open`)
  })
})
