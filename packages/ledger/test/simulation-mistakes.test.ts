import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BatchItem, Ledger, Operation, Outcome } from '@faregate/ledger'
import type { Rule } from '../sim/auditor/finding.ts'
import type { RecordRow } from '../sim/auditor/shapes.ts'
import type { Member, Step } from '../sim/database.ts'
import { MemoryDatabase } from '../sim/memory/memory-database.ts'
import { inMemory } from '../sim/memory/open.ts'
import { simulate, SimulationFailure, type Simulation } from '../sim/simulate.ts'
import { commitUnderLock, type FirstRead, type MemoryStorage } from './memory-engine.ts'

type Commit = typeof commitUnderLock

/** A mistake, and the promises that the auditor must find broken: predicting every step, and in the end alone. */
interface Mistake {
  name: string
  plant: Pick<Simulation, 'open'> & Partial<Simulation>
  rule: Rule
  inTheEnd?: Rule
}

/** Changes what was committed, operation by operation; each change is a mistake of an engine. */
function after(change: (storage: MemoryStorage, operation: Operation, outcome: Outcome) => void): Pick<Simulation, 'open'> {
  const commit: Commit = (storage, batch, first) => {
    const outcomes = commitUnderLock(storage, batch, first)
    batch.forEach(({ operation }, index) => {
      const outcome = outcomes[index]
      if (outcome !== undefined) change(storage, operation, outcome)
    })
    return outcomes
  }
  return { open: inMemory(commit) }
}

/** Does something else than what was asked. */
function instead(replace: (operation: Operation, storage: MemoryStorage) => Operation): Pick<Simulation, 'open'> {
  const commit: Commit = (storage, batch, first) => {
    const changed = batch.map((item): BatchItem => ({ ...item, operation: replace(item.operation, storage) }))
    return commitUnderLock(storage, changed, first)
  }
  return { open: inMemory(commit) }
}

/** Between the requests and the commit queue. */
function between(submit: (queue: Ledger, operation: Operation) => Promise<Outcome>): Pick<Simulation, 'open' | 'ledger'> {
  return { open: inMemory(), ledger: (queue) => ({ depth: 0, submit: (operation) => submit(queue, operation) }) }
}

const walletOf = (storage: MemoryStorage, request: string) => {
  const leg = storage.entries.get(`${request}.settle`)?.legs.find((one) => one.field === 'posted' && one.account.startsWith('w'))
  return { account: storage.accounts.get(leg?.account ?? ''), leg }
}

const dropsVoids: Commit = (storage, batch, first) => {
  const isVoid = ({ operation }: BatchItem): boolean =>
    operation.type === 'settle' && operation.cost === 0n && first.entries.has(`${operation.request}.0`)
  const kept = batch.filter((item) => !isVoid(item))
  const outcomes = kept.length === 0 ? [] : commitUnderLock(storage, kept, first)
  const settlement = { posted: 0n, excess: 0n, absorbed: 0n }
  return batch.map((item) =>
    isVoid(item) ? { status: 'ok', seq: 0n, at: first.now, amount: 0n, settlement } : (outcomes.shift() as Outcome),
  )
}

/** A hold that lacks room is decided once more, with credit that nobody gave. */
const holdsWithoutRoom: Commit = (storage, batch, first: FirstRead) => {
  const outcomes = commitUnderLock(storage, batch, first)
  return outcomes.map((outcome, index) => {
    const item = batch[index]
    if (outcome.status !== 'insufficient' || item === undefined) return outcome
    const accounts = outcome.shortfalls.flatMap(({ account }) => storage.accounts.get(account) ?? [])
    for (const account of accounts) account.granted += 1_000n
    const [again = outcome] = commitUnderLock(storage, [item], first)
    for (const { id } of accounts) {
      const account = storage.accounts.get(id)
      if (account !== undefined) account.granted -= 1_000n
    }
    return again
  })
}

/** Records say one nano-unit more than was charged. */
class WrongRecords extends MemoryDatabase {
  override async join(step: Step): Promise<Member> {
    const member = await super.join(step)
    const record = member.record.bind(member)
    return Object.assign(member, { record: (row: RecordRow) => record({ ...row, cost: row.cost + 1n }) })
  }
}

