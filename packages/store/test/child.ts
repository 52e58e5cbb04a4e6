/**
 * Charges one request after the other, many at once, and prints the id of each entry once it is confirmed. With `idle`, it only
 * keeps the store open. Runs until it is killed.
 */
import { CommitQueue } from '@faregate/ledger/queue'
import { grant, hold, settle, wallet } from '../../ledger/test/conformance/build.ts'
import { openStore } from '../src/index.ts'

const [directory = '', idle] = process.argv.slice(2)
const store = await openStore({ directory })
const queue = new CommitQueue(store.engine)
const instance = store.instance.epoch
await queue.submit(wallet())
await queue.submit(grant(`g${instance}`, 1_000_000n))
process.stdout.write('ready\n')

async function caller(name: string): Promise<never> {
  for (let n = 0; ; n++) {
    const request = `${name}x${n}`
    const held = await queue.submit(hold(`${request}.0`, 10n, { instance }))
    if (held.status === 'ok') process.stdout.write(`${request}.0\n`)
    const settled = await queue.submit(settle(request, 3n, { instance }))
    if (settled.status === 'ok') process.stdout.write(`${request}.settle\n`)
  }
}

if (idle !== undefined) setInterval(() => undefined, 1_000)
else await Promise.all(Array.from({ length: 16 }, (_, n) => caller(`r${instance}c${n}`)))
