import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addMonths, monthsBetween, repeating } from '@faregate/ledger'
import { repeatingSpan } from '../src/repeating.ts'

const at = (text: string): number => Date.parse(text)

/** Anchor, months, an instant, and the beginning and the end of the period that it lies in. */
const SPANS: [string, number, string, string, string][] = [
  ['2027-01-31T10:00:00.000Z', 1, '2027-01-31T10:00:00.000Z', '2027-01-31T10:00:00.000Z', '2027-02-28T10:00:00.000Z'],
  ['2027-01-31T10:00:00.000Z', 1, '2027-02-28T09:59:59.999Z', '2027-01-31T10:00:00.000Z', '2027-02-28T10:00:00.000Z'],
  ['2027-01-31T10:00:00.000Z', 1, '2027-02-28T10:00:00.000Z', '2027-02-28T10:00:00.000Z', '2027-03-31T10:00:00.000Z'],
  ['2027-01-31T10:00:00.000Z', 1, '2028-02-29T10:00:00.000Z', '2028-02-29T10:00:00.000Z', '2028-03-31T10:00:00.000Z'],
  ['2027-01-31T10:00:00.000Z', 1, '2027-04-30T10:00:00.000Z', '2027-04-30T10:00:00.000Z', '2027-05-31T10:00:00.000Z'],
  ['2028-02-29T00:00:00.000Z', 12, '2029-02-28T00:00:00.000Z', '2029-02-28T00:00:00.000Z', '2030-02-28T00:00:00.000Z'],
  ['2028-02-29T00:00:00.000Z', 12, '2032-03-01T00:00:00.000Z', '2032-02-29T00:00:00.000Z', '2033-02-28T00:00:00.000Z'],
  ['2026-11-30T23:59:59.999Z', 3, '2027-02-28T23:59:59.999Z', '2027-02-28T23:59:59.999Z', '2027-05-30T23:59:59.999Z'],
  ['2027-03-31T00:00:00.000Z', 1, '2027-03-01T00:00:00.000Z', '2027-02-28T00:00:00.000Z', '2027-03-31T00:00:00.000Z'],
]

describe('periods from an anchor', () => {
  for (const [anchor, months, now, from, until] of SPANS) {
    it(`M8: ${now}, ${months} months from ${anchor}, lies between ${from} and ${until}`, () => {
      const span = repeatingSpan(repeating(at(anchor), months), at(now))
      assert.deepEqual([span.start, new Date(span.from).toISOString(), new Date(span.until ?? 0).toISOString()], [from, from, until])
    })
  }

  it('M8: periods follow each other without a gap, whatever the day and the length', () => {
    for (let day = 1; day <= 31; day++) {
      const anchor = Date.UTC(2027, 0, day, 13, 7, 5, 9)
      for (const months of [1, 3, 12]) {
        let now = anchor
        for (let turn = 0; turn < 30; turn++) {
          const span = repeatingSpan(repeating(anchor, months), now)
          assert.equal(span.from, now)
          assert.equal(span.from, addMonths(anchor, turn * months))
          const last = repeatingSpan(repeating(anchor, months), (span.until ?? 0) - 1)
          assert.equal(last.from, span.from)
          now = span.until ?? 0
        }
      }
    }
  })

  it('M8: whole months are counted from the anchor', () => {
    assert.equal(monthsBetween(at('2027-01-31T00:00:00Z'), at('2027-02-27T23:59:59Z')), 0)
    assert.equal(monthsBetween(at('2027-01-31T00:00:00Z'), at('2027-02-28T00:00:00Z')), 1)
    assert.equal(monthsBetween(at('2027-01-31T00:00:00Z'), at('2027-01-30T00:00:00Z')), -1)
  })

  it('M8: what is no such period is an error', () => {
    for (const text of ['R/2027-01-31/P1M', 'R/x/P1M', 'R/2027-01-31T10:00:00.000Z/P0M'] as const) {
      assert.throws(() => repeatingSpan(text, 0), RangeError)
    }
  })
})
