import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { configuration, say } from '../support/config.ts'
import { onTwoReplicas } from '../support/engines.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import { invoicesOf, nextMonth, startJumping } from '../support/next-month.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

/** Costs exactly 0.01. */
const BODY = { model: 'm', max_tokens: 10, messages: say() }

async function inArrears(gateway: Gateway, name = 'Acme'): Promise<Customer> {
  const customer = await gateway.customer(undefined, {}, name)
  const billing = { mode: 'arrears', creditLimit: '1.00' }
  await gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, { billing })
  return customer
}

async function spend(gateway: Gateway, { key }: Customer, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) assert.equal((await gateway.chat(key, BODY)).status, 200)
}

/** A call of a published API, which costs as much. */
const weather = (gateway: Gateway, { key }: Customer) =>
  send(`${gateway.url}/weather/today`, { headers: { authorization: `Bearer ${key}` } })

/** The command line shows it in each form, and corrects it. */
async function assertCommands(gateway: Gateway, { organization }: Customer, number: string): Promise<void> {
  const said = async (...args: string[]): Promise<string> => {
    const ran = await faregate(['invoice', ...args], gateway)
    assert.equal(ran.code, 0, ran.stderr)
    return ran.stdout
  }
  assert.match(await said('list', organization), new RegExp(`^${number} +\\d{4}-\\d\\d +0\\.02 +0\\.02 +0\\.00 +paid`, 'm'))
  assert.match(await said('show', number), /^usage +m +2 +0\.02$/m)
  assert.match(await said('show', number, '--csv'), /,usage,m,2,0\.02,6,20\r\n/)
  assert.match(await said('show', number, '--html'), /^<!doctype html>/)
  assert.match(await said('credit', number, '0.015', '--reason', 'outage'), /^CN-000001: 0\.015 of INV-\d+ given back\.$/m)
  assert.match(await said('show', number), /^CN-000001 gave back 0\.015: outage$/m)
  const more = await faregate(['invoice', 'credit', number, '0.01', '--reason', 'more'], gateway)
  assert.deepEqual([more.code, /credit_exceeds_invoice/.test(more.stderr)], [1, true], more.stderr)
}

