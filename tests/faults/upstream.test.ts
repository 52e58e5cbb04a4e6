import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import { json } from '../support/http.ts'
import { startUpstream, Upstream } from '../support/upstream.ts'

test('an upstream that refused connections is found again when it is back, by the same process', async (t) => {
  const upstream = await startUpstream()
  const { port } = upstream
  const gateway = await startGateway({ config: configuration(upstream, { back: {} }) })
  t.after(() => gateway.stop())
  await upstream.close()
  const customer = await gateway.customer('1.00')
  const body = { model: 'back', max_tokens: 5, messages: say() }
  const refused = await gateway.chat(customer.key, body)
  assert.equal(refused.status, 502, refused.text)
  assert.equal(json(refused)['code'], 'provider_error')
  const again = await new Upstream().listen(port)
  t.after(() => again.close())
  again.on('back', answer(usage(1, 1)))
  assert.equal((await gateway.chat(customer.key, body)).status, 200)
})