const MISTAKES: Mistake[] = [
  {
    name: 'an engine that posts twice',
    plant: after((storage, operation, outcome) => {
      if (operation.type !== 'settle' || outcome.status !== 'ok') return
      const { account, leg } = walletOf(storage, operation.request)
      const entry = storage.entries.get(`${operation.request}.settle`)
      if (account === undefined || leg === undefined || entry === undefined) return
      const { account: wallet, unit, amount } = leg
      const contra = { account: 'contra:USD:revenue', unit, amount: -amount, field: 'contra' as const }
      account.posted -= amount
      const id = `${operation.request}.settle.again`
      storage.entries.set(id, { ...entry, id, seq: storage.nextSeq, legs: [{ account: wallet, unit, amount, field: 'posted' }, contra] })
      storage.nextSeq += 1n
    }),
    rule: 'charged_too_much',
    inTheEnd: 'charged_twice',
  },
  {
    name: 'an engine that drops a void',
    plant: { open: inMemory(dropsVoids) },
    rule: 'hold_not_released',
    inTheEnd: 'held_after_recovery',
  },
  { name: 'an engine that lets a hold through without room', plant: { open: inMemory(holdsWithoutRoom) }, rule: 'held_without_room' },
  {
    name: 'an engine that refuses a hold that has room',
    plant: instead((operation) => {
      const unlucky = operation.type === 'hold' && operation.slice === 0 && operation.request.endsWith('7')
      return unlucky ? { ...operation, measure: { fixed: 10n ** 18n, perStep: 0n } } : operation
    }),
    rule: 'refused_with_room',
  },
  {
    name: 'an engine that writes off what has not expired',
    plant: after((storage, operation, outcome) => {
      const account = operation.type === 'grant' && outcome.status === 'ok' ? storage.accounts.get(operation.account) : undefined
      if (account !== undefined) account.expired += 1n
    }),
    rule: 'credit_differs',
    inTheEnd: 'account_is_not_its_entries',
  },
  {
    name: 'an engine that forgets the release of a lot',
    plant: after((storage, operation, outcome) => {
      if (operation.type !== 'settle' || outcome.status !== 'ok') return
      for (const leg of storage.entries.get(`${operation.request}.settle`)?.legs ?? []) {
        for (const [id, part] of leg.field === 'held' ? (leg.lots ?? []) : []) {
          const lot = storage.lots.get(id)
          if (lot !== undefined) lot.held -= part
        }
      }
    }),
    rule: 'lot_not_released',
    inTheEnd: 'lot_is_not_its_entries',
  },
  {
    name: 'an engine that loses a slice',
    plant: instead((operation) =>
      operation.type === 'settle' && operation.cost === 0n && operation.slices > 1 ? { ...operation, slices: 0 } : operation,
    ),
    rule: 'hold_not_released',
    inTheEnd: 'held_after_recovery',
  },
  {
    name: 'an engine that resolves what is resolved',
    plant: instead((operation, storage) => {
      const resolved = operation.type === 'settle' && storage.entries.has(`${operation.request}.settle`)
      if (resolved && operation.cost === 0n) storage.entries.delete(`${operation.request}.settle`)
      return operation
    }),
    rule: 'resolved_twice',
  },
  {
    name: 'an engine that takes a charge for another',
    plant: instead((operation) =>
      operation.type === 'settle' && operation.cost > 5n ? { ...operation, cost: operation.cost - 1n } : operation,
    ),
    rule: 'outcome_differs',
    inTheEnd: 'delivered_unpaid',
  },
  {
    name: 'an engine that skips a number',
    plant: after((storage, operation, outcome) => {
      if (operation.type === 'grant' && outcome.status === 'ok') storage.nextSeq += 1n
    }),
    rule: 'sequence_gap',
    inTheEnd: 'sequence_gap',
  },
  {
    name: 'an engine whose legs do not add up',
    plant: after((storage, operation) => {
      const legs = operation.type === 'hold' ? storage.entries.get(operation.id)?.legs : undefined
      const contra = legs?.find((leg) => leg.field === 'contra')
      if (contra !== undefined) contra.amount += 1n
    }),
    rule: 'units_unbalanced',
    inTheEnd: 'units_unbalanced',
  },
  {
    name: 'a recovery that takes living instances for dead',
    plant: { open: async (needs) => new MemoryDatabase({ ...needs, silentMs: 1_000 }), replicas: { least: 2, most: 5 } },
    rule: 'live_instance_resolved',
  },
  {
    name: 'a recovery that charges beside the mark',
    plant: {
      open: inMemory((storage, batch, first) => {
        for (const { operation } of batch) if (operation.type === 'settle' && operation.memo.includes('recovered')) operation.cost += 1n
        return commitUnderLock(storage, batch, first)
      }),
    },
    rule: 'recovered_beside_the_mark',
  },
  {
    name: 'a clock that goes back with the wall clock',
    plant: { open: async (needs) => new MemoryDatabase({ ...needs, silentMs: 30_000 }), replicas: { least: 1, most: 1 } },
    rule: 'clock_went_back',
  },
  {
    name: 'a record of another cost',
    plant: { open: async (needs) => new WrongRecords(needs) },
    rule: 'record_differs',
    inTheEnd: 'record_differs',
  },
  {
    name: 'a gateway that answers before the settle is durable',
    plant: between(async (queue, operation) => {
      if (operation.type !== 'settle' || operation.cost === 0n) return queue.submit(operation)
      return { status: 'ok', seq: 0n, at: 0 }
    }),
    rule: 'held_without_owner',
    inTheEnd: 'delivered_unpaid',
  },
  {
    name: 'a gateway that charges more than it delivered',
    plant: between((queue, operation) =>
      queue.submit(operation.type === 'settle' && operation.cost > 0n ? { ...operation, cost: operation.cost + 1n } : operation),
    ),
    rule: 'charged_more_than_delivered',
    inTheEnd: 'charged_more_than_delivered',
  },
  {
    name: 'a gateway that charges who got nothing',
    plant: between((queue, operation) =>
      queue.submit(operation.type === 'settle' && operation.cost === 0n ? { ...operation, cost: 1n } : operation),
    ),
    rule: 'charged_undelivered',
    inTheEnd: 'charged_undelivered',
  },
  {
    name: 'a gateway that marks what has not arrived',
    plant: between((queue, operation) =>
      queue.submit(operation.type === 'hold' && operation.mark !== undefined ? { ...operation, mark: operation.mark + 30n } : operation),
    ),
    rule: 'charged_more_than_delivered',
  },
  {
    name: 'a gateway that goes on although another instance has resolved its hold',
    plant: between(async (queue, operation) => {
      const outcome = await queue.submit(operation)
      return operation.type === 'settle' && outcome.status.startsWith('already_') ? { status: 'ok', seq: 0n, at: 0 } : outcome
    }),
    rule: 'delivered_unpaid',
    inTheEnd: 'delivered_unpaid',
  },
]

