import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Operation } from '@faregate/ledger'
import { INVARIANTS, type Invariant } from '../../ledger/src/verify/findings.ts'
import { capLeg, grant, hold, refund, reverse, settle, wallet, walletLeg } from '../../ledger/test/conformance/build.ts'
import type { Store } from '../src/index.ts'
import { freshStore, KINDS, skipOf, type Place } from './databases.ts'

const LEGS = [capLeg(500n), walletLeg()]

/** What somebody with SQL does to the rows, and an invariant that must be named for it. */
const CORRUPTIONS: { name: string; invariant: Invariant; sql: string[] }[] = [
  { name: 'a balance off by one nano', invariant: 'balance_mismatch', sql: [`UPDATE accounts SET posted = posted + 1 WHERE id = 'w'`] },
  {
    name: 'something held off by one nano',
    invariant: 'balance_mismatch',
    sql: [`UPDATE accounts SET held = held - 1 WHERE id = 'c@total'`],
  },
  { name: 'an overdraft given by hand', invariant: 'balance_mismatch', sql: [`UPDATE accounts SET overdraft = 1000 WHERE id = 'w'`] },
  { name: 'debt forgiven by hand', invariant: 'lots_vs_account', sql: [`UPDATE accounts SET debt = debt + 3 WHERE id = 'w'`] },
  { name: 'an account deleted', invariant: 'account_missing', sql: [`DELETE FROM accounts WHERE id = 'c@total'`] },
  { name: 'an entry deleted', invariant: 'sequence_gap', sql: [`DELETE FROM entries WHERE id = 'v.settle'`] },
  {
    name: 'a hold and its void deleted, so that every sum still agrees',
    invariant: 'sequence_gap',
    sql: [`DELETE FROM entries WHERE id IN ('v.0', 'v.settle')`],
  },
  { name: 'the last entry deleted', invariant: 'sequence_gap', sql: [`DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)`] },
  {
    name: 'an amount changed',
    invariant: 'entry_unbalanced',
    sql: [`UPDATE entries SET legs = replace(legs, '"100"', '"101"') WHERE id = 'g1'`],
  },
  {
    name: 'an amount changed on both sides',
    invariant: 'balance_mismatch',
    sql: [`UPDATE entries SET legs = replace(legs, '100"', '101"') WHERE id = 'g1'`],
  },
  { name: 'legs that cannot be read', invariant: 'entry_unreadable', sql: [`UPDATE entries SET legs = 'gone' WHERE id = 'g1'`] },
  {
    name: 'a request settled twice',
    invariant: 'double_settle',
    sql: [
      `INSERT INTO entries (seq, id, kind, request, at, instance, legs, terms, memo)
       SELECT (SELECT max(seq) + 1 FROM entries), 'r.again', kind, request, at, instance, legs, terms, memo FROM entries WHERE id = 'r.settle'`,
      `UPDATE counters SET value = value + 1 WHERE name = 'entry'`,
    ],
  },
  {
    name: 'an open hold of a dead instance',
    invariant: 'hold_open_of_dead_instance',
    // Not this instance: it would say with its next beat that it lives.
    sql: [
      `INSERT INTO instances (epoch, started_at, heartbeat_at, low_water_seq, resolved_at)
       SELECT epoch + 100, started_at, heartbeat_at, low_water_seq, 1 FROM instances`,
      `UPDATE entries SET instance = instance + 100 WHERE id = 'open.0'`,
    ],
  },
  { name: 'a lot that gives more than it has', invariant: 'lot_mismatch', sql: [`UPDATE lots SET posted = posted - 5 WHERE id = 'g1'`] },
  { name: 'a lot deleted', invariant: 'lot_missing', sql: [`DELETE FROM lots WHERE id = 'g3'`] },
  { name: 'a lot hidden from spending', invariant: 'lot_mismatch', sql: [`UPDATE lots SET open = 0 WHERE id = 'g3'`] },
  { name: 'an expiry put off by hand', invariant: 'lot_mismatch', sql: [`UPDATE lots SET expires_at = expires_at + 1 WHERE id = 'g2'`] },
  { name: 'a lot marked as spent and as open at once', invariant: 'lot_mismatch', sql: [`UPDATE lots SET open = -1 WHERE id = 'g2'`] },
  {
    name: 'a settle under another name, so that its request could be charged again',
    invariant: 'entry_misnamed',
    sql: [`UPDATE entries SET id = 'r.settled' WHERE id = 'r.settle'`],
  },
  {
    name: 'an open hold under another name, so that no settle finds it',
    invariant: 'entry_misnamed',
    sql: [`UPDATE entries SET id = 'open.first' WHERE id = 'open.0'`],
  },
  {
    name: 'an entry of a kind that does not exist',
    invariant: 'entry_misnamed',
    sql: [`UPDATE entries SET kind = 'gift' WHERE id = 'g1'`],
  },
  {
    name: 'a hold moved into another period',
    invariant: 'hold_in_wrong_period',
    sql: [`UPDATE entries SET at = at + 86400000 WHERE id = 'day.0'`],
  },
  {
    name: 'a settle beyond its hold',
    invariant: 'settle_exceeds_hold',
    sql: [`UPDATE entries SET legs = replace(legs, '25"', '35"') WHERE id = 'r.settle'`],
  },
  {
    name: 'a release of less than was held',
    invariant: 'hold_left_open',
    sql: [`UPDATE entries SET legs = replace(legs, '10"', '9"') WHERE id = 'v.settle'`],
  },
  {
    name: 'a release of more than was ever held',
    invariant: 'negative_sum',
    sql: [`UPDATE entries SET legs = replace(legs, '10"', '910"') WHERE id = 'v.settle'`],
  },
  {
    name: 'a hold beyond the balance',
    invariant: 'available_below_limit',
    sql: [`UPDATE entries SET legs = replace(legs, '5"', '500"') WHERE id = 'open.0'`],
  },
  {
    name: 'a leg in another unit',
    invariant: 'unit_mismatch',
    sql: [`UPDATE entries SET legs = replace(legs, 'USD', 'EUR') WHERE id = 'g3'`],
  },
  {
    name: 'a refund beyond the charge',
    invariant: 'refund_exceeds_charge',
    sql: [1, 2].flatMap((n) => [
      `INSERT INTO entries (seq, id, kind, request, at, instance, legs, terms, memo)
       SELECT (SELECT max(seq) + 1 FROM entries), 'again.${n}', kind, request, at, instance, legs, terms, memo FROM entries WHERE id = 'f'`,
      `UPDATE counters SET value = value + 1 WHERE name = 'entry'`,
    ]),
  },
  {
    name: 'an excess deleted',
    invariant: 'entry_missing',
    sql: [`DELETE FROM entries WHERE id = 's.excess'`],
  },
  {
    name: 'an entry that nothing counted',
    invariant: 'entry_unaccounted',
    sql: [
      `INSERT INTO entries (seq, id, kind, request, at, instance, legs, terms, memo)
       SELECT (SELECT max(seq) + 1 FROM entries), 'w.wallet.9', kind, request, at, instance, legs, terms, memo FROM entries WHERE id = 'w.wallet'`,
      `UPDATE counters SET value = value + 1 WHERE name = 'entry'`,
    ],
  },
  {
    name: 'a refund that gives more than it says',
    invariant: 'entry_terms_mismatch',
    sql: [`UPDATE entries SET legs = replace(legs, '10"', '90"') WHERE id = 'f'`],
  },
]

