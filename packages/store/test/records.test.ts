import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Row } from '../src/ledger-rows.ts'
import { BatchedRecords } from '../src/records.ts'
import { recordBytes, prune } from '../src/retention.ts'
import { freshStoreFor, KINDS, skipOf } from './databases.ts'
import { requestRecord } from './fixtures.ts'

const AWAY = new Error('away')

function sink() {
  return {
    batches: [] as string[][],
    recorded: [] as string[],
    fail: undefined as ((ids: string[]) => Error | undefined) | undefined,
    async insert(requests: Row[]) {
      const ids = requests.map((row) => String(row[0]))
      const error = this.fail?.(ids)
      if (error !== undefined) throw error
      this.batches.push(ids)
    },
    passing: (error: unknown) => error === AWAY,
    done(requests: string[]) {
      this.recorded.push(...requests)
    },
  }
}

describe('records', () => {
  it('are written in batches of at most 500, in order', async () => {
    const into = sink()
    const records = new BatchedRecords(into, 10_000, () => undefined)
    for (let n = 0; n < 1_200; n++) records.request(requestRecord(String(n)))
    await records.flush()
    assert.deepEqual(
      into.batches.map((batch) => batch.length),
      [500, 500, 200],
    )
    assert.deepEqual(
      into.batches.flat(),
      Array.from({ length: 1_200 }, (_, n) => String(n)),
    )
    assert.equal(into.recorded.length, 1_200)
    await records.close()
  })

  it('are written by themselves, without a flush', async () => {
    const into = sink()
    const records = new BatchedRecords(into, 10, () => undefined)
    const written = new Promise<void>((resolve) => {
      into.done = () => resolve()
    })
    // The queue's timer keeps no process alive.
    const alive = setTimeout(() => undefined, 5_000)
    records.request(requestRecord('a'))
    await written
    clearTimeout(alive)
    assert.deepEqual(into.batches, [['a']])
    await records.close()
  })

  it('that do not fit are dropped and counted; the caller never waits', async () => {
    const into = sink()
    into.fail = () => AWAY
    const records = new BatchedRecords(into, 3, () => undefined)
    for (let n = 0; n < 5; n++) records.request(requestRecord(String(n)))
    assert.deepEqual([records.depth, records.dropped], [3, 2])
    assert.deepEqual(into.recorded, ['3', '4'])
    await records.flush()
    assert.equal(records.depth, 3)
    into.fail = undefined
    await records.flush()
    assert.deepEqual(into.batches, [['0', '1', '2']])
    await records.close()
  })

  it('that the database refuses are dropped alone', async () => {
    const into = sink()
    into.fail = (ids) => (ids.includes('bad') ? new Error('no') : undefined)
    const records = new BatchedRecords(into, 10, () => undefined)
    for (const id of ['a', 'bad', 'b']) records.request(requestRecord(id))
    await records.flush()
    assert.deepEqual(into.batches, [['a'], ['b']])
    assert.deepEqual([records.dropped, records.depth], [1, 0])
    await records.close()
  })
})

for (const kind of KINDS) {
  describe(`records on ${kind}`, { skip: skipOf(kind) }, () => {
    it('keep unknown apart from zero, and what callers send as text', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      store.records.request(requestRecord('r', { user: 'a\u0000b\ud800', tags: '{"x":1}', providerCost: 7n }))
      store.records.request(requestRecord('r', { user: 'again' }))
      await store.records.flush()
      const row = await store.read.selectFrom('requests').selectAll().executeTakeFirstOrThrow()
      assert.deepEqual([row.input, row.output, row.reasoning, row.cost, row.provider_cost, row.latency_ms], [10n, 0n, null, 25n, 7n, 12n])
      assert.deepEqual([row.end_user, row.tags], ['ab\ufffd', '{"x":1}'])
      assert.equal(store.records.dropped, 0)
    })

    it('go by age and by size, denials and old idempotency answers too; money stays', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const now = Date.UTC(2026, 10, 22)
      for (let n = 0; n < 100; n++) store.records.request(requestRecord(`r${n}`, { at: now - n * 3_600_000 }))
      await store.records.flush()
      const needs = { read: store.read, write: store.write.bind(store), now: () => now, overhead: 600 }
      const left = async () => (await store.read.selectFrom('requests').select('id').orderBy('at', 'desc').execute()).map((row) => row.id)
      await store.write((trx) =>
        trx
          .insertInto('idempotency')
          .values({ scope: 's', key: 'k', request_hash: 'h', status: 201, response: '{}', created_at: now - 25 * 3_600_000 })
          .execute(),
      )
      assert.equal(await prune({ ...needs, limits: { maxAgeMs: 50 * 3_600_000, maxBytes: 1e12 } }), 49)
      assert.equal((await left()).length, 51)
      assert.equal((await store.read.selectFrom('idempotency').selectAll().execute()).length, 0)
      const { bytes } = await recordBytes(store.read, 600)
      await prune({ ...needs, limits: { maxAgeMs: 1e12, maxBytes: bytes / 2 } })
      const rest = await left()
      assert.ok(rest.length <= 26 && rest.length >= 24, String(rest.length))
      assert.equal(rest[0], 'r0')
      assert.ok((await recordBytes(store.read, 600)).bytes <= bytes / 2)
    })
  })
}
