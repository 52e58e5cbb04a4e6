// Bundles the sources once, so that starting loads a few files instead of hundreds: a second start takes half the
// time and a tenth less memory. Plain JavaScript, because the launcher runs it at every start.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const CACHE = join(ROOT, 'node_modules', '.cache', 'faregate')

/** By the name of the output: worker threads are looked up beside the bundle under these names. */
export const ENTRIES = {
  cli: 'packages/cli/src/main.ts',
  'sqlite-writer': 'packages/store/src/sqlite/sqlite-writer.ts',
  'sqlite-reader': 'packages/store/src/sqlite/sqlite-reader.ts',
  'tokenizer-worker': 'packages/pricing/src/tokenizer/worker.ts',
  'openapi-worker': 'packages/lifecycle/src/openapi/worker.ts',
}

/** What stays outside: native code, what is large, and what is loaded by few and late. */
const OUTSIDE = ['better-sqlite3', 'pg', 'redis', 'stripe', 'gpt-tokenizer', 'gpt-tokenizer/*']

/** The command line, bundled from the sources as they are now; made where it is not there yet. */
export async function bundledCommandLine() {
  const folder = join(CACHE, fingerprint())
  if (!existsSync(join(folder, 'cli.js'))) await bundleInto(folder)
  return join(folder, 'cli.js')
}

/** Changes with every source, and with what is installed. */
function fingerprint() {
  const hash = createHash('sha256').update(process.version)
  const files = readdirSync(join(ROOT, 'packages'), { recursive: true }).filter((file) => file.endsWith('.ts') && file.includes('src'))
  for (const file of ['package-lock.json', 'tools/bundle.mjs', ...files.toSorted().map((name) => join('packages', name))]) {
    const { mtimeMs, size } = statSync(join(ROOT, file))
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Made aside and moved into place whole, because several processes may start at once. */
async function bundleInto(folder) {
  const { build } = await import('esbuild')
  const draft = `${folder}.${process.pid}`
  mkdirSync(draft, { recursive: true })
  await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: draft,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: OUTSIDE,
    chunkNames: 'chunk-[hash]',
    sourcemap: 'linked',
    // Bundled CommonJS asks for Node's own modules by `require`, which modules do not have.
    banner: { js: "import { createRequire as faregateRequire } from 'node:module'; const require = faregateRequire(import.meta.url);" },
    logLevel: 'error',
  })
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  dropOld(folder)
}

/** Bundles of earlier sources go after a day: a process that still runs may load the rest of its own. */
function dropOld(current) {
  for (const name of readdirSync(CACHE)) {
    const folder = join(CACHE, name)
    if (folder !== current && Date.now() - statSync(folder).mtimeMs > 86_400_000) rmSync(folder, { recursive: true, force: true })
  }
}
