import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { meteredPrice, parseAmount, type ApiMetered } from '@faregate/core'
import { amountOf, meteredCost, meteredMeasure, meteredUnder, type MeteredUse } from '@faregate/pricing'

const UNITS = { pointer: '/pages', price: '0.01', most: 100 }

/** Price of the call, what is metered, what was used, and what that costs in nano-units, reckoned by hand. */
const COSTS: [string, string | undefined, ApiMetered, Partial<MeteredUse>, bigint][] = [
  ['a million bytes cost the price of a million', undefined, { received: '0.05' }, { received: 1_000_000 }, 50_000_000n],
  [
    'bytes both ways and the call itself are summed',
    '0.001',
    { sent: '0.02', received: '0.05' },
    { sent: 500_000, received: 100_000 },
    16_000_000n,
  ],
  ['M1: one byte of a price that is no nano-unit for it is rounded up', undefined, { received: '0.000000001' }, { received: 1 }, 1n],
  [
    'M1: it is rounded once, and not for each part',
    undefined,
    { sent: '0.0000004', received: '0.0000004' },
    { sent: 1250, received: 1250 },
    1n,
  ],
  ['nothing was used: nothing is owed beside the call', '0.001', { received: '0.05', units: UNITS }, {}, 1_000_000n],
  ['units cost each', undefined, { units: UNITS }, { units: 3 }, 30_000_000n],
  ['a part of a unit is charged in proportion', undefined, { units: UNITS }, { units: 2.5 }, 25_000_000n],
  [
    'M1: by its shortest decimal text, not by what a float is',
    undefined,
    { units: { ...UNITS, price: '1' } },
    { units: 0.1 },
    100_000_000n,
  ],
  ['M1: a part of a nano-unit is rounded up', undefined, { units: { ...UNITS, price: '0.000000001' } }, { units: 1.5 }, 2n],
]

describe('what a metered call costs', () => {
  for (const [name, price, metered, used, cost] of COSTS) {
    test(name, () => {
      const use = { sent: 0, received: 0, units: 0, ...used }
      assert.equal(meteredCost(nano(price), meteredPrice(metered), use), cost)
    })
  }

  test('what is held for so many bytes and the most units is never less than what they cost', () => {
    const metered = meteredPrice({ sent: '0.000000007', received: '0.000000013', units: { ...UNITS, price: '0.000000003', most: 7 } })
    for (let bytes = 0; bytes < 200; bytes++) {
      const held = amountOf(meteredMeasure(1n, metered, bytes), bytes * 3)
      for (const units of [0, 0.1, 6.999, 7]) assert.ok(held >= meteredCost(1n, metered, { sent: bytes, received: bytes * 3, units }))
    }
  })

  test('a factor multiplies each price, rounded up', () => {
    const { sent, received, units } = meteredUnder(meteredPrice({ sent: '0.000000001', received: '0.5', units: UNITS }), '0.5')
    assert.deepEqual([sent, received, units?.price], [1n, 250_000_000n, 5_000_000n])
  })

  test('what is no count is no use', () => {
    const metered = meteredPrice({ received: '1', units: UNITS })
    const use = { sent: 0, received: 0, units: 0 }
    for (const wrong of [{ received: -1 }, { received: 0.5 }, { units: -1 }, { units: Number.NaN }, { units: Infinity }])
      assert.throws(() => meteredCost(0n, metered, { ...use, ...wrong }), RangeError)
  })
})

function nano(price: string | undefined): bigint {
  return price === undefined ? 0n : (parseAmount(price) ?? 0n)
}
