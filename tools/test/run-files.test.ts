import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { failureLine } from '../support/results.ts'
import { ROOT } from '../support/root.ts'
import { addTallies, formatTally, readTally } from '../support/tally.ts'

const FILES = {
  'mixed.test.mjs': `
    import { describe, test } from 'node:test'
    test('passes', () => {})
    test('fails', () => { throw new Error('on purpose') })
    test('is not written yet', { todo: 'later' }, () => {})
    describe('a suite', () => { test('passes in it', () => {}); test('fails in it', () => { throw new Error('on purpose') }) })
    describe('a skipped suite', { skip: 'no PostgreSQL' }, () => { test('never runs', () => {}) })`,
  'hook.test.mjs': `
    import { before, describe, test } from 'node:test'
    describe('a suite whose hook fails', () => { before(() => { throw new Error('on purpose') }); test('never runs', () => {}) })`,
  'crash.test.mjs': `
    import { test } from 'node:test'
    test('passes before the end', () => {})
    setTimeout(() => process.exit(3), 200)
    test('never ends', () => new Promise((resolve) => setTimeout(resolve, 60_000)))`,
}

test('every test counts once, a skipped suite and its reason are seen, and a file that crashes or whose hook fails is a failure', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-runner-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  const counted = (name: keyof typeof FILES) => {
    const script = join(folder, 'run.mjs')
    writeFileSync(
      script,
      `import { runFiles } from ${JSON.stringify(join(ROOT, 'tools/support/run-files.ts'))}
      const result = await runFiles([${JSON.stringify(join(folder, name))}], 1)
      process.stdout.write('\\n' + JSON.stringify(result))`,
    )
    // A runner inside a test would run nothing: Node marks its test processes in the environment.
    const { NODE_TEST_CONTEXT: _mark, ...environment } = process.env
    const output = execFileSync(process.execPath, [script], { encoding: 'utf8', env: environment })
    return JSON.parse(output.slice(output.lastIndexOf('\n'))) as {
      tally: Record<string, number>
      skips: { name: string; reason: string }[]
    }
  }
  const mixed = counted('mixed.test.mjs')
  assert.deepEqual(mixed.tally, { passed: 2, failed: 2, skipped: 2 })
  assert.deepEqual(
    mixed.skips.map(({ name, reason }) => [name, reason]),
    [
      ['is not written yet', 'later'],
      ['a skipped suite', 'no PostgreSQL'],
    ],
  )
  assert.ok((counted('hook.test.mjs').tally['failed'] ?? 0) >= 1)
  assert.ok((counted('crash.test.mjs').tally['failed'] ?? 0) >= 1)
})

test('the closing line is written, read back and summed', () => {
  const tally = { passed: 12, failed: 1, skipped: 3 }
  assert.equal(formatTally(tally), '12 passed, 1 failed, 3 skipped')
  assert.equal(formatTally({ passed: 1, failed: 0, skipped: 0 }), '1 passed, 0 failed')
  assert.deepEqual(readTally(`1 passed, 0 failed\nmore\n${formatTally(tally)}\n`), tally)
  assert.equal(readTally('said: 12 passed, 1 failed'), undefined)
  assert.deepEqual(addTallies(tally, tally), { passed: 24, failed: 2, skipped: 6 })
})

test('a failure is told in one line, however long its error', () => {
  const failed = {
    file: 'a.test.ts',
    names: ['a suite', 'a test'],
    outcome: 'failed' as const,
    ms: 1,
    figures: [],
    error: `no\n  way${'!'.repeat(2000)}`,
  }
  const line = failureLine(failed)
  assert.match(line, /^FAILED a\.test\.ts: a suite › a test: no ⏎ way!/)
  assert.ok(line.length < 1000)
})
