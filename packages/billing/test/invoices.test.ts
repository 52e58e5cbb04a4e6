import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  dueAtEnd,
  invoiceCsv,
  invoiceHtml,
  invoiceName,
  invoiceNumber,
  stateOf,
  Tally,
  unpaidOf,
  type Invoice,
  type InvoicedEntry,
  type Owing,
} from '@faregate/billing'
import { periodFrom } from '@faregate/billing/invoices/periods'
import { at } from './support.ts'

const EMPTY = { name: null, address: null, taxNumber: null }

const INVOICE: Invoice = {
  number: 7,
  organization: 'org_1',
  currency: 'EUR',
  mode: 'arrears',
  period: { name: '2027-01', from: at('2027-01-01'), until: at('2027-02-01'), zone: 'UTC' },
  afterSeq: 3n,
  throughSeq: 9n,
  issuedAt: at('2027-02-01T00:01'),
  dueAt: at('2027-02-15T00:01'),
  charges: [{ kind: 'usage', description: 'm', count: 2, buckets: { input: 10, output: 5 }, amount: 2_500_000_000n }],
  credits: [],
  opening: 0n,
  total: 2_500_000_000n,
  credited: 0n,
  closing: -2_500_000_000n,
  carried: 0n,
  due: 2_500_000_000n,
  seller: EMPTY,
  buyer: { ...EMPTY, name: 'Acme' },
}

describe('the period of an invoice', () => {
  const ends = (since: string, zone = 'UTC', first = false): [string, string] => {
    const { name, until } = periodFrom(at(since), zone, first)
    return [name, new Date(until).toISOString()]
  }

  it('ends with the month, whatever its length, leap years too', () => {
    assert.deepEqual(ends('2027-01-31T23:59:59Z', 'UTC', true), ['2027-01', '2027-02-01T00:00:00.000Z'])
    assert.deepEqual(ends('2027-02-01'), ['2027-02', '2027-03-01T00:00:00.000Z'])
    assert.deepEqual(ends('2028-02-01'), ['2028-02', '2028-03-01T00:00:00.000Z'])
    assert.deepEqual(ends('2027-12-05T10:00:00Z'), ['2027-12', '2028-01-01T00:00:00.000Z'])
  })

  it("ends at midnight in the organization's zone, over summer time as well", () => {
    assert.deepEqual(ends('2027-03-01T00:00:00+01:00', 'Europe/Berlin'), ['2027-03', '2027-03-31T22:00:00.000Z'])
    assert.deepEqual(ends('2027-10-01T00:00:00+02:00', 'Europe/Berlin'), ['2027-10', '2027-10-31T23:00:00.000Z'])
    assert.deepEqual(ends('2027-02-01T00:00:00+14:00', 'Pacific/Kiritimati'), ['2027-02', '2027-02-28T10:00:00.000Z'])
  })

  it('takes the hours along that a move to another zone leaves over', () => {
    assert.deepEqual(ends('2027-02-01', 'America/New_York'), ['2027-02', '2027-03-01T05:00:00.000Z'])
    assert.deepEqual(ends('2027-02-01', 'Asia/Tokyo'), ['2027-02', '2027-02-28T15:00:00.000Z'])
  })
})

describe('what is due', () => {
  it('is the debt that no invoice before asks for, in arrears alone', () => {
    assert.equal(dueAtEnd('arrears', -10n, 0n), 10n)
    assert.equal(dueAtEnd('arrears', -10n, 4n), 6n)
    assert.equal(dueAtEnd('arrears', 3n, 0n), 0n)
    assert.equal(dueAtEnd('prepaid', -10n, 0n), 0n)
  })

  it('is paid oldest first by whatever comes in', () => {
    const owing = (number: number, due: bigint, carried: bigint): Owing => ({
      number,
      due,
      carried,
      dueAt: due === 0n ? null : number * 100,
    })
    const newest = [owing(3, 5n, 12n), owing(2, 2n, 10n), owing(1, 10n, 0n)]
    const open = (received: bigint, now = 0) => unpaidOf(newest, received, now).map(({ name, amount, overdue }) => [name, amount, overdue])
    assert.deepEqual(open(0n, 250), [
      ['INV-000001', 10n, true],
      ['INV-000002', 2n, true],
      ['INV-000003', 5n, false],
    ])
    assert.deepEqual(open(9n), [
      ['INV-000001', 1n, false],
      ['INV-000002', 2n, false],
      ['INV-000003', 5n, false],
    ])
    assert.deepEqual(open(11n), [
      ['INV-000002', 1n, false],
      ['INV-000003', 5n, false],
    ])
    assert.deepEqual(open(17n), [])
    assert.deepEqual(open(-3n).length, 3, 'what was taken back makes no invoice larger')
    assert.deepEqual(
      [1, 2, 3].map((number) => stateOf(number, unpaidOf(newest, 11n, 300))),
      ['paid', 'overdue', 'overdue'],
    )
    assert.deepEqual(unpaidOf([], 0n, 0), [])
  })
})

