import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Canary } from '../support/secrets/canaries.ts'
import { formsOf } from '../support/secrets/forms.ts'
import { ByteSearch } from '../support/secrets/search.ts'

const PLAIN: Canary = { kind: 'provider key', text: 'sk-canary-4f7Kq2/+xY9' }
const TEXT: Canary = { kind: 'body', text: 'Grüße: "nobody" may\nread this 👋' }
const search = new ByteSearch([PLAIN, TEXT])

for (const canary of [PLAIN, TEXT]) {
  for (const { name, bytes } of formsOf(canary.text)) {
    test(`${canary.kind} ${name} (${bytes.length} bytes) is found wherever it stands, and named`, () => {
      for (const around of [0, 1, 2, 3, 1_000]) {
        const noise = Buffer.alloc(around, 0xa5)
        const leaks = search.inBytes(Buffer.concat([noise, bytes, noise]), 'here')
        assert.ok(
          leaks.some((leak) => leak.canary === canary && leak.form === name && leak.offset === around),
          JSON.stringify(leaks),
        )
      }
    })
  }
}

test('base64 of a longer text gives the secret in it away, whatever stands before it', () => {
  for (const before of ['', 'a', 'ab', 'abc', 'abcdefghij']) {
    const text = Buffer.from(`${before}${PLAIN.text}, and more`).toString('base64')
    assert.equal(search.inText(text, 'here').length > 0, true, before)
  }
})

test('what is cut off, changed or near is not found', () => {
  const near = [
    PLAIN.text.slice(0, -1),
    PLAIN.text.replace('4', '5'),
    PLAIN.text.toUpperCase(),
    `${PLAIN.text.slice(0, 8)}-${PLAIN.text.slice(8)}`,
  ]
  for (const text of near) assert.deepEqual(search.inText(text, 'here'), [], text)
  assert.deepEqual(search.inBytes(Buffer.alloc(0), 'here'), [])
  assert.deepEqual(search.inText('sk-', 'here'), [])
})

test('a file is searched across the pieces in which it is read, and what a file may hold is let be', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-search-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const piece = 4 * 1024 * 1024
  for (const offset of [0, piece - 5, piece, 2 * piece - PLAIN.text.length]) {
    writeFileSync(join(folder, 'file'), Buffer.concat([Buffer.alloc(offset, 'x'), Buffer.from(PLAIN.text), Buffer.alloc(100, 'y')]))
    const [leak] = search.inFolder(folder, () => false)
    assert.deepEqual([leak?.canary, leak?.place, leak?.offset], [PLAIN, 'file', offset])
    assert.deepEqual(
      search.inFolder(folder, (file, canary) => file === 'file' && canary === PLAIN),
      [],
    )
  }
})
