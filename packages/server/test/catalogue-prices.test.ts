import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ModelEntry, ProviderEntry, Snapshot } from '@faregate/core'
import { parseRates, shareOf, type PublishedCatalogue } from '@faregate/pricing'
import { vendors } from '@faregate/providers'
import { createAdminStore } from '@faregate/store/queries/index'
import { KINDS, openFor, placeFor, skipOf, type Kind } from '../../store/test/databases.ts'
import { systemRandom } from '../src/clock.ts'
import { CataloguePrices, type PricedConfiguration } from '../src/snapshot/catalogue-prices.ts'

const START = Date.UTC(2026, 10, 22, 13)
const DAY = 86_400_000
const DATABASE = { source: 'database' } as const

/** A catalogue in which every model of every vendor costs the same. */
function published(day: string, input: string): PublishedCatalogue {
  const parsed = parseRates({ input, output: '4' })
  assert.ok(parsed.ok)
  const table = { version: `catalogue:${day}`, rates: parsed.rates }
  return { version: day, schedule: () => [table], find: () => table, facts: () => ({}) }
}

const OLD = published('2026-09-23', '1')
const provider = (name: string, kind: string): ProviderEntry => ({
  name,
  kind,
  baseUrl: 'http://127.0.0.1:1',
  keys: [],
  keyless: false,
  managedBy: DATABASE,
})
const model = (name: string): ModelEntry => ({ name, deployments: [{ provider: 'eu', model: name, weight: 1 }], managedBy: DATABASE })

function snapshot(models: string[]): Snapshot {
  const providers = [provider('eu', 'openai'), provider('own', 'openai-compatible')]
  return {
    version: 1,
    providers: new Map(providers.map((entry) => [entry.name, entry])),
    models: new Map(models.map((name) => [name, model(name)])),
    apis: new Map(),
    staged: new Map(),
    allModels: true,
    currency: 'USD',
  }
}

function configuration(
  catalogue: PublishedCatalogue,
  more: Partial<PricedConfiguration> & { models?: string[] } = {},
): PricedConfiguration {
  const { models = ['m'], ...rest } = more
  return { snapshot: snapshot(models), overrides: new Map(), published: catalogue, limit: shareOf(0.1), ...rest }
}

/** Processes of one installation, each with a store of its own on the same database; on SQLite one after the other. */
async function installation(t: TestContext, kind: Kind) {
  const place = await placeFor(t, kind)
  const clock = { time: START, now: () => clock.time }
  const open = async () => {
    const store = await openFor(t, place.options)
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const admin = createAdminStore(store, () => clock.now())
    return { store, admin, prices: new CataloguePrices({ store: admin, vendors, clock, random: systemRandom(), log }) }
  }
  return { clock, open }
}

const inputOf = (catalogue: PublishedCatalogue | Awaited<ReturnType<CataloguePrices['inForce']>>, name = 'm') =>
  catalogue.find('openai', name, START)?.rates.input?.base
const versionOf = (catalogue: Awaited<ReturnType<CataloguePrices['inForce']>>) => catalogue.find('openai', 'm', START)?.version

for (const kind of KINDS) {
  describe(`prices over an upgrade, on ${kind}`, { skip: skipOf(kind) }, () => {
    it('a large change leaves the old price in force, with its version, and is offered once', async (t) => {
      const { open } = await installation(t, kind)
      const { prices, admin, store } = await open()
      assert.equal(inputOf(await prices.inForce(configuration(OLD))), 1_000_000_000n)
      const version = await store.configurationVersion()
      const next = configuration(published('2026-11-20', '2'))
      for (let time = 0; time < 2; time++) {
        const inForce = await prices.inForce(next)
        assert.deepEqual([inputOf(inForce), versionOf(inForce)], [1_000_000_000n, 'catalogue:2026-09-23'])
      }
      assert.deepEqual(prices.pending, ['openai/m'])
      assert.equal((await admin.read.priceOffers.list(['pending'])).length, 1)
      assert.equal(await store.configurationVersion(), version + 1)
    })

    it('a small change is in force at once, and the audit says that the gateway did it', async (t) => {
      const { open } = await installation(t, kind)
      const { prices, admin } = await open()
      await prices.inForce(configuration(OLD))
      const inForce = await prices.inForce(configuration(published('2026-11-20', '1.05')))
      assert.deepEqual([inputOf(inForce), versionOf(inForce)], [1_050_000_000n, 'catalogue:2026-11-20'])
      const [event] = await admin.read.audit.list({ limit: 1 }, { subject: 'openai/m' })
      assert.deepEqual([event?.actor, event?.action], ['system', 'price.change'])
      assert.deepEqual(JSON.parse(event?.before ?? ''), { version: 'catalogue:2026-09-23', price: { input: '1.00', output: '4.00' } })
      assert.deepEqual(JSON.parse(event?.after ?? ''), { version: 'catalogue:2026-11-20', price: { input: '1.05', output: '4.00' } })
      assert.equal(await admin.read.audit.broken(), undefined)
    })

    it('the limit decides, at run time as well; an older program changes nothing', async (t) => {
      const { open } = await installation(t, kind)
      const { prices, admin } = await open()
      await prices.inForce(configuration(OLD))
      const newer = published('2026-11-20', '1.3')
      assert.equal(inputOf(await prices.inForce(configuration(newer))), 1_000_000_000n)
      assert.equal(inputOf(await prices.inForce(configuration(newer, { limit: shareOf(0.3) }))), 1_300_000_000n)
      assert.deepEqual([prices.pending, (await admin.read.priceOffers.list(['withdrawn'])).length], [[], 1])
      assert.equal(inputOf(await prices.inForce(configuration(OLD, { limit: shareOf(9) }))), 1_300_000_000n)
    })

    it("what the operator priced, and what another vendor's catalogue does not know, is nobody's change", async (t) => {
      const { open } = await installation(t, kind)
      const { prices, admin } = await open()
      const overrides = new Map([['eu/m', { input: '7' }]])
      await prices.inForce(configuration(OLD, { overrides }))
      await prices.inForce(configuration(published('2026-11-20', '2'), { overrides }))
      assert.deepEqual(await admin.read.cataloguePrices.list(), [])
    })

    it('a model that was called is in use for 30 days, configured or not; then it costs what the catalogue says', async (t) => {
      const { open, clock } = await installation(t, kind)
      const { prices, admin } = await open()
      await prices.inForce(configuration(OLD, { models: [] }))
      const attempt = { provider: 'eu', model: 'called', outcome: 'served' } as const
      prices.called(attempt, clock.now())
      prices.called({ ...attempt, model: 'refused', outcome: 'failed' }, clock.now())
      prices.called({ ...attempt, provider: 'own' }, clock.now())
      await prices.close()
      assert.deepEqual(
        (await admin.read.cataloguePrices.list()).map(({ model: name }) => name),
        ['called'],
      )
      const next = configuration(published('2026-11-20', '2'), { models: [] })
      clock.time += 20 * DAY
      assert.equal(inputOf(await prices.inForce(next), 'called'), 1_000_000_000n)
      prices.called(attempt, clock.now())
      await prices.close()
      clock.time += 20 * DAY
      assert.equal(inputOf(await prices.inForce(next), 'called'), 1_000_000_000n)
      clock.time += 11 * DAY
      assert.equal(inputOf(await prices.inForce(next), 'called'), 2_000_000_000n)
      assert.deepEqual([await admin.read.cataloguePrices.list(), prices.pending], [[], []])
    })
  })
}

