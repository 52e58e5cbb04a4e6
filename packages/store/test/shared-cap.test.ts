import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { capOfKey } from '@faregate/core'
import { createAdminStore } from '@faregate/store/queries/index'
import { usedCaps } from '../src/queries/used-caps.ts'
import { freshStore, KINDS, skipOf } from './databases.ts'

const CAP = { amount: 100n, period: 'total' } as const
const SUMS = { granted: 100n, expired: 0n, posted: 80n, held: 0n, overdraft: 0n, credit_limit: 0n, debt: 0n, held_on_credit: 0n }

for (const kind of KINDS) {
  describe(`the cap of keys that were rotated, on ${kind}`, { skip: skipOf(kind) }, () => {
    it('is one, under the name of the newest', async () => {
      const { store, close } = await freshStore(kind, { clock: { now: () => 0 } })
      try {
        await createAdminStore(store, () => 0).write(async (trx) => {
          const none = {
            limits: [],
            suspended: null,
            cap: null,
            userCap: null,
            tagCap: null,
            priceFactor: '1',
            prices: [],
            disclosure: 'amounts' as const,
            billing: { mode: 'prepaid' as const, creditLimit: 0n },
            billTo: { name: null, address: null, taxNumber: null },
          }
          await trx.insertOrganization({ id: 'org', name: 'n', currency: 'USD', zone: 'UTC', overdraft: 0n, ...none, createdAt: 0 })
          await trx.insertApplication({ id: 'app', organization: 'org', team: null, owner: null, name: 'n', limits: [], createdAt: 0 })
          for (const id of ['key_1', 'key_2']) {
            const terms = {
              scopes: [],
              addresses: null,
              identity: null,
              models: null,
              apis: null,
              stage: 'production' as const,
              cap: CAP,
              capKey: 'key_1',
              limits: [],
              expiresAt: null,
            }
            const owner = { application: 'app', organization: 'org', team: null, member: null }
            await trx.insertKey({
              id,
              name: id,
              hash: id,
              lastFour: id,
              state: 'active',
              ...owner,
              ...terms,
              lastUsedAt: null,
              createdAt: 0,
            })
          }
        })
        const account = `${capOfKey('key_1')}@total`
        await store.write(async (trx) => {
          const row = { id: account, unit: 'cap:USD', kind: 'cap', ...SUMS, resets_at: null, entries: 1n }
          await trx.insertInto('accounts').values(row).execute()
        })
        const caps = await usedCaps(store.read, null, 0, 0)
        assert.deepEqual(
          caps.map(({ id, account: counted, limit, used }) => [id, counted, limit, used]),
          [['key_2', account, 100n, 80n]],
        )
      } finally {
        await close()
      }
    })
  })
}
