import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { published, startService } from '../support/service.ts'
import { ANY, callWith } from './world.ts'

test('limits.cacheBytes bounds what is kept: without any each call is made', async (t) => {
  const service = await startService()
  const gateway = await startGateway({ config: published(service, ANY, { cache: {}, limits: { cacheBytes: 0 } }) })
  t.after(async () => {
    await gateway.stop()
    await service.close()
  })
  const { key } = await gateway.customer('1.00')
  for (let call = 1; call <= 2; call++) {
    assert.match(header(await callWith(gateway, key, '/kept'), 'cache-status') ?? '', /^Faregate; fwd=uri-miss/)
    assert.equal(service.callsOf('/kept').length, call)
  }
})