async function ruleBroken(mistake: Mistake, predict: boolean): Promise<string> {
  try {
    await simulate({ engine: 'memory', seed: 8, steps: 60_000, world: 1_500, tries: 0, predict, ...mistake.plant })
    return 'none'
  } catch (error) {
    assert.ok(error instanceof SimulationFailure, String(error))
    return error.rule
  }
}

describe('a mistake that is planted', () => {
  it('is shown by the smallest world that shows it, with its trace and the command that repeats it', async () => {
    const open: Simulation['open'] = async (needs) => new MemoryDatabase({ ...needs, silentMs: 1_000 })
    const failing = simulate({ engine: 'memory', seed: 3, steps: 3_000, open, replicas: { least: 2, most: 5 } })
    const { message } = await failing.then(
      () => assert.fail('nothing was found'),
      (error: unknown) => error as Error,
    )
    const [objection, where, again, ...trace] = message.split('\n')
    assert.match(objection ?? '', /^live_instance_resolved: /)
    const [, steps = 0, before = 0] = /^seed 3, step (\d+) \(first seen at step (\d+); it needs no /.exec(where ?? '') ?? []
    assert.ok(Number(steps) > 0 && Number(steps) < Number(before), where)
    assert.match(again ?? '', /^again: npm run test:simulation -- --engine memory --seed 3 --steps \d+ --replicas 2-5 --without .*kills/)
    assert.ok(
      trace.some((line) => line.includes('→ ok')),
      'the trace tells what was decided',
    )
  })

  for (const mistake of MISTAKES) {
    it(`${mistake.name} is found: ${mistake.rule}`, async () => {
      assert.equal(await ruleBroken(mistake, true), mistake.rule)
    })
    if (mistake.inTheEnd === undefined) continue
    it(`${mistake.name} is found by what callers got and what the books say alone: ${mistake.inTheEnd}`, async () => {
      assert.equal(await ruleBroken(mistake, false), mistake.inTheEnd)
    })
  }
})
