import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { askMetered } from './support/answer.ts'
import { runCommand, type NewKey } from './support/command.ts'
import { offlineEnvironment, startGateway } from './support/process.ts'
import { ROOT } from './support/root.ts'

/**
 * Packs the project and runs the package in an empty folder: start, key, metered answer, SIGTERM.
 * @returns what it saw, in a sentence; rejects when anything of it fails
 */
export async function packSmoke(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-pack-'))
  const environment = offlineEnvironment()
  try {
    await runCommand('npm', ['pack', '--pack-destination', folder, '--loglevel=error'], { cwd: ROOT, environment })
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    if (tarball === undefined) throw new Error('npm pack made no package')
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const npx = ['--yes', `../${tarball}`]
    const gateway = await startGateway('npx', [...npx, 'start', '--port', '0', '--demo'], { cwd: empty, environment, withinMs: 180_000 })
    const created = await runCommand('npx', [...npx, 'key', 'create', '--credit', '5', '--json'], { cwd: empty, environment })
    const { key, model } = JSON.parse(created) as NewKey
    const cost = await askMetered(gateway.url, key, model)
    await gateway.stop()
    await endedInOrder(empty)
    return `${tarball} serves from an empty folder; the first answer cost ${cost}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** npx dies of the signal itself; the gateway behind it ends in order when it takes its note away. */
async function endedInOrder(folder: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (!existsSync(join(folder, 'data/instance.json'))) return
    await sleep(100)
  }
  throw new Error('the gateway went on after SIGTERM to npx')
}

if (import.meta.main) process.stdout.write(`${await packSmoke()}\n`)
