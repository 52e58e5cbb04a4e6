import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Outcome } from '@faregate/ledger'
import { CommitQueue } from '@faregate/ledger/queue'
import { grant, hold, settle, wallet } from '../../ledger/test/conformance/build.ts'
import type { Store } from '../src/index.ts'
import { KINDS, noPostgres, openFor, placeFor, skipOf } from './databases.ts'

const statusOf = async (outcome: Promise<Outcome>): Promise<string> => (await outcome).status

async function untouched(store: Store): Promise<void> {
  const { held, posted } = await store.read
    .selectFrom('accounts')
    .select(['held', 'posted'])
    .where('id', '=', 'w')
    .executeTakeFirstOrThrow()
  assert.deepEqual({ held, posted }, { held: 0n, posted: 0n })
  assert.deepEqual((await store.verify()).violations, [])
}

describe('what a process remembers of its open requests', () => {
  for (const kind of KINDS) {
    it(`M5: is forgotten when a backup is restored, on ${kind}`, { skip: skipOf(kind) }, async (t) => {
      const place = await placeFor(t, kind)
      const store = await openFor(t, place.options)
      const queue = new CommitQueue(store.engine)
      const instance = store.instance.epoch
      await Promise.all([wallet(), grant('g', 100n)].map((operation) => queue.submit(operation)))
      const file = join(place.options.directory, 'before.sqlite')
      await store.backup(file)
      await queue.submit(hold('r.0', 40n, { instance }))
      await store.restore(file)
      assert.equal(await statusOf(queue.submit(settle('r', 30n, { instance }))), 'hold_unknown')
      await untouched(store)
    })
  }

  it('M5: is forgotten when another replica restores a backup', { skip: noPostgres }, async (t) => {
    const place = await placeFor(t, 'postgres')
    const [first, second] = [await openFor(t, place.options), await openFor(t, place.options)]
    const queue = new CommitQueue(first.engine)
    const instance = first.instance.epoch
    await Promise.all([wallet(), grant('g', 100n)].map((operation) => queue.submit(operation)))
    const file = join(place.options.directory, 'before.sqlite')
    await second.backup(file)
    await queue.submit(hold('r.0', 40n, { instance }))
    await second.restore(file)
    assert.equal(await statusOf(queue.submit(settle('r', 30n, { instance }))), 'hold_unknown')
    await untouched(first)
  })
})
