import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { casesNamed, namedWitnesses, testsOfCases } from '../../tools/docs/wire-checklist.ts'
import { vanished } from '../../tools/promises/witness.ts'
import { CASES } from '../../tools/wire-checklist/cases.ts'

describe('the wire checklist', () => {
  const carriers = testsOfCases()

  it('has 61 cases, in seven parts', () => {
    const parts = Map.groupBy(Object.keys(CASES), (id) => id.charAt(0))
    assert.deepEqual(
      [...parts].map(([letter, ids]) => `${letter}${ids.length}`),
      ['S14', 'T11', 'U12', 'R3', 'M9', 'I4', 'E8'],
    )
    for (const [letter, ids] of parts)
      assert.deepEqual(
        ids,
        ids.map((_, index) => `${letter}${index + 1}`),
      )
  })

  it('every case has a test that carries its number, or one that is named, or a reason why there is none', () => {
    const without = Object.entries(CASES).filter(([id, { also, not }]) => !carriers.has(id) && also === undefined && not === undefined)
    assert.deepEqual(
      without.map(([id]) => id),
      [],
    )
  })

  it('what breaks clients or money is proven: no reason stands in for a test', () => {
    const weighty = Object.entries(CASES).filter(([, { weight }]) => weight === 3)
    assert.equal(weighty.length, 28)
    const unproven = weighty.filter(([id, { also }]) => !carriers.has(id) && also === undefined)
    assert.deepEqual(
      unproven.map(([id]) => id),
      [],
    )
  })

  it('every test that is named is there', () => {
    assert.deepEqual(vanished(namedWitnesses()), [])
  })

  it('no test carries the number of a case that does not exist', () => {
    assert.deepEqual(
      [...carriers.keys()].filter((id) => CASES[id] === undefined),
      [],
    )
  })

  it('the numbers of a name are read, ranges too', () => {
    assert.deepEqual(
      [...casesNamed(`it('S2–S4: …'); test("M5, T1: …"); it(\`stream: E9: …\`); it('all about S9: no')`)],
      ['S2', 'S3', 'S4', 'M5', 'T1', 'E9'],
    )
  })
})
