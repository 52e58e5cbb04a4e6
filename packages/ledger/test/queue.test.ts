import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CommitQueue, LedgerUnavailable, type BatchItem, type LedgerEngine, type Operation, type Outcome } from '@faregate/ledger'
import { grant, hold, settle, wallet } from './conformance/build.ts'
import { memoryEngine, memoryStorage } from './memory-engine.ts'

interface Call {
  operations: Operation[]
  answer(outcomes?: Outcome[]): void
  fail(error: Error): void
}

/** An engine whose every commit waits for the test to answer it. */
function manualEngine(depth = 1): { engine: LedgerEngine; calls: Call[]; next(): Promise<Call> } {
  const calls: Call[] = []
  const waiters: ((call: Call) => void)[] = []
  let given = 0
  const engine: LedgerEngine = {
    depth,
    commit: (items: BatchItem[]) =>
      new Promise((resolve, reject) => {
        const operations = items.map((item) => item.operation)
        calls.push({ operations, answer: (outcomes) => resolve(outcomes ?? items.map(ok)), fail: reject })
        flush()
      }),
  }
  const flush = (): void => {
    while (waiters.length > 0 && given < calls.length) {
      const call = calls[given++]
      if (call !== undefined) waiters.shift()?.(call)
    }
  }
  const next = (): Promise<Call> =>
    new Promise((resolve) => {
      waiters.push(resolve)
      flush()
    })
  return { engine, calls, next }
}

function ok(_item?: unknown, index = 0): Outcome {
  return { status: 'ok', seq: BigInt(index), at: 0 }
}

function ids(call: Call): string[] {
  return call.operations.map((operation) => {
    if (operation.type === 'settle') return `${operation.request}.settle`
    return 'id' in operation ? operation.id : operation.account
  })
}

