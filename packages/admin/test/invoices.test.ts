import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { issueInvoices, movementOf, Tally } from '@faregate/billing'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { invoicingOn } from '../src/invoicing.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { charge, hold, mintToken } from './support/world.ts'

interface Shown {
  number: string
  state: string
  period: { name: string; from: string; until: string }
  issuedAt: string
  dueAt: string | null
  [member: string]: unknown
}

const UNIT = 1_000_000_000n
const MODEL = { model: 'alias', attempts: [{ buckets: { input: 10, output: 5 } }] }
const DAY_MS = 86_400_000

for (const kind of KINDS) {
  describe(`invoices on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let requests = 0

    before(async () => {
      api = await startHarness(kind)
      // PostgreSQL dates its entries itself, so that the months that end here are those to come.
      if (kind === 'postgres') api.clock.time = Date.now()
    })
    after(() => api.close())

    const made = async (path: string, body: unknown, status = 201) => {
      const answer = await api.call('POST', path, { body })
      assert.equal(answer.status, status, answer.text)
      return answer.body
    }
    const customer = async (body: Record<string, unknown> = {}): Promise<string> =>
      String((await made('/api/organizations', { name: 'Acme', ...body }))['id'])
    const grant = (organization: string, amount: string, reason = 'top-up') =>
      made(`/api/organizations/${organization}/grants`, { amount, reason })
    const spend = async (organization: string, cost: bigint): Promise<string> => {
      const request = `req_${++requests}`
      await charge(api, organization, request, cost, MODEL)
      return request
    }
    const listed = async (organization: string) =>
      (await api.call('GET', `/api/organizations/${organization}/invoices`)).body['data'] as Shown[]
    const shown = async (number: string) => (await api.call('GET', `/api/invoices/${number}`)).body
    const issue = async (): Promise<void> => {
      while ((await issueInvoices(invoicingOn(api.deps), api.clock.now())) > 0);
    }
    /** The first of the month that comes, a little later. */
    const nextMonth = (): void => {
      const now = new Date(api.clock.time)
      api.clock.time = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 12)
    }
    const arrears = (creditLimit: string) => ({ billing: { mode: 'arrears', creditLimit } })

    it('are issued for the month that has ended, once, however many processes look at the same time', async () => {
      const organization = await customer({ billTo: { name: 'Acme Ltd', address: '1 Road\nTown', taxNumber: 'GB1' } })
      await grant(organization, '10.00')
      await spend(organization, 2n * UNIT)
      await spend(organization, UNIT / 2n)
      await issue()
      assert.deepEqual(await listed(organization), [], 'the month has not ended')
      nextMonth()
      await Promise.all([issue(), issue(), issue()])
      const invoices = await listed(organization)
      assert.equal(invoices.length, 1)
      const [invoice] = invoices
      assert.deepEqual(
        ['total', 'due', 'open', 'opening', 'credited', 'closing', 'carried', 'state', 'mode', 'currency', 'dueAt'].map(
          (name) => invoice?.[name],
        ),
        ['2.50', '0.00', '0.00', '0.00', '10.00', '7.50', '0.00', 'paid', 'prepaid', 'USD', null],
      )
      assert.deepEqual(invoice?.['charges'], [
        { kind: 'usage', description: 'alias', count: 2, buckets: { input: 20, output: 10 }, amount: '2.50' },
      ])
      assert.deepEqual(invoice?.['credits'], [{ kind: 'credit', description: 'top-up', count: 1, amount: '10.00' }])
      assert.deepEqual(invoice?.['buyer'], { name: 'Acme Ltd', address: '1 Road\nTown', taxNumber: 'GB1' })
      assert.deepEqual(invoice?.['seller'], { name: null, address: null, taxNumber: null })
    })

    it('are none for a month in which nothing moved, and cover every entry once over the months', async () => {
      const organization = await customer()
      await grant(organization, '10.00')
      await spend(organization, UNIT)
      nextMonth()
      await issue()
      nextMonth()
      await issue()
      await spend(organization, 3n * UNIT)
      nextMonth()
      await issue()
      const [second, first, ...more] = await listed(organization)
      assert.deepEqual(more, [])
      assert.deepEqual([first?.['total'], second?.['total'], second?.['opening'], second?.['closing']], ['1.00', '3.00', '9.00', '6.00'])
      const ranges = [first, second].map((one) => one?.['entries'] as { after: string; through: string })
      assert.equal(ranges[0]?.after, '0')
      assert.ok(Number(ranges[1]?.after) >= Number(ranges[0]?.through))
    })

    it('are both issued in order by a process that was down over two month ends', async () => {
      const organization = await customer({ name: 'Twice', ...arrears('100.00') })
      await spend(organization, UNIT)
      nextMonth()
      if (kind === 'sqlite') await spend(organization, 2n * UNIT)
      nextMonth()
      await issue()
      const invoices = (await listed(organization)).toReversed()
      // The database dates its entries by its own clock, for which the second month has not begun.
      const expected =
        kind === 'sqlite'
          ? [
              ['1.00', '1.00', '0.00'],
              ['2.00', '2.00', '1.00'],
            ]
          : [['1.00', '1.00', '0.00']]
      assert.deepEqual(
        invoices.map(({ total, due, carried }) => [total, due, carried]),
        expected,
      )
      const numbers = invoices.map(({ number }) => Number(number.slice(4)))
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      )
    })

    it('are numbered without a gap over all organizations, and are never changed by what comes later', async () => {
      const organization = await customer()
      await grant(organization, '5.00')
      const request = await spend(organization, UNIT)
      nextMonth()
      await issue()
      const earlier = await shown((await listed(organization))[0]?.number ?? '')
      await made(`/api/requests/${request}/refund`, { reason: 'sorry' })
      await api.call('PATCH', `/api/organizations/${organization}`, { body: { name: 'Renamed', billTo: { name: 'Other' } } })
      assert.deepEqual(await shown(String(earlier['number'])), earlier)
      nextMonth()
      await issue()
      const [later] = await listed(organization)
      assert.deepEqual([later?.['total'], later?.['closing']], ['-1.00', '5.00'])
      assert.deepEqual(later?.['buyer'], { name: 'Other', address: null, taxNumber: null })
      assert.deepEqual(later?.['charges'], [{ kind: 'refund', description: 'sorry', count: 1, buckets: {}, amount: '-1.00' }])
      const rows = await api.store.read.selectFrom('invoices').select('number').orderBy('number').execute()
      assert.deepEqual(
        rows.map(({ number }) => Number(number)),
        rows.map((_, index) => index + 1),
      )
    })

    it('count a request in the month in which it was settled, however early it was held', async () => {
      const organization = await customer()
      await grant(organization, '5.00')
      await hold(api, organization, 'req_late', UNIT, MODEL)
      nextMonth()
      await issue()
      assert.equal((await listed(organization))[0]?.['total'], '0.00')
      const instance = api.store.instance.epoch
      await api.deps.ledger.submit({ type: 'settle', request: 'req_late', slices: 1, cost: UNIT, instance, memo: '{}' })
      nextMonth()
      await issue()
      assert.deepEqual((await listed(organization))[0]?.['charges'], [
        { kind: 'usage', description: 'alias', count: 1, buckets: {}, amount: '1.00' },
      ])
    })

    it('are due in arrears, become overdue, and are paid oldest first by whatever comes in', async () => {
      const organization = await customer(arrears('100.00'))
      const states = async () => (await listed(organization)).map(({ state, open }) => [state, open]).toReversed()
      await spend(organization, 3n * UNIT)
      nextMonth()
      await issue()
      await spend(organization, 2n * UNIT)
      nextMonth()
      await issue()
      assert.deepEqual(await states(), [
        ['overdue', '3.00'],
        ['open', '2.00'],
      ])
      const [newest] = await listed(organization)
      assert.equal(Date.parse(newest?.dueAt ?? '') - Date.parse(newest?.issuedAt ?? ''), 14 * DAY_MS)
      await grant(organization, '2.99')
      assert.deepEqual(await states(), [
        ['overdue', '0.01'],
        ['open', '2.00'],
      ])
      await grant(organization, '0.01')
      assert.deepEqual(await states(), [
        ['paid', '0.00'],
        ['open', '2.00'],
      ])
      await spend(organization, UNIT)
      assert.deepEqual(
        await states(),
        [
          ['paid', '0.00'],
          ['open', '2.00'],
        ],
        'what is charged meanwhile is of the next month',
      )
      await grant(organization, '2.00')
      assert.deepEqual(await states(), [
        ['paid', '0.00'],
        ['paid', '0.00'],
      ])
      nextMonth()
      await issue()
      assert.deepEqual((await states()).at(-1), ['open', '1.00'])
    })

    it('are open for as many days as billing.dueDays says, from the next one on, and name the seller', async () => {
      const seller = { name: 'Gate Inc', address: '2 Street', taxNumber: 'DE1' }
      assert.equal((await api.call('PATCH', '/api/settings', { body: { billing: { dueDays: 3, seller } } })).status, 200)
      const organization = await customer(arrears('100.00'))
      await spend(organization, UNIT)
      nextMonth()
      await issue()
      const [invoice] = await listed(organization)
      assert.equal(Date.parse(invoice?.dueAt ?? '') - Date.parse(invoice?.issuedAt ?? ''), 3 * DAY_MS)
      assert.deepEqual(invoice?.['seller'], seller)
      await api.call('PATCH', '/api/settings', {
        body: { billing: { dueDays: null, seller: { name: null, address: null, taxNumber: null } } },
      })
    })

    it('end with the month of the organization', async () => {
      if (kind === 'postgres') return
      const organization = await customer({ zone: 'Pacific/Kiritimati' })
      const now = new Date(api.clock.time)
      // Fourteen hours before everybody else.
      const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - 14 * 3_600_000
      api.clock.time = midnight - 1_000
      await grant(organization, '5.00')
      await spend(organization, UNIT)
      api.clock.time = midnight
      await spend(organization, 2n * UNIT)
      api.clock.time = midnight + 61_000
      await issue()
      const [invoice] = await listed(organization)
      assert.equal(invoice?.['total'], '1.00')
      assert.equal(invoice?.period.until, new Date(midnight).toISOString())
      api.clock.time += 40 * DAY_MS
      await issue()
      assert.deepEqual(
        (await listed(organization)).map(({ total }) => total),
        ['2.00', '1.00'],
      )
    })

    it('can be derived again from the entries in their ranges', async () => {
      const { invoices } = api.deps.store.read
      for (let number = 1; number <= (await invoices.last()); number++) {
        const invoice = await invoices.get(number)
        assert.ok(invoice)
        const tally = new Tally()
        for (const entry of await invoices.entries(invoice.afterSeq, invoice.throughSeq, 1_000)) {
          const movement = movementOf(entry)
          if (movement?.organization === invoice.organization) tally.add(entry, movement.amount)
        }
        const { charges, credits, opening, total, credited, closing } = invoice
        assert.deepEqual(tally.statement(opening), { charges, credits, opening, total, credited, closing })
      }
    })

    it('are told to webhooks, in the transaction of their issue', async () => {
      const organization = await customer(arrears('5.00'))
      const hook = await made(`/api/organizations/${organization}/webhooks`, { url: 'https://r.example/h', events: ['invoice.issued'] })
      await spend(organization, UNIT)
      nextMonth()
      await issue()
      const row = await api.store.read
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('webhook_id', '=', String(hook['id']))
        .executeTakeFirst()
      const { type, data } = JSON.parse(row?.body ?? '{}') as { type: string; data: Record<string, unknown> }
      const [invoice] = await listed(organization)
      assert.equal(type, 'invoice.issued')
      assert.deepEqual([data['organization'], data['invoice'], data['total'], data['due']], [organization, invoice?.number, '1.00', '1.00'])
    })

    describe('a credit note', () => {
      let organization: string
      let number: string
      const note = (amount: string, more: { idempotencyKey?: string; reason?: string } = {}) =>
        api.call('POST', `/api/invoices/${number}/credit-notes`, {
          body: { amount, reason: more.reason ?? 'outage' },
          ...(more.idempotencyKey === undefined ? {} : { idempotencyKey: more.idempotencyKey }),
        })

      before(async () => {
        organization = await customer(arrears('100.00'))
        await spend(organization, 10n * UNIT)
        nextMonth()
        await issue()
        number = (await listed(organization))[0]?.number ?? ''
      })

      it('gives back a part, pays what is open by it, once for its idempotency key', async () => {
        const first = await note('4.00', { idempotencyKey: 'once' })
        assert.equal(first.status, 201, first.text)
        const again = await note('4.00', { idempotencyKey: 'once' })
        assert.deepEqual(again.body, first.body)
        assert.equal((await note('5.00', { idempotencyKey: 'once' })).status, 422)
        const invoice = await shown(number)
        assert.deepEqual([invoice['open'], invoice['state'], invoice['due']], ['6.00', 'open', '10.00'])
        assert.deepEqual(invoice['creditNotes'], [first.body])
        assert.match(String(first.body['number']), /^CN-\d{6}$/)
      })

      it('is at most what the invoice charged, all notes together, however many are asked for at once', async () => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => note('1.00')))
        const taken = answers.filter(({ status }) => status === 201)
        assert.equal(taken.length, 6, answers.map(({ text }) => text).join('\n'))
        for (const { status, body } of answers.filter((one) => !taken.includes(one))) {
          assert.deepEqual([status, body['code'], body['remaining']], [409, 'credit_exceeds_invoice', '0.00'])
        }
        const numbers = ((await shown(number))['creditNotes'] as { number: string }[]).map((one) => Number(one.number.slice(3)))
        assert.deepEqual(
          numbers,
          numbers.map((_, index) => (numbers[0] ?? 0) + index),
        )
        assert.equal((await shown(number))['state'], 'paid')
      })

      it('is a correction on the next invoice, and the books are right', async () => {
        nextMonth()
        await issue()
        const [next] = await listed(organization)
        const credits = next?.['credits'] as { kind: string; description: string; amount: string }[]
        assert.equal(credits.length, 7)
        assert.ok(credits.every((one) => one.kind === 'correction' && /^CN-\d{6} for INV-\d{6}: outage$/.test(one.description)))
        assert.deepEqual([next?.['total'], next?.['credited'], next?.['closing'], next?.['due']], ['0.00', '10.00', '0.00', '0.00'])
        assert.deepEqual((await api.store.verify()).violations, [])
      })

      it('needs money:write, a reason, an amount above zero, and an invoice that is there', async () => {
        const reading = await mintToken(api, ['money:read'], organization)
        const path = `/api/invoices/${number}/credit-notes`
        assert.equal((await api.call('POST', path, { token: reading, body: { amount: '1.00', reason: 'r' } })).status, 403)
        for (const body of [{ amount: '0', reason: 'r' }, { amount: '1.00' }, { amount: 1, reason: 'r' }])
          assert.equal((await api.call('POST', path, { body })).status, 400)
        for (const name of ['INV-999999', 'INV-1', 'nothing'])
          assert.equal(
            (await api.call('POST', `/api/invoices/${name}/credit-notes`, { body: { amount: '1.00', reason: 'r' } })).status,
            404,
          )
      })
    })

    it('come as CSV and as a page, with the types of these', async () => {
      const organization = await customer({ name: '<b>Acme</b>' })
      await grant(organization, '5.00', '=1+1')
      nextMonth()
      await issue()
      const [invoice] = await listed(organization)
      const csv = await api.call('GET', `/api/invoices/${invoice?.number}/csv`)
      assert.deepEqual(
        [csv.status, csv.headers['content-type'], csv.headers['x-content-type-options']],
        [200, 'text/csv; charset=utf-8', 'nosniff'],
      )
      assert.match(csv.text, /,credit,'=1\+1,1,5\.00/)
      const page = await api.call('GET', `/api/invoices/${invoice?.number}/html`)
      assert.deepEqual([page.status, page.headers['content-type']], [200, 'text/html; charset=utf-8'])
      assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
      assert.ok(page.text.includes('&lt;b&gt;Acme&lt;/b&gt;') && !page.text.includes('<b>Acme'))
      assert.match((await api.call('GET', '/api/invoices/INV-999999/csv')).text, /"code":"not_found"/)
    })
  })
}
