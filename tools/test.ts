/**
 * The test runner: `npm test [-- PATH…]`. Runs every `*.test.ts` of the packages and of the whole system, at last, one
 * at a time, those that measure time or memory. What is under `tests/long` runs only when it is named. What every test
 * said last is kept for the page that shows it: `npm run docs`.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { ensureInstalled } from './support/install.ts'
import { rememberResults } from './support/last-results.ts'
import { findPostgres } from './support/postgres.ts'
import { redisAnswers } from './support/redis.ts'
import { ROOT } from './support/root.ts'
import { failureLine, type TestResult } from './support/results.ts'
import { runFiles, type Skip } from './support/run-files.ts'
import { addTallies, formatTally, type Tally } from './support/tally.ts'

interface Phase {
  holds: (file: string) => boolean
  /** Test files that run at the same time. */
  concurrency: number
}

const FILES = ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts']

/** What is measured there is time or memory, of which others beside them would take some. */
const MEASURING = [
  'packages/server/test/settings',
  'tests/apis/',
  'tests/chaos/',
  'tests/endpoints/bytes',
  'tests/faults/',
  'tests/limits/',
  'tests/long/',
  'tests/matrix/faults',
  'tests/matrix/large',
  'tests/money/plan-races',
  'tests/soak/',
]

const PHASES: Phase[] = [
  { holds: (file) => !startsAsOneOf(file, MEASURING), concurrency: 4 },
  { holds: (file) => startsAsOneOf(file, MEASURING), concurrency: 1 },
]

const LONG = ['tests/long/']

/** All test files but the long ones, or those whose path starts as one that was named. */
function filesOf(named: string[]): string[] {
  const all = globSync(FILES, { cwd: ROOT, exclude: ['**/node_modules/**'] }).toSorted()
  if (named.length === 0) return all.filter((file) => !startsAsOneOf(file, LONG))
  const paths = named.map((path) => path.replace(/^\.\//, ''))
  return all.filter((file) => startsAsOneOf(file, paths))
}

function startsAsOneOf(file: string, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) => file.startsWith(beginning))
}

/** What is here and was skipped all the same is a failure: nothing would tell that its half is untested. */
function wronglySkipped(skips: Skip[], stores: { name: string; here: boolean; pattern: RegExp }[]): Skip[] {
  return skips.filter((skip) => stores.some((store) => store.here && store.pattern.test(skip.reason)))
}

async function main(named: string[]): Promise<boolean> {
  ensureInstalled('tests')
  const postgres = await findPostgres(process.env)
  if (postgres.url === undefined) process.stderr.write(`\nSKIPPING WHAT NEEDS POSTGRESQL. ${postgres.reason ?? ''}\n\n`)
  else process.env['FAREGATE_TEST_POSTGRES_URL'] = postgres.url
  const skips: Skip[] = []
  const results: TestResult[] = []
  const begunAt = new Date()
  let tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  try {
    const all = filesOf(named)
    for (const phase of PHASES) {
      const files = all.filter(phase.holds)
      if (files.length === 0) continue
      const result = await runFiles(files, phase.concurrency)
      tally = addTallies(tally, result.tally)
      skips.push(...result.skips)
      results.push(...result.results)
    }
  } finally {
    await postgres.stop()
  }
  rememberResults(results, begunAt)
  const wrong = wronglySkipped(skips, [
    { name: 'PostgreSQL', here: postgres.url !== undefined, pattern: /postgres/i },
    { name: 'Redis', here: await redisAnswers(process.env), pattern: /redis is not|no redis/i },
    { name: 'Chromium', here: spawnSync('chromium', ['--version'], { stdio: 'ignore' }).status === 0, pattern: /chromium is not/i },
    { name: 'recordings', here: process.env['FAREGATE_RECORDED'] !== undefined, pattern: /FAREGATE_RECORDED/ },
  ])
  for (const skip of skips) process.stdout.write(`SKIPPED ${skip.file}: ${skip.name}: ${skip.reason}\n`)
  for (const result of results.filter(({ outcome }) => outcome === 'failed')) process.stdout.write(`${failureLine(result)}\n`)
  for (const skip of wrong) process.stdout.write(`FAILED ${skip.file}: ${skip.name} was skipped, though what it needs is here\n`)
  tally = { ...tally, failed: tally.failed + wrong.length, skipped: tally.skipped - wrong.length }
  process.stdout.write(`${formatTally(tally)}\n`)
  return tally.failed === 0 && tally.passed > 0
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
