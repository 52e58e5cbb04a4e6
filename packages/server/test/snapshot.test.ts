import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelEntry, ProviderEntry, Snapshot } from '@faregate/core'
import { buildSnapshot, type SnapshotSources } from '../src/snapshot/build.ts'
import { LiveConfiguration } from '../src/snapshot/live.ts'

const provider = (name: string, baseUrl: string, kind = 'openai-compatible'): ProviderEntry => ({
  name,
  kind,
  baseUrl,
  keys: [],
  keyless: true,
  managedBy: { source: 'database' },
})
const model = (name: string, upstream: string): ModelEntry => ({
  name,
  deployments: [{ provider: 'p', model: upstream, weight: 1 }],
  managedBy: { source: 'database' },
})

const NOTHING: SnapshotSources = {
  version: 1,
  file: { providers: [], models: [], apis: [] },
  environment: [],
  database: { providers: [], models: [], apis: [], staged: [] },
  demo: { provider: 'demo', model: 'demo', baseUrl: 'demo:', only: false },
  allModels: undefined,
  currency: 'USD',
}

test('the file wins over the environment, and both over the database, name by name', () => {
  const snapshot = buildSnapshot({
    ...NOTHING,
    file: { providers: [provider('p', 'file')], models: [model('m', 'file')], apis: [] },
    environment: [provider('p', 'environment', 'other'), provider('e', 'environment', 'other')],
    database: {
      providers: [provider('p', 'database'), provider('e', 'database'), provider('d', 'database')],
      models: [model('m', 'database'), model('n', 'database')],
      apis: [],
      staged: [],
    },
  })
  const places = [...snapshot.providers.values()].map(({ name, baseUrl }) => [name, baseUrl])
  assert.deepEqual(Object.fromEntries(places), { p: 'file', e: 'environment', d: 'database' })
  const models = [...snapshot.models.values()].map(({ name, deployments }) => [name, deployments[0]?.model])
  assert.deepEqual(Object.fromEntries(models), { m: 'file', n: 'database' })
})

test('a kind that the file connects gets no second account from the environment', () => {
  const snapshot = buildSnapshot({
    ...NOTHING,
    file: { providers: [provider('mine', 'x', 'openai')], models: [], apis: [] },
    environment: [provider('openai', 'y', 'openai')],
  })
  assert.deepEqual([...snapshot.providers.keys()], ['mine'])
})

test('the demo answers while no other provider is connected, and alone with --demo', () => {
  assert.deepEqual([...buildSnapshot(NOTHING).models.keys()], ['demo'])
  const connected = { ...NOTHING, environment: [provider('openai', 'x', 'openai')] }
  assert.deepEqual([...buildSnapshot(connected).providers.keys()], ['openai'])
  const only = buildSnapshot({ ...connected, demo: { ...NOTHING.demo, only: true } })
  assert.deepEqual([[...only.providers.keys()], only.allModels], [['demo'], false])
})

test('with a provider from the environment and nothing configured, its models can be called by provider/model', () => {
  const environment = [provider('openai', 'x', 'openai')]
  assert.equal(buildSnapshot({ ...NOTHING, environment }).allModels, true)
  assert.equal(buildSnapshot({ ...NOTHING, environment, allModels: false }).allModels, false)
  assert.equal(buildSnapshot({ ...NOTHING, environment, file: { providers: [], models: [model('m', 'x')], apis: [] } }).allModels, false)
  assert.equal(buildSnapshot(NOTHING).allModels, false)
})

const QUIET = { error: () => undefined, info: () => undefined }

test('a change is in force when refresh resolves; a source that fails leaves the last snapshot and is taken up when it is back', async (t) => {
  let version = 1
  let down = false
  const swapped: number[] = []
  const source = {
    version: () => (down ? Promise.reject(new Error('gone')) : Promise.resolve(version)),
    read: (at: number): Promise<Snapshot> => Promise.resolve(buildSnapshot({ ...NOTHING, version: at })),
  }
  const live = new LiveConfiguration(source, await source.read(1), QUIET, ({ version: at }) => swapped.push(at))
  t.after(() => live.close())
  await live.refresh()
  assert.deepEqual(swapped, [])
  version = 2
  await live.refresh()
  assert.equal(live.snapshot.version, 2)
  down = true
  version = 3
  await live.refresh()
  assert.equal(live.snapshot.version, 2)
  down = false
  await live.refresh()
  assert.deepEqual(swapped, [2, 3])
})

test('a refresh that is asked for while another runs sees what was changed in between', async (t) => {
  let version = 1
  const gate = Promise.withResolvers<void>()
  let looks = 0
  const source = {
    version: async () => {
      looks += 1
      const seen = version
      if (looks === 1) await gate.promise
      return seen
    },
    read: (at: number): Promise<Snapshot> => Promise.resolve(buildSnapshot({ ...NOTHING, version: at })),
  }
  const live = new LiveConfiguration(source, buildSnapshot(NOTHING), QUIET, () => undefined)
  t.after(() => live.close())
  const first = live.refresh()
  version = 2
  const second = live.refresh()
  gate.resolve()
  await Promise.all([first, second])
  assert.equal(live.snapshot.version, 2)
})

test('what nobody changed is read anew where it is asked for, and nothing after the end', async (t) => {
  const swapped: number[] = []
  const source = {
    version: () => Promise.resolve(1),
    read: (at: number): Promise<Snapshot> => Promise.resolve(buildSnapshot({ ...NOTHING, version: at })),
  }
  const live = new LiveConfiguration(source, await source.read(1), QUIET, ({ version: at }) => swapped.push(at))
  t.after(() => live.close())
  await live.refresh()
  await live.reread()
  assert.deepEqual(swapped, [1])
  live.close()
  await live.reread()
  assert.deepEqual(swapped, [1])
})
