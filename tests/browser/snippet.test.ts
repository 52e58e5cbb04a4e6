import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { assertSettled } from '../support/api.ts'
import { faregate } from '../support/cli.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { startChromium, withoutChromium } from './chromium.ts'

const SNIPPET = readFileSync(join(import.meta.dirname, 'snippet.html'), 'utf8')

/** What the page shows, and what it logs, once the call of its script has ended. */
interface Shown {
  message: string
  logged: string[]
  errors: string[]
}

describe('the well-known snippet, in a page of another origin', { skip: withoutChromium }, () => {
  let browser: Browser
  let service: Service
  let gateway: Gateway
  let site: Server
  let customer: Customer

  before(async () => {
    service = await startService()
    gateway = await startGateway({ config: published(service, [{ method: 'GET', path: '/{city}', price: '0.25' }]) })
    customer = await gateway.customer('0.10')
    const page = () => SNIPPET.replace('API_URL', `${gateway.url}/test/berlin`).replace('API_KEY', customer.key)
    site = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page()))
    site.listen(0, '127.0.0.1')
    await once(site, 'listening')
    browser = await startChromium()
  })
  after(async () => {
    await browser?.close()
    site?.close()
    await gateway?.stop()
    await service?.close()
  })

  async function opened(): Promise<Shown> {
    const page = await browser.newPage()
    const shown: Shown = { message: '', logged: [], errors: [] }
    page.on('console', (said) => (said.type() === 'log' ? shown.logged : shown.errors).push(said.text()))
    await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`)
    await page.locator('#message', { hasText: /./ }).waitFor()
    shown.message = (await page.locator('#message').textContent()) ?? ''
    await page.close()
    return shown
  }

  test('before a top-up it tells to check billing and subscription, after it shows the data', async () => {
    const refused = await opened()
    assert.equal(refused.message, 'Payment required: check your billing and your subscription.')
    assert.deepEqual(refused.logged, [])
    assert.equal(service.calls.length, 0)
    assert.equal(nano((await gateway.api.balance(customer.organization)).posted), 0n)

    const topUp = await faregate(['grant', customer.organization, '0.15'], gateway)
    assert.equal(topUp.code, 0, topUp.stderr)

    const served = await opened()
    assert.equal((JSON.parse(served.message) as { url: string }).url, '/berlin')
    assert.deepEqual(served.logged, ['OK'])
    assert.deepEqual(served.errors, [])
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 250_000_000n)
  })

  test('a page reads the headers that the gateway adds: cost, request id, denial', async () => {
    await faregate(['grant', customer.organization, '0.25'], gateway)
    const page = await browser.newPage()
    await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`)
    await page.locator('#message', { hasText: /./ }).waitFor()
    const seen = await page.evaluate(
      async ([url, key]) => {
        const call = async (path: string, method: string) => {
          const answer = await fetch(`${url}/test${path}`, { method, headers: { Authorization: `Bearer ${key}`, 'X-Own': '1' } })
          return ['faregate-cost', 'x-request-id', 'faregate-denial'].map((name) => answer.headers.get(name))
        }
        return { refused: await call('/berlin', 'GET'), unknown: await call('/a/b', 'PUT') }
      },
      [gateway.url, customer.key],
    )
    await page.close()
    assert.match(seen.refused[1] ?? '', /^req_/)
    assert.match(seen.refused[2] ?? '', /^insufficient_balance;/)
    assert.match(seen.unknown[2] ?? '', /^route_unknown;/)
  })
})
