import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type * as Client from '../../packages/client/src/index.ts'
import { buildClient } from '../../tools/build-client.ts'
import { either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'
import { startChromium, withoutChromium } from './chromium.ts'

/** What the page did: what was done about refusals, and how its call ended. */
interface Ended {
  mends: Client.Mend[]
  status?: number
  denied?: { code: string; isDenied: boolean; yours: string[]; others: string[]; charged: unknown }
}

/** What tests give the page to call. */
declare const topUp: (command: string) => Promise<boolean>

const BODY = JSON.stringify({ model: 'plain', max_tokens: 10, messages: say() })

describe('the client for callers, built, in a page of another origin', { skip: withoutChromium }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-client-'))
  let browser: Browser
  let upstream: Upstream
  let gateway: Gateway
  let site: Server
  let page: Page
  /** The commands that the page had somebody run. */
  const paid: string[] = []

  before(async () => {
    buildClient(folder)
    upstream = await startUpstream()
    upstream.on('plain', either(10, { usage: usage(0, 10) }))
    gateway = await startGateway({ config: configuration(upstream, { plain: { price: { input: '0', output: '1000' } } }) })
    site = createServer(({ url = '' }, response) => {
      if (!url.startsWith('/client/')) return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(join(folder, basename(url))))
    })
    site.listen(0, '127.0.0.1')
    await once(site, 'listening')
    browser = await startChromium()
    page = await browser.newPage()
    await page.exposeFunction('topUp', async (command: string) => {
      paid.push(command)
      const [, ...words] = command.split(' ')
      return (await faregate(words, gateway)).code === 0
    })
    await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`)
  })
  after(async () => {
    await browser?.close()
    site?.close()
    await gateway?.stop()
    await upstream?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** One call from the page, as somebody would write it there. */
  function call(key: string, pays = false): Promise<Ended> {
    return page.evaluate(
      async ({ url, key: own, body, pays: mayPay, module }) => {
        const { createFetch, Denied } = (await import(module)) as typeof Client
        const mends: Client.Mend[] = []
        const gatewayFetch = createFetch({
          url,
          key: own,
          onMend: (mend) => mends.push(mend),
          ...(mayPay ? { pay: (denied) => topUp(denied.fixes.find(({ kind }) => kind === 'pay')?.command ?? '') } : {}),
        })
        const headers = { 'content-type': 'application/json' }
        try {
          const { status } = await gatewayFetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
          return { mends, status }
        } catch (error) {
          const denied = error as Client.Denied
          const { code, charged, yours, fixes } = denied
          const others = fixes.filter((fix) => !yours.includes(fix))
          const named = (list: Client.Fix[]) => list.map(({ action }) => action)
          return { mends, denied: { code, charged, isDenied: error instanceof Denied, yours: named(yours), others: named(others) } }
        }
      },
      { url: gateway.url, key, body: BODY, pays, module: '/client/index.js' },
    )
  }

  test('a refusal is caught as Denied, with what its owner can do about it and what others can', async () => {
    const { key } = await gateway.customer('0.004')
    assert.deepEqual(await call(key), {
      mends: [],
      denied: { code: 'insufficient_balance', charged: false, isDenied: true, yours: ['lower_max_tokens'], others: ['grant'] },
    })
  })

  test('where waiting helps it waits, once, and is served', async () => {
    const { key } = await gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 20, per: 'minute', burst: 1 }] })
    // What is left of the next one is used up, too, so that it takes three seconds until there is one again.
    for (let times = 0; times < 2; times++)
      await eventually(async () => {
        const { status } = await gateway.chat(key, BODY)
        assert.equal(status, 200)
      })
    const { mends, status } = await call(key)
    assert.equal(status, 200)
    assert.deepEqual(
      mends.map(({ did }) => did),
      ['waited'],
    )
  })

  test('where paying helps it has somebody pay, once, and is served', async () => {
    const { key, organization } = await gateway.customer('0.004')
    assert.deepEqual(await call(key, true), { mends: [{ did: 'paid' }], status: 200 })
    assert.deepEqual(paid, [`faregate grant ${organization} 5.00`])
  })
})
