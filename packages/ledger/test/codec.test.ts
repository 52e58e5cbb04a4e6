import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeLegs, encodeLegs, type EntryLeg } from '@faregate/ledger'

const MAX = 2n ** 63n - 1n

describe('codec of legs', () => {
  it('M3: legs come back from text as they were, with 64-bit amounts and any id', () => {
    const legs: EntryLeg[] = [
      {
        account: 'wallet:org_1',
        unit: 'USD',
        amount: -MAX,
        field: 'held',
        lots: [
          ['gr_1', MAX],
          ['a"b\\c\u{1F4B0}\n', 0n],
        ],
      },
      { account: 'contra:USD:held', unit: 'USD', amount: MAX, field: 'contra' },
      { account: 'an "account"', unit: 'cap:USD', amount: 0n, field: 'granted' },
      { account: 'x', unit: 'USD', amount: 1n, field: 'expired', lots: [] },
      { account: 'x', unit: 'USD', amount: 1n, field: 'posted' },
    ]
    assert.deepEqual(decodeLegs(encodeLegs(legs)), legs)
    assert.equal((JSON.parse(encodeLegs(legs)) as unknown[]).length, 5)
    assert.deepEqual(decodeLegs(encodeLegs([])), [])
  })

  it('M2: text that is not legs is an error, not an empty list', () => {
    assert.throws(() => decodeLegs('[["a","USD","1",9]]'), SyntaxError)
    assert.throws(() => decodeLegs('['), SyntaxError)
  })
})