describe('invoices', () => {
  let upstream: Upstream
  let config: Record<string, unknown>

  before(async () => {
    upstream = await startUpstream()
    upstream.on('m', either(10, { usage: usage(3, 10) }))
    upstream.on('', ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
    const routes = [{ method: 'GET', path: '/*', price: '0.01' }]
    const apis = { weather: { prefix: '/weather', upstream: { baseUrl: upstream.url }, routes } }
    config = configuration(upstream, { m: { price: { input: '0', output: '1000' } } }, { billing: { dueDays: 0 }, apis })
  })
  after(() => upstream?.close())

  test('an overdue invoice stops an organization in arrears until it is paid, and says which it is', async () => {
    const gateway = await startJumping({ config })
    try {
      const [customer, other] = [await inArrears(gateway), await inArrears(gateway, 'Other')]
      await spend(gateway, customer, 2)
      gateway.signal('SIGUSR2')
      const [invoice] = await invoicesOf(gateway, customer.organization)
      assert.deepEqual([invoice?.total, invoice?.due, invoice?.state], ['0.02', '0.02', 'overdue'])
      const refused = await eventually(async () => {
        const answer = await gateway.chat(customer.key, BODY)
        assert.equal(answer.status, 402, answer.text)
        return answer
      })
      const { code, limit, fixes, detail } = json(refused) as { code: string; limit: unknown; fixes: unknown; detail: string }
      assert.equal(code, 'insufficient_balance')
      assert.equal((limit as { kind: string }).kind, 'credit')
      assert.match(detail, new RegExp(`invoice ${invoice?.number} is overdue since .*: 0\\.02 USD are to be paid`))
      const [fix] = fixes as { kind: string; command: string; canYou: boolean; minAmount: string; invoice: unknown }[]
      assert.deepEqual([fix?.kind, fix?.canYou, fix?.minAmount], ['pay', false, '0.02'])
      assert.deepEqual(fix?.invoice, { number: invoice?.number, amount: '0.02', dueAt: invoice?.dueAt })
      assert.match(header(refused, 'link') ?? '', /rel="payment"/)
      const called = await weather(gateway, customer)
      assert.deepEqual([called.status, json(called)['fixes']], [402, fixes], 'nor are calls of APIs served')
      const explained = await gateway.explain(customer.key, BODY)
      assert.match(JSON.stringify(explained.verdict), /is overdue since/)
      assert.equal((await gateway.api.balance(customer.organization)).held, '0.00')
      assert.equal((await gateway.chat(other.key, BODY)).status, 200, 'nobody else is stopped')
      const part = await faregate(['grant', customer.organization, '0.01'], gateway)
      assert.equal(part.code, 0, part.stderr)
      assert.equal((await gateway.chat(customer.key, BODY)).status, 402, 'a part of it is not enough')
      const [, ...command] = (fix?.command ?? '').split(' ')
      assert.equal((await faregate(command, gateway)).code, 0)
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200, 'paid is paid at once')
      assert.equal((await weather(gateway, customer)).status, 200)
      assert.equal((await invoicesOf(gateway, customer.organization))[0]?.state, 'paid')
      await assertCommands(gateway, customer, invoice?.number ?? '')
    } finally {
      await gateway.stop()
    }
  })

  test('are issued after a start where no process ran at midnight', async () => {
    const gateway = await startJumping({ config })
    try {
      const customer = await inArrears(gateway)
      await spend(gateway, customer, 1)
      await gateway.kill()
      const month = nextMonth()
      const later = await startJumping({ config, data: gateway.data, env: {} }, month)
      try {
        assert.deepEqual(
          (await later.api.expect<{ data: unknown[] }>(200, 'GET', `/api/organizations/${customer.organization}/invoices`)).data,
          [],
        )
        later.signal('SIGUSR2')
        const [invoice] = await invoicesOf(later, customer.organization)
        assert.deepEqual([invoice?.number, invoice?.total], ['INV-000001', '0.01'])
        assert.deepEqual((await later.api.verify()).violations, [])
      } finally {
        await later.stop()
      }
    } finally {
      await gateway.stop()
    }
  })

  onTwoReplicas(
    (options) => startJumping({ config, ...options }),
    (gateways) => {
      test('are one each, numbered without a gap, while both look at midnight and requests go on', async () => {
        const [first, second] = gateways
        const customers = await Promise.all(Array.from({ length: 12 }, (_, index) => inArrears(first, `customer ${index}`)))
        await Promise.all(customers.map((customer) => spend(first, customer, 2)))
        for (const gateway of gateways) gateway.signal('SIGUSR2')
        const end = new AbortController()
        const late = customers.map(async (customer) => {
          while (!end.signal.aborted) await second.chat(customer.key, BODY)
        })
        const issued = await Promise.all(customers.map(({ organization }) => invoicesOf(first, organization)))
        end.abort()
        await Promise.all(late)
        const numbers = issued.flat().map(({ number }) => number)
        assert.deepEqual(
          numbers.toSorted(),
          customers.map((_, index) => `INV-${String(index + 1).padStart(6, '0')}`),
        )
        for (const [index, [invoice]] of issued.entries()) {
          const entries = invoice?.['entries'] as { through: string }
          const balance = await first.api.balance(customers[index]?.organization ?? '')
          assert.ok(
            Number(invoice?.total) >= 0.02 && Number(invoice?.total) <= Number(balance.posted),
            `${invoice?.total} of ${balance.posted}`,
          )
          assert.ok(Number(entries.through) > 0)
        }
        assert.deepEqual((await first.api.verify()).violations, [])
      })
    },
  )
})
