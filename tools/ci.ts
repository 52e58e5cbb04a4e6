/** What CI runs after `npm ci`: the tests, the checks, the planted defects, the package; ends with the sum of them all. */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { CHECKS, runCheck } from './check.ts'
import { packSmoke } from './pack-smoke.ts'
import { runPlanted } from './planted/run.ts'
import { ensureInstalled } from './support/install.ts'
import { ROOT } from './support/root.ts'
import { runFiles } from './support/run-files.ts'
import { addTallies, formatTally, readTally, type Tally } from './support/tally.ts'

/** Of CI's 90 minutes; the checks need a few. */
const TESTS_TIMEOUT_MS = 75 * 60_000

const FAILED: Tally = { passed: 0, failed: 1, skipped: 0 }

/** Runs `npm test` with its output shown. @returns what it counted and its lines on failures; a run that counted nothing has failed */
async function npmTest(): Promise<{ tally: Tally; failures: string[] }> {
  const child = spawn('npm', ['test', '--silent'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  // The whole group: what npm started holds the output open as well.
  const late = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), TESTS_TIMEOUT_MS)
  let output = ''
  child.stdout.on('data', (piece: Buffer) => {
    output = (output + piece.toString('utf8')).slice(-100_000)
    process.stdout.write(piece)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(late)
  const tally = readTally(output)
  const failures = [...output.matchAll(/^FAILED .*$/gm)].map(([line]) => line)
  if (tally === undefined) return { tally: FAILED, failures }
  return { tally: code !== 0 && tally.failed === 0 ? addTallies(tally, FAILED) : tally, failures }
}

/** One check counts as one. */
async function counted(name: string, passes: () => boolean | Promise<boolean>): Promise<Tally> {
  process.stdout.write(`\n— ${name}\n`)
  const passed = await Promise.resolve()
    .then(passes)
    .catch((error: unknown) => {
      process.stdout.write(`${String(error)}\n`)
      return false
    })
  process.stdout.write(`${passed ? '✔' : '✖'} ${name}\n`)
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 }
}

async function ownTests(): Promise<Tally> {
  process.stdout.write('\n— tests of the tools\n')
  ensureInstalled('tools')
  return (await runFiles(globSync('tools/test/**/*.test.ts', { cwd: ROOT }), 1)).tally
}

async function planted(): Promise<Tally> {
  process.stdout.write('\n— planted defects\n')
  return runPlanted()
}

const { tally: tested, failures } = await npmTest()
const tallies = [tested]
for (const name of Object.keys(CHECKS)) tallies.push(await counted(name, () => runCheck(name)))
tallies.push(await ownTests())
tallies.push(await planted())
tallies.push(
  await counted('the package runs in an empty folder', async () => {
    process.stdout.write(`${await packSmoke()}\n`)
    return true
  }),
)
const sum = addTallies(...tallies)
// Told again: whoever reads the end of a long output must not search for them.
for (const failure of failures) process.stdout.write(`\n${failure}`)
process.stdout.write(`\n${failures.length === 0 ? '' : '\n'}\n${formatTally(sum)}\n`)
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1
