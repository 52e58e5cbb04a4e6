import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Defect } from '../planted/defect.ts'
import { DEFECTS } from '../planted/defects.ts'
import { changesOf, plant, StaleDefect } from '../planted/plant.ts'
import { isWritten } from '../promises/witness.ts'
import { ROOT } from '../support/root.ts'

const CAUGHT_BY = { file: 'some.test.ts', names: ['some test'] }

test('every defect of the list can still be planted, and names a test of its own', () => {
  assert.ok(DEFECTS.length >= 10)
  assert.equal(new Set(DEFECTS.map(({ name }) => name)).size, DEFECTS.length)
  for (const defect of DEFECTS) {
    assert.doesNotThrow(() => changesOf(ROOT, defect))
    const { file, names } = defect.caughtBy
    for (const name of names) assert.ok(isWritten(file, name), `${defect.name}: nothing in ${file} is called ${name}`)
  }
})

test('a defect changes its texts and no other, and is taken back to the byte', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-plant-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a.ts')
  writeFileSync(file, 'one $& two\n')
  const edits = [
    { file: 'a.ts', find: 'one', replace: '$& three' },
    { file: 'a.ts', find: 'two', replace: 'four' },
  ]
  const pull = plant(folder, { name: 'd', edits, caughtBy: CAUGHT_BY, because: /./ })
  assert.equal(readFileSync(file, 'utf8'), '$& three $& four\n')
  pull()
  assert.equal(readFileSync(file, 'utf8'), 'one $& two\n')
})

test('a text that is gone, or there twice, is told with its file, and nothing is changed', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-plant-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'a.ts'), 'one\n')
  writeFileSync(join(folder, 'b.ts'), 'two two\n')
  const first = { file: 'a.ts', find: 'one', replace: 'changed' }
  const defect = (file: string, find: string): Defect => ({
    name: 'd',
    edits: [first, { file, find, replace: '' }],
    caughtBy: CAUGHT_BY,
    because: /./,
  })
  for (const [file, find, why] of [
    ['b.ts', 'two', /occurs 2 times.*b\.ts.*tools\/planted/s],
    ['b.ts', 'three', /occurs 0 times/],
    ['c.ts', 'x', /the file is gone/],
  ] as const) {
    assert.throws(
      () => plant(folder, defect(file, find)),
      (error) => error instanceof StaleDefect && why.test(error.message),
    )
    assert.equal(readFileSync(join(folder, 'a.ts'), 'utf8'), 'one\n')
  }
})
