import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { LedgerUnavailable } from '@faregate/ledger'
import { chunk, DONE, usageChunk } from './support/upstream.ts'
import { openWorld, type World, type WorldOptions } from './support/world.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 200, stream: true }
const SSE = { 'content-type': 'text/event-stream' }

let world: World
const open = async (options?: WorldOptions): Promise<World> => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.close())

/** One event that is larger than several slices. */
const lump = (words: number): string => chunk({ content: Array.from({ length: words }, (_, i) => `w${i}`).join(' ') })

const holds = (): { slice: string; mark: unknown }[] =>
  [...world.storage.entries.values()]
    .filter(({ kind }) => kind === 'hold')
    .map(({ id, terms }) => ({ slice: id.slice(id.lastIndexOf('.')), mark: terms.mark }))

test('M20, M23: slices that are taken before anything has arrived carry a mark of nothing, not the price of the prompt', async () => {
  const { upstream, post } = await open()
  upstream.behave((response) => void response.writeHead(200, SSE).end(lump(60) + chunk({}, 'stop') + usageChunk(2, 60) + DONE))
  await (await post(ASK)).text()
  const before = holds().filter(({ slice }) => slice !== '.0')
  assert.ok(before.length >= 6, `${before.length} slices`)
  assert.deepEqual(new Set(before.map(({ mark }) => mark)), new Set(['0']))
})

test('M13, M25: once a caller has left no slice is taken that a late settle does not know of', async () => {
  const { upstream, post, breakLedger, gateway, wallet, recorded } = await open({ limits: { settleMs: 50, coverMs: 5_000 } })
  const caller = new AbortController()
  let mend = (): void => {}
  upstream.behave(async (response, call) => {
    response.writeHead(200, SSE).write(chunk({ content: 'one' }))
    await wait(20)
    mend = breakLedger(new LedgerUnavailable('the database is away'))
    response.write(lump(60))
    await wait(20)
    caller.abort()
    await call.closed
  })
  const record = recorded()
  const response = await post(ASK, { signal: caller.signal })
  await assert.rejects(response.text())
  assert.ok((await record).flags.includes('settled_late'))
  mend()
  while (gateway.unsettled > 0) await wait(20)
  assert.equal(wallet().held, 0n)
})
