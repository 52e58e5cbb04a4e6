import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fromMinor, toMinor } from '../src/rails/minor-units.ts'

describe('amounts where they are paid', () => {
  it('are whole cents of the currency, or yen, or thousandths', () => {
    assert.equal(toMinor(5_000_000_000n, 'USD'), 500)
    assert.equal(toMinor(10_000_000n, 'USD'), 1)
    assert.equal(toMinor(5_000_000_000n, 'JPY'), 5)
    assert.equal(toMinor(5_001_000_000n, 'KWD'), 5_001)
    assert.equal(toMinor(5_000_000_000n, 'ISK'), 500, 'as Stripe counts them')
  })

  it('are refused where they are finer than that', () => {
    for (const [amount, currency] of [
      [5_001_000_000n, 'USD'],
      [1n, 'USD'],
      [500_000_000n, 'JPY'],
    ] as const) {
      assert.equal(toMinor(amount, currency), undefined)
    }
  })

  it('come back as what they were', () => {
    for (const currency of ['USD', 'JPY', 'KWD', 'ISK']) {
      const amount = 123_000_000_000n
      assert.equal(fromMinor(toMinor(amount, currency) ?? 0, currency), amount)
    }
  })
})
