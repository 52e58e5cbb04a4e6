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
      { account: 'contra:USD:revenue', unit: 'USD', amount: 7n, field: 'contra' },
      { account: 'contra:cap:USD:used', unit: 'cap:USD', amount: 8n, field: 'contra' },
      { account: 'an "account"', unit: 'cap:USD', amount: 0n, field: 'granted' },
      { account: 'x', unit: 'USD', amount: 1n, field: 'expired', lots: [] },
      { account: 'x', unit: 'USD', amount: 1n, field: 'posted' },
    ]
    assert.deepEqual(decodeLegs(encodeLegs(legs)), legs)
    assert.deepEqual(decodeLegs(encodeLegs([])), [])
  })

  it('M3: legs of one account stand together, and those against it, whatever lay between', () => {
    const [a, c, b, d]: EntryLeg[] = [
      { account: 'w', unit: 'USD', amount: 5n, field: 'held' },
      { account: 'contra:USD:held', unit: 'USD', amount: -5n, field: 'contra' },
      { account: 'w', unit: 'USD', amount: -3n, field: 'posted' },
      { account: 'contra:USD:revenue', unit: 'USD', amount: 3n, field: 'contra' },
    ]
    assert.equal(encodeLegs([a, c, b, d] as EntryLeg[]), '[["w","USD",3,"5",0,2,"-3",0],["contra","USD","held","-5","revenue","3"]]')
    assert.deepEqual(decodeLegs(encodeLegs([a, c, b, d] as EntryLeg[])), [a, b, c, d])
  })

  it('M2: legs as they were written before, each by itself, are still read', () => {
    assert.deepEqual(decodeLegs('[["w","USD","-5",3,[["g","5"]]],["contra:USD:held","USD","5",4]]'), [
      { account: 'w', unit: 'USD', amount: -5n, field: 'held', lots: [['g', 5n]] },
      { account: 'contra:USD:held', unit: 'USD', amount: 5n, field: 'contra' },
    ])
  })

  it('M2: text that is not legs is an error, not an empty list', () => {
    assert.throws(() => decodeLegs('[["a","USD","1",9]]'), SyntaxError)
    assert.throws(() => decodeLegs('[["a","USD",9,"1",0]]'), SyntaxError)
    assert.throws(() => decodeLegs('[["a","USD",3,1,0]]'), SyntaxError)
    assert.throws(() => decodeLegs('[["contra","USD","held"]]'), SyntaxError)
    assert.throws(() => decodeLegs('['), SyntaxError)
  })
})
