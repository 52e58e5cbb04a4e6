import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Millis } from '@faregate/core'
import type { AccountState, LedgerEngine, Operation, Outcome, VerifyReport } from '@faregate/ledger'
import { capLeg, grant, hold, wallet, WALLET, walletLeg, type Case, type Event } from './conformance/build.ts'
import { GRANTS } from './conformance/grants.ts'
import { HOLDS } from './conformance/holds.ts'
import { QUOTAS } from './conformance/quotas.ts'
import { SETTLES } from './conformance/settles.ts'

/** An engine on an empty ledger, and what the suite needs to look at it. */
export interface EngineUnderTest {
  engine: LedgerEngine
  /** The engine's clock. */
  now(): Millis
  /** Moves that clock. */
  advance(ms: Millis): void | Promise<void>
  account(id: string): Promise<AccountState | undefined>
  /** How many rows were attached (the table `idempotency`; `values` has the member `key` alone). */
  attached?(): Promise<number>
  verify(): Promise<VerifyReport>
  close(): Promise<void>
}

const CASES: Case[] = [...HOLDS, ...SETTLES, ...GRANTS, ...QUOTAS]

/** The suite that every engine passes: each case with a batch per operation, and again with as few batches as it allows. */
export function engineConformance(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`ledger on ${name}`, () => {
    for (const one of CASES) {
      it(one.name, () => run(open, one, 1))
      it(`${one.name} (in one batch)`, () => run(open, one, Number.POSITIVE_INFINITY))
    }
    it('M26: a refusal tells the last entry that it was decided on', () => tellsSeq(open))
    it('M18: rows attached to an operation are written with it, if its outcome is ok', (context) => attach(context, open))
  })
}

async function run(open: () => Promise<EngineUnderTest>, one: Case, size: number): Promise<void> {
  const tested = await open()
  try {
    for (const part of parts(one.events(tested.now()), size)) await runPart(tested, part)
    assert.deepEqual((await tested.verify()).violations, [])
  } finally {
    await tested.close()
  }
}

/** Runs of operations, at most `size` long, and the single events between them. */
function parts(events: Event[], size: number): Event[][] {
  const found: Event[][] = []
  for (const event of events) {
    const last = found.at(-1)
    if ('do' in event && last !== undefined && last.length < size && last.every((other) => 'do' in other)) last.push(event)
    else found.push([event])
  }
  return found
}

async function runPart(tested: EngineUnderTest, events: Event[]): Promise<void> {
  const steps = events.filter((event) => 'do' in event)
  const outcomes = steps.length === 0 ? [] : await tested.engine.commit(steps.map((step) => ({ operation: step.do })))
  steps.forEach((step, index) => expectOutcome(step.do, outcomes[index], step.expect))
  for (const event of events) {
    if ('advance' in event) await tested.advance(event.advance)
    if ('balance' in event) expectBalance(await tested.account(event.balance), event.balance, event.is)
  }
}

function expectOutcome(operation: Operation, outcome: Outcome | undefined, expect: Outcome['status'] | Record<string, unknown>): void {
  const expected = typeof expect === 'string' ? { status: expect } : expect
  const members = Object.keys(expected)
  const actual = Object.fromEntries(Object.entries(outcome ?? {}).filter(([member]) => members.includes(member)))
  assert.deepEqual(actual, expected, `${operation.type} ${'id' in operation ? operation.id : ''} → ${outcome?.status}`)
}

function expectBalance(account: AccountState | undefined, id: string, is: Partial<AccountState> & { available?: bigint }): void {
  assert.ok(account, `account ${id} exists`)
  const { granted, expired, posted, held } = account
  const all = { ...account, available: granted - expired - posted - held }
  const members = Object.keys(is)
  assert.deepEqual(Object.fromEntries(Object.entries(all).filter(([member]) => members.includes(member))), is, id)
}

/** Within a batch, and in one of its own: entries of other operations count, and the limit of a cap that a hold opened. */
async function tellsSeq(open: () => Promise<EngineUnderTest>): Promise<void> {
  const tested = await open()
  try {
    const commit = (...operations: Operation[]) => tested.engine.commit(operations.map((operation) => ({ operation })))
    const seqs = (outcomes: Outcome[]) => outcomes.map((outcome) => ('seq' in outcome ? outcome.seq : undefined))
    const [opened, granted, refused, more] = seqs(await commit(wallet(), grant('g', 5n), hold('a.0', 6n), grant('h', 1n)))
    assert.ok(opened !== undefined && granted === opened + 1n)
    assert.deepEqual([refused, more], [granted, granted + 1n])
    assert.deepEqual(seqs(await commit(hold('b.0', 7n))), [more])
    assert.deepEqual(seqs(await commit(hold('c.0', 7n, { legs: [capLeg(1n), walletLeg()] }))), [granted + 2n])
    assert.deepEqual(seqs(await commit({ type: 'charge', id: 'fee', account: WALLET, amount: 9n, reason: 'test' })), [granted + 2n])
  } finally {
    await tested.close()
  }
}

async function attach(context: TestContext, open: () => Promise<EngineUnderTest>): Promise<void> {
  const tested = await open()
  try {
    if (tested.attached === undefined) {
      context.skip('the engine under test does not tell what was attached')
      return
    }
    const row = (key: string) => ({ table: 'idempotency' as const, values: { key } })
    const refused = { type: 'reverse' as const, id: 'x', grant: 'none', amount: null, reason: '' }
    await tested.engine.commit([
      { operation: wallet(), attach: [row('a')] },
      { operation: wallet(), attach: [row('b')] },
      { operation: refused, attach: [row('c')] },
    ])
    assert.equal(await tested.attached(), 1)
  } finally {
    await tested.close()
  }
}
