import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { ROOT } from '../support/root.ts'

const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'data'])
/** Folders with packages of their own. */
const SIDES = ['tests', 'tools']

/** A copy of the repository to break. */
export interface Copy {
  root: string
  remove(): void
}

/**
 * Copies the repository into a temporary folder, as it is in the work tree. What is installed is linked, entry by entry:
 * the workspaces' own links must lead to the copy, or the tests of the copy would test the original.
 */
export function copyRepository(): Copy {
  const home = mkdtempSync(join(tmpdir(), 'faregate-planted-'))
  const root = join(home, 'repository')
  cpSync(ROOT, root, { recursive: true, filter: (path) => !isLeftOut(relative(ROOT, path)) })
  linkEntries(join(ROOT, 'node_modules'), join(root, 'node_modules'), (name) => name !== '@faregate' && name !== '.cache')
  mkdirSync(join(root, 'node_modules/@faregate'))
  for (const name of readdirSync(join(root, 'packages'))) {
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@faregate', name))
  }
  for (const side of SIDES) symlinkSync(join(ROOT, side, 'node_modules'), join(root, side, 'node_modules'))
  mkdirSync(join(home, 'temporary'))
  return { root, remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }) }
}

/** For what tests of the copy put into the system's folder of temporary files: it goes with the copy. */
export function temporaryOf(copy: Copy): string {
  return join(copy.root, '../temporary')
}

/** Bundles the sources of a copy as they are now: gateways that start at once would each do it, and be late. */
export function bundle({ root }: Copy): void {
  const script = `(await import(${JSON.stringify(join(root, 'tools/bundle.mjs'))})).bundledCommandLine()`
  spawnSync(process.execPath, ['--input-type=module', '-e', `await ${script}`], { cwd: root, stdio: 'ignore' })
}

function isLeftOut(path: string): boolean {
  const parts = path.split(sep)
  return parts.length <= 2 && LEFT_OUT.has(parts.at(-1) ?? '')
}

function linkEntries(from: string, to: string, wanted: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from).filter(wanted)) symlinkSync(join(from, name), join(to, name))
}
