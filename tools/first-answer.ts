/** Times, in a fresh clone in a temporary folder, from `npm ci` and from `npm start` to the first metered answer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askMetered } from './support/answer.ts'
import { runCommand, type NewKey } from './support/command.ts'
import { offlineEnvironment, startGateway } from './support/process.ts'
import { ROOT } from './support/root.ts'

function seconds(from: number, to: number): string {
  return `${((to - from) / 1000).toFixed(1)} s`
}

const folder = mkdtempSync(join(tmpdir(), 'faregate-first-'))
const clone = join(folder, 'faregate')
const environment = offlineEnvironment()
try {
  await runCommand('git', ['clone', '--quiet', '--depth', '1', `file://${ROOT}`, clone], { cwd: folder })
  const begun = performance.now()
  await runCommand('npm', ['ci', '--loglevel=error'], { cwd: clone, environment })
  const installed = performance.now()
  const gateway = await startGateway('npm', ['start', '--', '--port', '0'], { cwd: clone, environment })
  const ready = performance.now()
  const created = await runCommand('node', ['bin/faregate.mjs', 'key', 'create', '--credit', '5', '--json'], { cwd: clone, environment })
  const { key, model } = JSON.parse(created) as NewKey
  const cost = await askMetered(gateway.url, key, model)
  const answered = performance.now()
  await gateway.stop()
  process.stdout.write(
    [
      `npm ci                              ${seconds(begun, installed)}`,
      `npm start until it serves           ${seconds(installed, ready)}`,
      `npm start until the first answer    ${seconds(installed, answered)}`,
      `npm ci until the first answer       ${seconds(begun, answered)}  (it cost ${cost})`,
      '',
    ].join('\n'),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
