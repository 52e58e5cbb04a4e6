import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { refusalOf } from './world.ts'

const DOCUMENT = `openapi: 3.1.0
info: { title: Test, version: '1' }
paths:
  /items/{id}:
    get:
      operationId: item
      summary: An item
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { '200': { description: It, content: { application/json: { example: { mocked: true } } } } }
`

const OF_ITEMS = { document: './items.yaml', validation: { request: 'enforce' } }

describe('an API of the configuration file with its document', () => {
  const data = mkdtempSync(join(tmpdir(), 'faregate-document-'))
  let service: Service
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    writeFileSync(join(data, 'items.yaml'), DOCUMENT)
    service = await startService()
    const calls = [{ name: 'there is one', method: 'GET', path: '/items/1', expect: { status: 200, present: ['/url'] } }]
    const config = published(service, [{ method: 'GET', path: '/items/{id}', price: '0.01' }], { ...OF_ITEMS, checks: { calls } })
    gateway = await startGateway({ config, data })
    customer = await gateway.customer('5.00')
  })
  after(async () => {
    await gateway?.stop()
    await service?.close()
    rmSync(data, { recursive: true, force: true })
  })

  const call = (path: string, headers: Record<string, string> = {}) =>
    send(gateway.url + path, { headers: { authorization: `Bearer ${customer.key}`, ...headers } })

  test('its calls are compared with it', async () => {
    assert.equal((await call('/test/items/7')).status, 200)
    refusalOf(await call('/test/items/seven'), 400, 'request_invalid')
  })

  test('it is shown, mocked, and tried with the saved calls', async () => {
    const shown = await gateway.api.expect<Record<string, unknown>>(200, 'GET', '/api/apis/test/document')
    assert.deepEqual(shown['info'], { title: 'Test', version: '1' })
    assert.deepEqual(json(await call('/mock/test/items/7')), { mocked: true })
    const tried = await gateway.api.expect<{ contract: { passed: number } }>(200, 'POST', '/api/apis/test/test', { against: 'upstream' })
    assert.ok(tried.contract.passed > 0, JSON.stringify(tried))
  })
})
