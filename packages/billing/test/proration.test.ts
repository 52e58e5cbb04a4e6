import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { previewChange } from '@faregate/billing'
import { at, plan, subscription } from './support.ts'

const SMALL = plan({ price: 10_000_000_000n })
const LARGE = plan({ name: 'large', price: 30_000_000_000n })
const START = at('2027-04-01')
const PAID = subscription(SMALL, START, { paidUntil: at('2027-05-01'), periods: 1 })

describe('what a change of plan costs', () => {
  it('between plans of the same period: the difference, for the seconds that are left', () => {
    const half = previewChange(PAID, SMALL, LARGE, at('2027-04-16'))
    assert.deepEqual([half.due, half.secondsLeft, half.secondsInPeriod], [10_000_000_000n, 1_296_000, 2_592_000])
    assert.deepEqual([half.paidUntil, half.anchor], [PAID.paidUntil, PAID.anchor])
    assert.equal(previewChange(PAID, SMALL, LARGE, START).due, 20_000_000_000n)
    // One second of a month of thirty days: 20 / 2,592,000, rounded up.
    assert.equal(previewChange(PAID, SMALL, LARGE, at('2027-04-30T23:59:59.500Z')).due, 7_717n)
  })

  it('to a cheaper plan it is below zero, and never gives back more than that', () => {
    const large = { ...PAID, plan: 'large' }
    assert.equal(previewChange(large, LARGE, SMALL, at('2027-04-16')).due, -10_000_000_000n)
    assert.equal(previewChange(large, LARGE, SMALL, at('2027-04-30T23:59:59Z')).due, -7_716n)
  })

  it('to another period: a new one begins, less what is unused of the old one', () => {
    const year = plan({ name: 'year', price: 100_000_000_000n, period: 'year' })
    const now = at('2027-04-16')
    const change = previewChange(PAID, SMALL, year, now)
    assert.deepEqual([change.due, change.paidUntil, change.anchor], [95_000_000_000n, at('2028-04-16'), now])
  })

  it('of a shorter month counts that month’s seconds', () => {
    const terms = plan({ price: 28_000_000_000n })
    const february = subscription(terms, at('2027-01-31'), { paidUntil: at('2027-03-31'), periods: 2 })
    const change = previewChange(february, terms, plan({ price: 59_000_000_000n }), at('2027-03-30'))
    assert.deepEqual([change.secondsInPeriod, change.due], [31 * 86_400, 1_000_000_000n])
  })

  it('on trial, or where nothing is paid, is nothing', () => {
    for (const [known, terms] of [
      [subscription(plan({ trialDays: 14 }), START), plan({ trialDays: 14 })],
      [subscription(SMALL, START), SMALL],
      [{ ...PAID, paidUntil: at('2027-04-10') }, SMALL],
    ] as const) {
      assert.equal(previewChange(known, terms, LARGE, at('2027-04-12')).due, 0n)
    }
  })
})
