import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { configuration } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { cutAfter } from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { CLIENTS } from './clients/all.ts'
import { raised } from './clients/failures.ts'
import { startTap } from './tap.ts'
import type { Tap } from './tap.ts'

describe('S5: a stream that breaks off never looks complete to an official client, and is not asked for again', () => {
  let upstream: Upstream
  let gateway: Gateway
  let tap: Tap

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({ config: configuration(upstream, { m: { price: { input: '0', output: '1000' } } }) })
    tap = await startTap(gateway.url)
    upstream.on('m', cutAfter(3))
  })
  after(async () => {
    await tap?.close()
    await gateway?.stop()
    await upstream?.close()
  })

  for (const client of CLIENTS) {
    test(`${client.name}: what was said is charged, and the client says that more is missing`, async () => {
      tap.seen.length = 0
      const customer = await gateway.customer('1.00')
      const talk = client.talk({ url: tap.url, key: customer.key }, 'm', { stream: true, tools: false })
      const { broken = /provider failed.*0\.003/i } = client
      if (typeof broken === 'string') assert.equal((await talk.ask()).stop, broken)
      else {
        const error = await raised(talk.ask())
        assert.match(`${error.message} ${JSON.stringify(error)}`, broken)
      }
      assert.deepEqual(
        tap.seen.map(({ status }) => status),
        [200],
      )
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 3_000_000n)
    })
  }
})
