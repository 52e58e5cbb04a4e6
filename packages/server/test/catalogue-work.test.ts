import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AdminDeps } from '@faregate/admin'
import type { ApiEntry } from '@faregate/core'
import { createChangelogs } from '../src/catalogue/changelog.ts'
import { createPublishedDocuments } from '../src/catalogue/document.ts'

const TEXT = JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/': { get: { responses: {} } } } })

const entryOf = (name: string): ApiEntry =>
  ({ kind: 'http', name, prefix: `/${name}`, document: name, routes: [{ method: 'GET', path: '/', free: true }] }) as unknown as ApiEntry

test('each release is read and compared once, however often and by however many its page is looked at', async () => {
  let last = 30
  const read: number[] = []
  const apiReleases = {
    everInForce: async (_api: string, limit: number) => Array.from({ length: limit }, (_, index) => last - index),
    get: async (_api: string, number: number) => {
      read.push(number)
      const routes = Array.from({ length: number }, (_, index) => ({ method: 'GET', path: `/${index}`, free: true }))
      return { number, note: null, publishedAt: 0, definition: { kind: 'http', prefix: '/a', routes } }
    },
  }
  const changelogs = createChangelogs({ store: { read: { apiReleases } } } as unknown as AdminDeps)
  const entry = { name: 'a', release: 30 } as ApiEntry
  const [first] = await Promise.all([changelogs(entry), changelogs(entry)])
  assert.deepEqual([first.length, first[0]?.number, first.at(-1)?.number], [20, 30, 11])
  assert.deepEqual(
    first[0]?.changes.map(({ at }) => at),
    ['GET /29'],
  )
  assert.deepEqual(
    read.toSorted((a, b) => a - b),
    Array.from({ length: 21 }, (_, index) => index + 10),
  )
  read.length = 0
  const back = await changelogs({ ...entry, release: 12 })
  assert.deepEqual([back.find(({ inForce }) => inForce)?.number, read], [12, []])
  last = 31
  assert.equal((await changelogs(entry)).length, 20)
  assert.deepEqual(
    read.toSorted((a, b) => a - b),
    [30, 31],
  )
})

test('a document is made once for many at the same time, and stays made while there is room for it, counted by its size', async () => {
  const read: string[] = []
  const apiDocuments = {
    get: async (hash: string) => {
      read.push(hash)
      return TEXT
    },
  }
  const deps = { publicUrl: () => 'http://gateway.example', currency: 'USD', store: { read: { apiDocuments } } } as unknown as AdminDeps
  const all = Array.from({ length: 50 }, (_, index) => entryOf(`api-${index}`))
  const roomy = createPublishedDocuments(deps)
  await Promise.all([...all, ...all].map(roomy))
  await Promise.all(all.map(roomy))
  assert.equal(read.length, 50)
  const shown = await roomy(entryOf('api-0'))
  assert.equal(read.length, 51)
  read.length = 0
  // Room for ten, in each of the two generations.
  const narrow = createPublishedDocuments(deps, (shown?.text.length ?? 0) * 10)
  for (const entry of [...all, ...all]) await narrow(entry)
  assert.equal(read.length, 100)
  for (const entry of all.slice(-10)) await narrow(entry)
  assert.equal(read.length, 100)
})
