import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LAUNCHER, temporaryFolder, type Said } from './support.ts'

/** Runs the launcher in a repository of its own, whose bundler does what `body` says. */
function launch(context: { after(work: () => void): void }, body: string): Said {
  const folder = temporaryFolder(context)
  for (const name of ['bin', 'tools', 'packages/cli/src']) mkdirSync(join(folder, name), { recursive: true })
  copyFileSync(LAUNCHER, join(folder, 'bin/faregate.mjs'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'packages/cli/src/main.ts'), "console.log('the sources')\n")
  writeFileSync(join(folder, 'bundled.mjs'), "console.log('the bundle')\n")
  writeFileSync(join(folder, 'tools/bundle.mjs'), `export async function bundledCommandLine() {\n${body}\n}\n`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/faregate.mjs')], { encoding: 'utf8' })
  return { code: status ?? -1, stdout, stderr }
}

test('in the repository the bundle runs where it can be made', (context) => {
  const said = launch(context, "return new URL('../bundled.mjs', import.meta.url).pathname")
  assert.deepEqual(said, { code: 0, stdout: 'the bundle\n', stderr: '' })
})

test('without the bundler, or on a disk that takes no more, the sources run without a word', (context) => {
  const full = ['EACCES', 'EROFS', 'ENOSPC'].map((code) => `throw Object.assign(new Error('${code}'), { code: '${code}' })`)
  for (const body of ["await import('esbuild')", ...full]) {
    assert.deepEqual(launch(context, body), { code: 0, stdout: 'the sources\n', stderr: '' }, body)
  }
})

test('when bundling fails for another reason the sources run, and one line says why', (context) => {
  for (const [body, cause] of [
    ["throw new Error('a source does not parse\\nat line 5')", /^faregate: .*: a source does not parse\n$/],
    ["await import('another-package')", /^faregate: .*'another-package'.*\n$/],
    ['throw undefined', /^faregate: .*undefined\n$/],
  ] as const) {
    const said = launch(context, body)
    assert.deepEqual([said.code, said.stdout], [0, 'the sources\n'])
    assert.match(said.stderr, cause)
  }
})
