import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertHeldFirst, assertSettledFirst } from '../money/durable.ts'
import type { Balance } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { ANY, callWith, PRICE } from './world.ts'

for (const { name, skip, block } of ENGINES) {
  describe(
    `what is durable before what, for calls of an API, on ${name}`,
    { skip },
    block((engine) => {
      let service: Service
      let gateway: Gateway

      before(async () => {
        service = await startService()
        gateway = await startGateway({ config: published(service, ANY), ...engine.options })
      })
      after(async () => {
        await gateway?.stop()
        await service?.close()
      })

      const locking = (key: string, path: string) => ({
        upstream: service,
        lock: () => engine.lock(gateway),
        call: () => callWith(gateway, key, path),
      })

      test('M16: an upstream that reads the balance when it is called sees the exact price held', async () => {
        const customer = await gateway.customer('1.00')
        let seen: Balance | undefined
        service.onCall = async () => (seen = await gateway.api.balance(customer.organization))
        assert.equal((await callWith(gateway, customer.key, '/a')).status, 200)
        service.onCall = undefined
        assert.deepEqual([nano(seen?.held ?? '0'), nano(seen?.posted ?? '0')], [nano(PRICE), 0n])
      })

      test('M16: while the hold cannot be made durable the upstream is not called, and then it is', async () => {
        const { key } = await gateway.customer('1.00')
        await assertHeldFirst(locking(key, '/a'))
      })

      for (const [kind, path, bytes] of [
        ['a short answer', '/bytes/1000', 1_000],
        ['a long one', '/bytes/300000', 300_000],
        ['one of unknown length', '/chunked/300000', 300_000],
      ] as const) {
        test(`M16: while the settle of a call cannot be made durable the last byte is withheld, and then it comes (${kind})`, async () => {
          const customer = await gateway.customer('1.00')
          const { body } = await assertSettledFirst(locking(customer.key, path))
          assert.equal(body.length, bytes)
          assert.equal(nano((await gateway.api.balance(customer.organization)).posted), nano(PRICE))
        })
      }
    }),
  )
}
