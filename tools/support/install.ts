import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'

/** Folders with packages of their own beside the workspaces: what only checks need is not installed to serve. */
export type Side = 'tests' | 'tools' | 'bench/peers' | 'tools/lifecycle/service'

/**
 * Installs a side package unless what stands there was installed from the same lock file.
 * @throws Error when npm fails; npm's own output has been shown by then.
 */
export function ensureInstalled(side: Side): void {
  const folder = join(ROOT, side)
  const lock = join(folder, 'package-lock.json')
  if (!existsSync(lock)) return
  const stamp = join(folder, 'node_modules', '.installed-from')
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write(`installing ${side}/ …\n`)
  // Exactly what the lock says, like `npm ci`, which however refuses a lock that lacks other platforms' binaries;
  // a registry that mirrors only some platforms leaves them out of it.
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
  if (npm.status !== 0) throw new Error(`npm install in ${side}/ failed with ${npm.status ?? npm.signal ?? 'no npm'}`)
  writeFileSync(stamp, wanted)
}
