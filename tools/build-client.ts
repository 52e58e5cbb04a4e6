/** Builds the package for callers, as it is published: JavaScript and its types. `node tools/build-client.ts [FOLDER]`. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ROOT } from './support/root.ts'

const CLIENT = join(ROOT, 'packages/client')

/** Compiled without Node's types: what is not in browsers, too, does not compile. Throws when it does not. */
export function buildClient(folder = join(CLIENT, 'dist')): void {
  rmSync(folder, { recursive: true, force: true })
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const run = spawnSync(process.execPath, [compiler, '-p', join(CLIENT, 'tsconfig.json'), '--outDir', folder], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`the client does not compile:\n${run.stdout}${run.stderr}`)
}

if (import.meta.main) buildClient(process.argv[2] === undefined ? undefined : resolve(process.argv[2]))
