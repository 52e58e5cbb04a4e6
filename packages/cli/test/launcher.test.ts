import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { LAUNCHER, startBy, temporaryFolder } from './support.ts'

const START = [LAUNCHER, 'start', '--demo', '--port', '0']
const old = oldNode()

/** A Node older than 24 on the PATH. */
function oldNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  return places.find(
    (node) => existsSync(node) && Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10) < 24,
  )
}

function notedPid(folder: string): number {
  return (JSON.parse(readFileSync(join(folder, 'data/instance.json'), 'utf8')) as { pid: number }).pid
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && lives(pid); tries++) await sleep(50)
  assert.equal(lives(pid), false, `process ${pid} goes on`)
}

test('under Node 24 the gateway is the launcher’s own process, and SIGTERM ends it with 0', async (context) => {
  const folder = temporaryFolder(context)
  const { child } = await startBy(process.execPath, START, { cwd: folder })
  assert.equal(notedPid(folder), child.pid)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await exit, [0, null])
  assert.equal(existsSync(join(folder, 'data/instance.json')), false)
})

test('a gateway whose output nobody reads any more serves on, and ends in order', async (context) => {
  const folder = temporaryFolder(context)
  const { child, url } = await startBy(process.execPath, START, { cwd: folder })
  child.stdout?.destroy()
  child.stderr?.destroy()
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await exit, [0, null])
})

test('started by npx, the gateway ends in order when the shell between is gone', async (context) => {
  const folder = temporaryFolder(context)
  const command = `"${process.execPath}" "${LAUNCHER}" start --demo --port 0; true`
  const { child } = await startBy('sh', ['-c', command], { cwd: folder, environment: { npm_command: 'exec' } })
  const pid = notedPid(folder)
  child.kill('SIGKILL')
  await gone(pid)
  assert.equal(existsSync(join(folder, 'data/instance.json')), false)
})

describe('under an older Node', { skip: old === undefined && 'no Node older than 24 is on the PATH' }, () => {
  const node = old ?? ''

  test('the Node that was brought along runs the gateway; SIGTERM is forwarded and the exit code comes back', async (context) => {
    const folder = temporaryFolder(context)
    const { child } = await startBy(node, START, { cwd: folder })
    assert.notEqual(notedPid(folder), child.pid)
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    assert.deepEqual(await exit, [0, null])
  })

  test('a killed launcher takes the gateway with it', async (context) => {
    const folder = temporaryFolder(context)
    const { child } = await startBy(node, START, { cwd: folder })
    const pid = notedPid(folder)
    child.kill('SIGKILL')
    await gone(pid)
  })

  test('the exit code of a command comes back', () => {
    assert.equal(spawnSync(node, [LAUNCHER, 'balance', '--no-such-flag']).status, 2)
    assert.equal(spawnSync(node, [LAUNCHER, '--version']).status, 0)
  })
})
