import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VerifiedKeys, type KeyDirectory, type KeyEntry } from '@faregate/identity'
import { keyEntry } from './support.ts'

/** A directory that counts its questions and answers when it is told to. */
class Directory implements KeyDirectory {
  readonly asked: string[] = []
  readonly entries = new Map<string, KeyEntry>()
  gate: Promise<void> = Promise.resolve()

  async find(presented: string): Promise<KeyEntry | undefined> {
    this.asked.push(presented)
    const entry = this.entries.get(presented)
    await this.gate
    return entry
  }
}

function setUp(): { directory: Directory; keys: VerifiedKeys; clock: { time: number; now(): number } } {
  const directory = new Directory()
  const clock = { time: 0, now: () => clock.time }
  return { directory, keys: new VerifiedKeys(directory, clock), clock }
}

test('a key is looked up once, and then answered at once', async () => {
  const { directory, keys } = setUp()
  const entry = keyEntry()
  directory.entries.set('k', entry)
  assert.equal(await keys.find('k'), entry)
  assert.equal(keys.find('k'), entry, 'not even a promise')
  assert.deepEqual(directory.asked, ['k'])
})

test('a burst of requests with one key asks the directory once', async () => {
  const { directory, keys } = setUp()
  directory.entries.set('k', keyEntry())
  const found = await Promise.all(Array.from({ length: 500 }, async () => keys.find('k')))
  assert.ok(found.every((entry) => entry === directory.entries.get('k')))
  assert.equal(directory.asked.length, 1)
})

test('an unknown key is remembered, but only for a moment', async () => {
  const { directory, keys, clock } = setUp()
  assert.equal(await keys.find('x'), undefined)
  assert.equal(await keys.find('x'), undefined)
  assert.equal(directory.asked.length, 1)
  clock.time = 1_000
  directory.entries.set('x', keyEntry())
  assert.equal(await keys.find('x'), directory.entries.get('x'))
})

test('a change of the configuration forgets all keys, known and unknown', async () => {
  const { directory, keys } = setUp()
  directory.entries.set('k', keyEntry())
  await keys.find('k')
  await keys.find('x')
  const revoked = keyEntry({ state: 'revoked' })
  directory.entries.set('k', revoked)
  directory.entries.set('x', revoked)
  keys.forget()
  assert.equal(await keys.find('k'), revoked)
  assert.equal(await keys.find('x'), revoked)
})

test('what was being looked up when the configuration changed is not remembered', async () => {
  const { directory, keys } = setUp()
  const old = keyEntry()
  directory.entries.set('k', old)
  const { promise, resolve } = Promise.withResolvers<void>()
  directory.gate = promise
  const early = keys.find('k')
  keys.forget()
  const revoked = keyEntry({ state: 'revoked' })
  directory.entries.set('k', revoked)
  const late = keys.find('k')
  resolve()
  assert.equal(await early, old)
  assert.equal(await late, revoked, 'not the answer to the earlier question')
  assert.equal(keys.find('k'), revoked)
})

test('a database that does not answer is an error, never an unknown key, and is asked again', async () => {
  const { directory, keys } = setUp()
  directory.entries.set('k', keyEntry())
  directory.gate = Promise.reject(new Error('gone'))
  await assert.rejects(async () => keys.find('k'), /gone/)
  directory.gate = Promise.resolve()
  assert.equal(await keys.find('k'), directory.entries.get('k'))
})

test('both memories are bounded, and a flood of unknown keys displaces no known one', async () => {
  const { directory, keys } = setUp()
  directory.entries.set('k', keyEntry())
  await keys.find('k')
  for (let i = 0; i <= 10_000; i++) await keys.find(`unknown ${i}`)
  assert.equal(keys.find('k'), directory.entries.get('k'))
  const before = directory.asked.length
  await keys.find('unknown 10000')
  assert.equal(directory.asked.length, before, 'the newest is remembered')
  await keys.find('unknown 0')
  assert.equal(directory.asked.length, before + 1, 'the oldest is forgotten')
})