describe('group commit', () => {
  it('M17: a batch starts when the writer is free; what comes meanwhile is the next one, in order of arrival', async () => {
    const { engine, next, calls } = manualEngine()
    const queue = new CommitQueue(engine)
    const first = [queue.submit(hold('a.0', 1n)), queue.submit(hold('b.0', 1n))]
    const call = await next()
    assert.deepEqual(ids(call), ['a.0', 'b.0'])
    const second = ['c.0', 'd.0', 'e.0'].map((id) => queue.submit(hold(id, 1n)))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(calls.length, 1, 'one in flight')
    assert.equal(queue.depth, 5)
    call.answer()
    await Promise.all(first)
    const after = await next()
    assert.deepEqual(ids(after), ['c.0', 'd.0', 'e.0'])
    after.answer()
    assert.deepEqual(
      (await Promise.all(second)).map((outcome) => outcome.status),
      ['ok', 'ok', 'ok'],
    )
    assert.equal(queue.depth, 0)
    await queue.close()
  })

  it('M17: a second batch goes ahead only to an engine that keeps it waiting itself, and only if it is worth a transaction', async () => {
    const { engine, next, calls } = manualEngine(2)
    const queue = new CommitQueue(engine)
    const submit = (from: number, count: number) => Array.from({ length: count }, (_, i) => queue.submit(hold(`r${from + i}.0`, 1n)))
    const settled = submit(0, 300)
    const [one, two] = [await next(), await next()]
    assert.deepEqual([one.operations.length, two.operations.length, queue.depth], [128, 128, 300])
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(calls.length, 2, 'two at most')
    one.answer()
    const three = await next()
    assert.deepEqual(ids(three)[0], 'r256.0')
    settled.push(...submit(300, 31))
    await new Promise((resolve) => setImmediate(resolve))
    two.answer()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(calls.length, 3, 'thirty-one wait for their turn')
    three.answer()
    const four = await next()
    assert.equal(four.operations.length, 31)
    four.answer()
    await Promise.all(settled)
    await queue.close()
  })

  it('M17: what two batches in flight did not get decided is sent again in the order of arrival', async () => {
    const { engine, next } = manualEngine(2)
    const queue = new CommitQueue(engine, { retryMs: 1, maxBatch: 40 })
    const settled = Array.from({ length: 80 }, (_, i) => queue.submit(hold(`r${i}.0`, 1n)))
    const [one, two] = [await next(), await next()]
    two.fail(new LedgerUnavailable('locked'))
    one.fail(new LedgerUnavailable('locked'))
    const [again, rest] = [await next(), await next()]
    assert.deepEqual([ids(again)[0], ids(rest)[0]], ['r0.0', 'r40.0'])
    again.answer()
    rest.answer()
    assert.ok((await Promise.all(settled)).every((outcome) => outcome.status === 'ok'))
    await queue.close()
  })

  it('M17: a batch has at most 1,000 operations', async () => {
    const { engine, next } = manualEngine()
    const queue = new CommitQueue(engine)
    const all = Array.from({ length: 1_001 }, (_, n) => queue.submit(hold(`r${n}.0`, 1n)))
    const call = await next()
    assert.equal(call.operations.length, 1_000)
    call.answer()
    const rest = await next()
    assert.deepEqual(ids(rest), ['r1000.0'])
    rest.answer()
    await Promise.all(all)
    await queue.close()
  })

  it('M17: if a batch fails, its operations run one by one, and only the faulty one is refused', async () => {
    const { engine, next } = manualEngine()
    const failures: unknown[] = []
    const queue = new CommitQueue(engine, { onFailure: (error) => failures.push(error) })
    const all = ['a.0', 'b.0', 'c.0'].map((id) => queue.submit(hold(id, 1n)))
    const refused = assert.rejects(all[1] ?? Promise.resolve(), LedgerUnavailable)
    const call = await next()
    call.fail(new Error('a row is at fault'))
    for (const id of ['a.0', 'b.0', 'c.0']) {
      const single = await next()
      assert.deepEqual(ids(single), [id])
      if (id === 'b.0') single.fail(new Error('a row is at fault'))
      else single.answer()
    }
    await refused
    assert.deepEqual(
      (await Promise.all([all[0], all[2]])).map((outcome) => outcome?.status),
      ['ok', 'ok'],
    )
    const after = await next()
    assert.deepEqual(ids(after), ['b.settle'], 'a hold that may have been taken is voided')
    after.answer([{ status: 'hold_unknown' }])
    assert.equal(failures.length, 2)
    await queue.close()
  })

  it('M17: outcome of COMMIT unknown: the same ids are sent again, before what came later, and exists is success', async () => {
    const { engine, next } = manualEngine()
    const queue = new CommitQueue(engine, { retryMs: 1 })
    const first = queue.submit(hold('a.0', 1n))
    const call = await next()
    const later = queue.submit(hold('b.0', 1n))
    call.fail(new LedgerUnavailable('the connection broke'))
    const again = await next()
    assert.deepEqual(ids(again), ['a.0', 'b.0'])
    again.answer([
      { status: 'exists', seq: 7n, at: 0 },
      { status: 'exists', seq: 8n, at: 0 },
    ])
    assert.deepEqual(await first, { status: 'ok', seq: 7n, at: 0 })
    assert.deepEqual((await later).status, 'exists', 'an id that is really taken is told apart')
    await queue.close()
  })

  it('M17: a hold that waited too long in the queue is never sent', async () => {
    const { engine, next, calls } = manualEngine()
    const queue = new CommitQueue(engine, { timeoutMs: 40 })
    const first = queue.submit(hold('a.0', 1n), { timeoutMs: 10_000 })
    const call = await next()
    await assert.rejects(queue.submit(hold('b.0', 1n)), LedgerUnavailable)
    call.answer()
    await first
    await queue.close()
    assert.equal(calls.length, 1)
  })

  it('M17: a hold given up while in flight is voided by the next batch', async () => {
    const { engine, next } = manualEngine()
    const queue = new CommitQueue(engine, { timeoutMs: 40 })
    const given = queue.submit(hold('a.0', 1n, { instance: 3 }))
    const call = await next()
    await assert.rejects(given, LedgerUnavailable)
    call.answer()
    const after = await next()
    assert.deepEqual(after.operations, [{ type: 'settle', request: 'a', slices: 1, cost: 0n, instance: 3, memo: '{"abandoned":true}' }])
    after.answer()
    await queue.close()
  })

  it('M17: a hold given up while its outcome is unknown is voided, not sent again', async () => {
    const { engine, next } = manualEngine()
    const queue = new CommitQueue(engine, { timeoutMs: 40, retryMs: 1 })
    const given = queue.submit(hold('a.0', 1n))
    const call = await next()
    await assert.rejects(given, LedgerUnavailable)
    call.fail(new LedgerUnavailable('gone'))
    const after = await next()
    assert.deepEqual(ids(after), ['a.settle'])
    after.fail(new LedgerUnavailable('still gone'))
    const again = await next()
    assert.deepEqual(ids(again), ['a.settle'], 'the void is sent until the database decides it')
    again.answer()
    await queue.close()
  })

  it('M17: a later slice that is given up does not void what its request has already delivered', async () => {
    const { engine, next, calls } = manualEngine()
    const queue = new CommitQueue(engine, { timeoutMs: 40 })
    const given = queue.submit(hold('a.1', 1n))
    const call = await next()
    await assert.rejects(given, LedgerUnavailable)
    call.answer()
    await queue.close()
    assert.equal(calls.length, 1)
  })

  it('M25: while the database is gone callers are told in time, and after it everything goes on', async () => {
    const storage = memoryStorage()
    const inner = memoryEngine(storage, () => 0)
    let gone = false
    const engine: LedgerEngine = {
      commit: (items) => (gone ? Promise.reject(new LedgerUnavailable('gone')) : inner.commit(items)),
    }
    const queue = new CommitQueue(engine, { timeoutMs: 10_000, retryMs: 1 })
    await queue.submit(wallet())
    await queue.submit(grant('g', 10n))
    gone = true
    await assert.rejects(queue.submit(hold('a.0', 5n), { timeoutMs: 30 }), LedgerUnavailable)
    gone = false
    assert.equal((await queue.submit(hold('b.0', 6n))).status, 'ok')
    assert.equal((await queue.submit(settle('b', 6n))).status, 'ok')
    await queue.close()
    assert.equal(storage.accounts.get('w')?.held, 0n)
    assert.equal(storage.accounts.get('w')?.posted, 6n)
    await assert.rejects(queue.submit(hold('c.0', 1n)), LedgerUnavailable)
  })

  it('M4: 500 holds raced against room for 10: exactly 10 are admitted', async () => {
    const storage = memoryStorage()
    const queue = new CommitQueue(memoryEngine(storage, () => 0))
    await queue.submit(wallet())
    await queue.submit(grant('g', 109n))
    const outcomes = await Promise.all(Array.from({ length: 500 }, (_, n) => queue.submit(hold(`r${n}.0`, 10n))))
    assert.equal(outcomes.filter((outcome) => outcome.status === 'ok').length, 10)
    assert.equal(outcomes.filter((outcome) => outcome.status === 'insufficient' && outcome.reserved).length, 490)
    await queue.close()
  })
})
