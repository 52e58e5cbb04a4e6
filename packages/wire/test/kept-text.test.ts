import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeptText } from '../src/canonical/kept-text.ts'

const WHOLE = 'Grüße, 世界 👩‍🚀! '.repeat(100)

function kept(pieces: string[]): KeptText {
  const text = new KeptText()
  for (const piece of pieces) text.add(piece)
  return text
}

describe('a text that is kept in pieces', () => {
  for (const size of [1, 2, 3, 7, 1_000])
    it(`is whole again, cut into pieces of ${size}, even within a character`, () => {
      const text = kept(WHOLE.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])
      assert.equal(text.toString(), WHOLE)
      assert.equal(text.characters, WHOLE.length)
      assert.equal(text.size, Buffer.byteLength(WHOLE))
    })

  it('keeps half a character that nothing follows', () => {
    assert.equal(kept(['a', '\ud83d']).toString(), 'a\ud83d')
  })
})
