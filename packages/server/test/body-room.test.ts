import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { BodyRoom, type Guest } from '../src/http/body-room.ts'

const LONG = 60_000
const MB = 1024 * 1024

function guest(id: string): Guest {
  return { id, socket: new EventEmitter() }
}

/** What has been decided by now of each promise. */
async function decided(...promises: Promise<boolean>[]): Promise<(boolean | 'waits')[]> {
  await new Promise(setImmediate)
  const waits = Promise.resolve('waits' as const)
  return Promise.all(promises.map((promise) => Promise.race([promise, waits])))
}

test('what fits is admitted at once, the rest waits in order of arrival, smaller ones too', async () => {
  const room = new BodyRoom(10, () => undefined)
  const [a, b, c, d] = [
    room.take(guest('a'), 6, LONG),
    room.take(guest('b'), 4, LONG),
    room.take(guest('c'), 7, LONG),
    room.take(guest('d'), 1, LONG),
  ]
  assert.deepEqual(await decided(a, b, c, d), [true, true, 'waits', 'waits'])
  room.release('b')
  assert.deepEqual(await decided(c, d), ['waits', 'waits'], 'four are free: c needs seven, and d came after it')
  room.release('a')
  assert.deepEqual(await decided(c, d), [true, true])
  for (const id of ['c', 'd']) room.release(id)
  assert.deepEqual(await decided(room.take(guest('e'), 10, LONG)), [true], 'all of it has come back')
})

test('what turned out smaller leaves its rest to others; releasing twice gives nothing twice', async () => {
  const room = new BodyRoom(10, () => undefined)
  await room.take(guest('a'), 10, LONG)
  const b = room.take(guest('b'), 7, LONG)
  room.keep('a', 3)
  assert.deepEqual(await decided(b), [true])
  for (let i = 0; i < 3; i++) room.release('a')
  assert.deepEqual(await decided(room.take(guest('c'), 3, LONG)), [true])
  const d = room.take(guest('d'), 1, LONG)
  assert.deepEqual(await decided(d), ['waits'])
  room.release('d')
  assert.deepEqual(await decided(d), [false], 'it gave its place up')
})

test('whoever waits too long is told so, and those behind it move up', async () => {
  const room = new BodyRoom(10, () => undefined)
  await room.take(guest('a'), 6, LONG)
  const [b, c] = [room.take(guest('b'), 9, 20), room.take(guest('c'), 4, LONG)]
  assert.equal(await b, false)
  assert.deepEqual(await decided(c), [true])
})

test('a connection that closes gives its room back, and nothing is left listening on one that stays', async () => {
  const room = new BodyRoom(10, () => undefined)
  const [gone, kept] = [guest('gone'), guest('kept')]
  await room.take(gone, 10, LONG)
  gone.socket.emit('close')
  assert.equal(await room.take(kept, 10, LONG), true)
  room.release('kept')
  assert.equal(kept.socket.listenerCount('close'), 0)
})

test('memory is given back once the room is empty and much has passed, not after every body', async () => {
  let times = 0
  const room = new BodyRoom(100 * MB, () => times++)
  for (const [id, size] of [
    ['a', 40],
    ['b', 30],
  ] as const)
    await room.take(guest(id), size * MB, LONG)
  room.release('a')
  assert.equal(times, 0, 'one is left')
  room.release('b')
  assert.equal(times, 1)
  await room.take(guest('c'), MB, LONG)
  room.release('c')
  assert.equal(times, 1)
})