describe('a price that begins at a time', () => {
  it('is looked up anew when it does, without a change of the configuration', async (t) => {
    const { open, clock } = await installation(t, 'sqlite')
    const { prices } = await open()
    const dearer = parseRates({ input: '9', output: '9' })
    assert.ok(dearer.ok)
    const [now] = OLD.schedule('openai', 'm') ?? []
    assert.ok(now !== undefined)
    const soon = { version: 'catalogue:2026-09-23/from-soon', when: { from: START + 50 }, rates: dearer.rates }
    const announced = { ...OLD, schedule: () => [now, soon] }
    const turned = new Promise<void>((resolve) => (prices.onTurn = resolve))
    const inForce = await prices.inForce(configuration(announced))
    assert.equal(inForce.find('openai', 'm', clock.now())?.rates.input?.base, 1_000_000_000n)
    await turned
    clock.time += 50
    assert.equal(inForce.find('openai', 'm', clock.now())?.rates.input?.base, 9_000_000_000n)
  })
})

describe('prices of several processes on PostgreSQL', { skip: skipOf('postgres') }, () => {
  it('processes that start at once decide once, and agree', async (t) => {
    const { open } = await installation(t, 'postgres')
    const processes = [await open(), await open(), await open()]
    const [first] = processes
    assert.ok(first !== undefined)
    const models = ['a', 'b', 'm']
    await Promise.all(processes.map(({ prices }) => prices.inForce(configuration(OLD, { models }))))
    const next = configuration(published('2026-11-20', '2'), { models })
    const inForce = await Promise.all(processes.map(({ prices }) => prices.inForce(next)))
    assert.deepEqual(
      inForce.map((catalogue) => inputOf(catalogue)),
      [1_000_000_000n, 1_000_000_000n, 1_000_000_000n],
    )
    assert.equal((await first.admin.read.priceOffers.list(['pending', 'withdrawn'])).length, 3)
    assert.equal((await first.admin.read.audit.list({ limit: 100 }, {})).length, 3)
    assert.equal(await first.admin.read.audit.broken(), undefined)
  })

  it('small changes are applied once, whoever comes first, and the old program charges the new price, too', async (t) => {
    const { open } = await installation(t, 'postgres')
    const [older, newer, newest] = [await open(), await open(), await open()]
    await older.prices.inForce(configuration(OLD))
    const next = configuration(published('2026-11-20', '1.05'))
    await Promise.all([newer.prices.inForce(next), newest.prices.inForce(next)])
    assert.equal((await older.admin.read.audit.list({ limit: 100 }, {})).length, 1)
    assert.equal(inputOf(await older.prices.inForce(configuration(OLD))), 1_050_000_000n)
  })

  it('of two releases that meet a model for the first time, the one that comes first says what it costs', async (t) => {
    const { open } = await installation(t, 'postgres')
    const [older, newer] = [await open(), await open()]
    await Promise.all([older.prices.inForce(configuration(OLD)), newer.prices.inForce(configuration(published('2026-11-20', '2')))])
    const next = configuration(published('2026-11-20', '2'))
    assert.equal(inputOf(await older.prices.inForce(configuration(OLD))), inputOf(await newer.prices.inForce(next)))
  })
})
