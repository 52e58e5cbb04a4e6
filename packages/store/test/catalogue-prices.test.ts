import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CataloguePriceRow, PriceOfferRow } from '@faregate/admin'
import { MIGRATIONS } from '../src/migrations/migration.ts'
import { createAdminStore } from '../src/queries/index.ts'
import { freshStoreFor, KINDS, migrateTo, openFor, placeFor, skipOf } from './databases.ts'

const AT = Date.UTC(2026, 10, 22, 13)
const PRICE: CataloguePriceRow = {
  priceKey: 'openai',
  model: 'm',
  release: '2026-09-23',
  seen: '2026-09-23',
  schedule: '[]',
  usedAt: AT,
}
const OFFER: PriceOfferRow = {
  id: 'pc_1',
  priceKey: 'openai',
  model: 'm',
  release: '2026-11-20',
  schedule: '[{"version":"v"}]',
  share: 1_234_567_890_123n,
  effectiveAt: AT,
  state: 'pending',
  createdAt: AT,
}
const DECISION = { state: 'approved', by: 'operator', at: AT, reason: 'r' } as const

for (const kind of KINDS) {
  describe(`the catalogue's prices in force on ${kind}`, { skip: skipOf(kind) }, () => {
    it('are kept once for each vendor and model, changed and forgotten', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const admin = createAdminStore(store, () => AT)
      const inserted = await admin.write(async (trx) => [
        await trx.insertCataloguePrice(PRICE),
        await trx.insertCataloguePrice({ ...PRICE, schedule: '[1]' }),
        await trx.insertCataloguePrice({ ...PRICE, model: 'a' }),
      ])
      assert.deepEqual(inserted, [true, false, true])
      assert.deepEqual(await admin.read.cataloguePrices.list(), [{ ...PRICE, model: 'a' }, PRICE])
      const changed = { ...PRICE, release: '2026-11-20', seen: '2026-11-21', schedule: '[2]', usedAt: AT + 1 }
      await admin.write((trx) => trx.updateCataloguePrice(changed))
      await admin.write((trx) => trx.deleteCataloguePrice('openai', 'a'))
      assert.deepEqual(await admin.read.cataloguePrices.list(), [changed])
    })

    it('a model has one offer that waits, however many were decided', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const admin = createAdminStore(store, () => AT)
      await admin.write((trx) => trx.insertPriceOffer(OFFER))
      await assert.rejects(
        admin.write((trx) => trx.insertPriceOffer({ ...OFFER, id: 'pc_2' })),
        /UNIQUE|unique/,
      )
      await admin.write((trx) => trx.insertPriceOffer({ ...OFFER, id: 'pc_3', model: 'n', share: null }))
      assert.deepEqual(await admin.read.priceOffers.list(['pending']), [OFFER, { ...OFFER, id: 'pc_3', model: 'n', share: null }])
      const decided = await admin.write(async (trx) => [
        await trx.decidePriceOffer('pc_1', 'pending', DECISION),
        await trx.decidePriceOffer('pc_1', 'pending', { ...DECISION, state: 'rejected' }),
        await trx.decidePriceOffer('pc_none', 'pending', DECISION),
      ])
      assert.deepEqual(decided, [true, false, false])
      assert.equal((await admin.read.priceOffers.get('pc_1'))?.state, 'approved')
      await admin.write((trx) => trx.insertPriceOffer({ ...OFFER, id: 'pc_4' }))
      assert.deepEqual(
        (await admin.read.priceOffers.list(['pending', 'approved'])).map(({ id }) => id),
        ['pc_1', 'pc_4', 'pc_3'],
      )
    })

    it('who decides about them waits for whoever does so already', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const admin = createAdminStore(store, () => AT)
      const order: string[] = []
      const decide = (name: string) =>
        admin.write(async (trx) => {
          await trx.lockCataloguePrices()
          order.push(`${name} found ${(await trx.cataloguePrices.list()).length}`)
          await trx.insertCataloguePrice({ ...PRICE, model: name })
        })
      await Promise.all([decide('a'), decide('b'), decide('c')])
      assert.deepEqual(
        order.map((line) => line.slice(-1)),
        ['0', '1', '2'],
      )
    })

    it('are in a backup, and come back with it', async (t) => {
      const { store, place } = await freshStoreFor(t, kind)
      const admin = createAdminStore(store, () => AT)
      await admin.write((trx) => trx.insertCataloguePrice(PRICE))
      await admin.write((trx) => trx.insertPriceOffer(OFFER))
      const file = `${place.options.directory}/backup.sqlite`
      await store.backup(file)
      await admin.write((trx) => trx.deleteCataloguePrice('openai', 'm'))
      await store.restore(file)
      assert.deepEqual(await admin.read.cataloguePrices.list(), [PRICE])
      assert.deepEqual(await admin.read.priceOffers.get('pc_1'), OFFER)
    })

    it('a database of the version before gets their tables, and loses nothing', async (t) => {
      const where = await placeFor(t, kind)
      await migrateTo(where, kind, 2)
      await where.run(`INSERT INTO meta (key, value) VALUES ('kept', 'yes')`)
      const store = await openFor(t, where.options)
      const admin = createAdminStore(store, () => AT)
      await admin.write((trx) => trx.insertCataloguePrice(PRICE))
      assert.deepEqual(await where.run(`SELECT value FROM meta WHERE key IN ('kept', 'schema_version') ORDER BY key`), [
        { value: 'yes' },
        { value: String(MIGRATIONS.at(-1)?.number) },
      ])
    })
  })
}
