import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { startChromium, withoutChromium } from './chromium.ts'

const LONG = 'a'.repeat(64)
const EVIL = '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>'
/** One dot. */
const LOGO = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('the catalogue, in a browser', { skip: withoutChromium }, () => {
  let browser: Browser
  let service: Service
  let gateway: Gateway

  before(async () => {
    service = await startService()
    const routes = [{ method: 'GET', path: '/forecast/{city}/with-a-path-that-is-longer-than-a-narrow-window-is-wide', price: '0.25' }]
    const presentation = {
      title: 'Weather',
      summary: 'The weather of tomorrow',
      description: `# Tomorrow\n\n${EVIL}`,
      logo: LOGO,
      tags: ['sky'],
    }
    const listing = { visibility: 'public' }
    const upstream = { baseUrl: service.url }
    gateway = await startGateway({
      config: {
        apis: {
          weather: { prefix: '/weather', upstream, routes, presentation, listing },
          [LONG]: { prefix: '/long', upstream, routes, listing },
        },
      },
    })
    browser = await startChromium()
  })
  after(async () => {
    await browser?.close()
    await gateway?.stop()
    await service?.close()
  })

  async function opened(path: string, width = 1000): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 700 } })
    const complaints: string[] = []
    page.on('console', (said) => complaints.push(said.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(gateway.url + path)
    return { page, complaints }
  }

  test('an API is found by words typed with the keyboard, and its page is one click away', async () => {
    const { page, complaints } = await opened('/catalogue')
    await page.getByRole('searchbox', { name: 'Search names, titles, paths and summaries' }).fill('tomorrow')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=tomorrow/)
    assert.equal(await page.getByRole('heading', { level: 2, name: '1 API' }).count(), 1)
    await page.getByRole('link', { name: /Weather The weather of tomorrow/ }).click()
    await page.waitForURL(/\/catalogue\/weather$/)
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Weather')
    assert.equal(await page.getByRole('region', { name: 'Routes' }).getByRole('row').count(), 2)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('no script of a publisher runs, and the logo is shown', async () => {
    const { page, complaints } = await opened('/catalogue/weather')
    assert.match(await page.title(), /^Weather/)
    assert.equal(await page.locator('script, main img:not(.logo)').count(), 0)
    assert.match((await page.locator('main').textContent()) ?? '', /<img src=x/)
    assert.equal(await page.evaluate('document.querySelector("img.logo").naturalWidth'), 1)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  for (const path of ['/catalogue', '/catalogue/weather', `/catalogue/${LONG}`]) {
    test(`${path.slice(0, 30)} fits into a window of 320 pixels, and what is wide scrolls within`, async () => {
      const { page } = await opened(path, 320)
      assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 320)
      await page.close()
    })
  }

  test('every field has a label, every picture words or none, and every page one heading of the first level', async () => {
    for (const path of ['/catalogue', '/catalogue/weather']) {
      const { page } = await opened(path)
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
      assert.equal(await page.getByRole('main').count(), 1)
      const unlabelled = await page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden])')].filter((input) => input.labels.length === 0).length",
      )
      assert.deepEqual([unlabelled, await page.locator('img:not([alt])').count()], [0, 0])
      await page.close()
    }
  })
})