describe('a tally', () => {
  const entry = (more: Partial<InvoicedEntry>): InvoicedEntry => {
    return { seq: 1n, id: 'x', kind: 'post', legs: [], terms: {}, memo: '{}', held: null, ...more }
  }
  const memo = JSON.stringify({ attempts: [{ buckets: { input: 99 } }, { buckets: { input: 3, output: 4 } }, { buckets: {} }] })

  it('adds requests up by model, with what the attempt that served has used', () => {
    const tally = new Tally()
    for (const amount of [-5n, -7n]) tally.add(entry({ memo, held: '{"model":"b"}' }), amount)
    tally.add(entry({ kind: 'excess', held: '{"model":"b"}' }), -1n)
    tally.add(entry({ held: '{"model":"a"}' }), 0n)
    const statement = tally.statement(20n)
    assert.deepEqual(statement?.charges, [
      { kind: 'usage', description: 'a', count: 1, buckets: {}, amount: 0n },
      { kind: 'usage', description: 'b', count: 2, buckets: { input: 6, output: 8 }, amount: 13n },
    ])
    assert.deepEqual([statement?.total, statement?.closing, tally.received], [13n, 7n, 0n])
  })

  it('tells corrections from other credit, and counts refunds as charged less and as received', () => {
    const tally = new Tally()
    tally.add(entry({ kind: 'grant', id: 'gr_1', terms: { reason: 'top-up' } }), 10n)
    tally.add(entry({ kind: 'grant', id: 'cn_1', terms: { reason: 'CN-000001' } }), 2n)
    tally.add(entry({ kind: 'reverse', terms: { reason: 'mistake' } }), -1n)
    tally.add(entry({ kind: 'expire' }), -3n)
    tally.add(entry({ kind: 'refund', terms: { reason: 'sorry' } }), 4n)
    tally.add(entry({ kind: 'charge', terms: { reason: 'plan pro v1, period 1' } }), -6n)
    const statement = tally.statement(0n)
    assert.deepEqual(
      statement?.credits.map(({ kind, amount }) => [kind, amount]),
      [
        ['credit', 10n],
        ['correction', 2n],
        ['reversal', -1n],
        ['expiry', -3n],
      ],
    )
    assert.deepEqual([statement?.total, statement?.credited, statement?.closing, tally.received], [2n, 8n, 6n, 12n])
  })

  it('is no statement where no money moved', () => {
    const tally = new Tally()
    assert.equal(tally.statement(5n), undefined)
    tally.add(entry({ held: '{"model":"a"}' }), 0n)
    assert.equal(tally.statement(5n), undefined)
  })
})

describe('the name of an invoice', () => {
  it('is read back, and nothing else is', () => {
    for (const number of [1, 999_999, 1_000_000]) assert.equal(invoiceNumber(invoiceName(number)), number)
    for (const text of ['INV-000000', 'INV-1', 'INV-0000001', 'inv-000001', 'INV-000001 ', 'CN-000001', '1', ''])
      assert.equal(invoiceNumber(text), undefined, text)
  })
})

describe('an invoice as CSV', () => {
  it('has a row for each line and each sum, with CRLF', () => {
    const rows = invoiceCsv(INVOICE).split('\r\n')
    assert.equal(rows[0], 'invoice,organization,from,until,issued,currency,kind,description,count,amount,input,output')
    assert.match(rows[1] ?? '', /^INV-000007,org_1,2027-01-01T.*,EUR,usage,m,2,2\.50,10,5$/)
    assert.match(rows[5] ?? '', /,closing,,,-2\.50,,$/)
    assert.equal(rows.at(-1), '')
  })

  it('quotes what has to be, and makes no formula of any text', () => {
    const line = (description: string) => ({
      ...INVOICE.charges[0],
      kind: 'usage' as const,
      description,
      count: 1,
      buckets: {},
      amount: 1n,
    })
    const texts = ['=1+1', '+1', '-1+cmd', '@sum', '\ttab', 'a,"b"\nc', '-5.00']
    const csv = invoiceCsv({ ...INVOICE, charges: texts.map(line) })
    for (const written of [",'=1+1,", ",'+1,", ",'-1+cmd,", ",'@sum,", ",'\ttab,", ',"a,""b""\nc",', ',-5.00,'])
      assert.ok(csv.includes(written), written)
  })
})

describe('an invoice as a page', () => {
  const shown = { state: 'open' as const, open: 2_500_000_000n, creditNotes: [] }

  it('escapes everything that it is given, runs nothing, and loads nothing', () => {
    const evil = '<script>alert(1)</script>"\'&'
    const line = { kind: 'credit' as const, description: evil, count: 1, amount: 1n }
    const party = { name: evil, address: `${evil}\n${evil}`, taxNumber: evil }
    const note = { number: 1, invoice: 7, organization: 'org_1', amount: 1n, reason: evil, grant: 'cn_1', at: 0 }
    const charges = INVOICE.charges.map((one) => ({ ...one, description: evil }))
    const page = invoiceHtml(
      { ...INVOICE, charges, credits: [line], seller: party, buyer: party, currency: evil },
      { ...shown, creditNotes: [note] },
    )
    assert.ok(!/<script/i.test(page))
    assert.ok(!/\b(src|href)\s*=|url\(|@import/i.test(page))
    assert.match(page, /@media print/)
  })

  it('says in whose days it was issued, and what is due', () => {
    const page = invoiceHtml({ ...INVOICE, period: { ...INVOICE.period, zone: 'Asia/Tokyo', until: at('2027-01-31T15:00') } }, shown)
    assert.match(page, /2027-01-01 to 2027-01-31/)
    assert.match(page, /Due by this invoice<\/td>\s*<td class="number">2\.50 EUR/)
  })
})