it('Proofs: every invariant that SQL can break is broken here', () => {
  const broken = new Set(CORRUPTIONS.map(({ invariant }) => invariant))
  // The sequence is the primary key: no SQL gives two entries one number.
  assert.deepEqual(
    INVARIANTS.filter((invariant) => !broken.has(invariant)),
    ['sequence_duplicate'],
  )
})

for (const kind of KINDS) {
  describe(`verify on ${kind}`, { skip: skipOf(kind) }, () => {
    let fresh: { store: Store; place: Place; close(): Promise<void> }
    let healthy = ''
    before(async () => {
      fresh = await freshStore(kind)
      await fillLedger(fresh.store)
      healthy = join(fresh.place.options.directory, 'healthy.sqlite')
      await fresh.store.backup(healthy)
    })
    after(() => fresh.close())

    it('finds nothing in a ledger in which everything has happened once', async () => {
      assert.deepEqual((await fresh.store.verify()).violations, [])
    })

    for (const { name, invariant, sql } of CORRUPTIONS) {
      it(`Proofs: ${name} is reported as ${invariant}`, async () => {
        await fresh.store.restore(healthy)
        await fresh.store.engine.commit([{ operation: hold('open.0', 5n, { instance: fresh.store.instance.epoch, legs: LEGS }) }])
        assert.equal((await fresh.store.verify()).ok, true)
        for (const statement of sql) await fresh.place.run(statement)
        const report = await fresh.store.verify()
        assert.equal(report.ok, false)
        assert.ok(
          report.violations.some((one) => one.invariant === invariant),
          JSON.stringify(report.violations),
        )
      })
    }
  })
}

async function fillLedger(store: Store): Promise<void> {
  const run = async (...operations: Operation[]): Promise<void> => {
    for (const outcome of await store.engine.commit(operations.map((operation) => ({ operation })))) assert.equal(outcome.status, 'ok')
  }
  await run(wallet(20n), grant('g1', 100n), grant('g2', 50n, { expiresAt: 1 }))
  await run(hold('r.0', 30n, { legs: LEGS }), hold('s.0', 20n, { legs: LEGS }), hold('v.0', 10n, { legs: LEGS }))
  await run(settle('r', 25n), settle('s', 80n), settle('v', 0n))
  await run(refund('f', 'r', 10n), grant('g3', 70n), reverse('x', 'g3', 5n))
  const daily = [capLeg(90n, { base: 'd', period: 'day', zone: 'Europe/Berlin' }), walletLeg()]
  await run(hold('day.0', 5n, { legs: daily }), settle('day', 5n))
}
