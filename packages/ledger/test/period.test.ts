import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { spanOf } from '../src/period.ts'
import type { Period } from '@faregate/ledger'

/** Period, zone, an instant in it, its name, its first instant, the first instant of the next. */
const SPANS: [Period, string, string, string, string, string][] = [
  ['day', 'UTC', '2026-11-22T23:59:59.999Z', '2026-11-22', '2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['day', 'UTC', '2026-11-23T00:00:00.000Z', '2026-11-23', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
  ['week', 'UTC', '2026-11-22T13:00:00.000Z', '2026-W47', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['week', 'UTC', '2027-01-03T00:00:00.000Z', '2026-W53', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
  ['week', 'UTC', '2025-12-29T00:00:00.000Z', '2026-W01', '2025-12-29T00:00:00.000Z', '2026-01-05T00:00:00.000Z'],
  ['month', 'UTC', '2026-12-31T23:59:59.999Z', '2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['month', 'Europe/Berlin', '2026-10-31T23:30:00.000Z', '2026-11', '2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z'],
  ['month', 'America/Los_Angeles', '2026-11-01T06:59:00.000Z', '2026-10', '2026-10-01T07:00:00.000Z', '2026-11-01T07:00:00.000Z'],
  ['month', 'Pacific/Kiritimati', '2026-10-31T10:00:00.000Z', '2026-11', '2026-10-31T10:00:00.000Z', '2026-11-30T10:00:00.000Z'],
  // Days of 25 and of 23 hours.
  ['day', 'Europe/Berlin', '2026-10-25T10:00:00.000Z', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['day', 'Europe/Berlin', '2026-03-29T10:00:00.000Z', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  // A day that began at 01:00, and one whose midnight came twice.
  ['day', 'America/Sao_Paulo', '2018-11-04T12:00:00.000Z', '2018-11-04', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
  ['day', 'America/St_Johns', '2010-11-07T12:00:00.000Z', '2010-11-07', '2010-11-07T03:30:00.000Z', '2010-11-08T03:30:00.000Z'],
]

describe('periods', () => {
  for (const [period, zone, now, start, from, until] of SPANS) {
    it(`M8: ${now} lies in the ${period} ${start} of ${zone}`, () => {
      const span = spanOf(period, zone, Date.parse(now))
      assert.equal(span.start, start)
      assert.equal(new Date(span.from).toISOString(), from)
      assert.equal(new Date(span.until ?? 0).toISOString(), until)
    })
  }

  it('M8: total never ends', () => {
    assert.deepEqual(spanOf('total', 'UTC', 0), { start: 'total', from: Number.NEGATIVE_INFINITY, until: null })
  })

  it('M8: the periods of a year follow each other without a gap, whatever daylight saving does', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata']) {
      for (const period of ['day', 'week', 'month'] as const) {
        const names = new Set<string>()
        let span = spanOf(period, zone, Date.UTC(2026, 0, 1))
        while (span.from < Date.UTC(2027, 0, 1)) {
          const until = span.until ?? 0
          assert.equal(spanOf(period, zone, until - 1).start, span.start)
          names.add(span.start)
          const next = spanOf(period, zone, until)
          assert.equal(next.from, until)
          assert.equal(names.has(next.start), false)
          span = next
        }
      }
    }
  })

  it('M8: a zone that does not exist is a RangeError', () => {
    assert.throws(() => spanOf('day', 'Nowhere/None', 0), RangeError)
  })
})
