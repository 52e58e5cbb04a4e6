/**
 * `npm run test:planted [-- WORD…]`: plants each defect of the list (those whose name holds one of the words) in a copy of
 * the repository, and insists that the test that is named for it passes without the defect and fails with it, for the
 * reason that is expected. The original is not touched, and nothing is left behind.
 */
import { spawnSync } from 'node:child_process'
import { ensureInstalled } from '../support/install.ts'
import { rememberResults } from '../support/last-results.ts'
import { findPostgres } from '../support/postgres.ts'
import type { TestResult } from '../support/results.ts'
import { formatTally, type Tally } from '../support/tally.ts'
import { bundle, copyRepository, temporaryOf, type Copy } from './copy.ts'
import type { Defect, Need, Verdict } from './defect.ts'
import { DEFECTS, describedIn } from './defects.ts'
import { plant, StaleDefect } from './plant.ts'
import { runNamed } from './run-named.ts'

/** Plants every chosen defect, shows how each fared, and keeps it for the page of promises. */
export async function runPlanted(words: string[] = []): Promise<Tally> {
  const begunAt = new Date()
  const chosen = DEFECTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
  const verdicts = await inCopy((copy, missing) => tryAll(copy, chosen, missing))
  rememberResults(verdicts.map(resultOf), begunAt)
  return {
    passed: verdicts.filter(({ outcome }) => outcome === 'caught').length,
    failed: verdicts.filter(({ outcome }) => outcome === 'missed').length,
    skipped: verdicts.filter(({ outcome }) => outcome === 'skipped').length,
  }
}

/** Works in a copy that is gone afterwards, whatever happens; `missing` says what defects cannot have here. */
async function inCopy(work: (copy: Copy, missing: ReadonlySet<Need>) => Promise<Verdict[]>): Promise<Verdict[]> {
  ensureInstalled('tests')
  const missing = new Set<Need>()
  if (spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status !== 0) missing.add('strace')
  const postgres = await findPostgres(process.env)
  if (postgres.url === undefined) missing.add('postgres')
  const copy = copyRepository()
  const before = { TMPDIR: process.env['TMPDIR'], FAREGATE_TEST_POSTGRES_URL: process.env['FAREGATE_TEST_POSTGRES_URL'] }
  process.env['TMPDIR'] = temporaryOf(copy)
  if (postgres.url !== undefined) process.env['FAREGATE_TEST_POSTGRES_URL'] = postgres.url
  const interrupted = (): void => {
    copy.remove()
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    return await work(copy, missing)
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    restore(before)
    copy.remove()
    await postgres.stop()
  }
}

/** Variable by variable: an object put in the place of `process.env` leaves the process's own environment as it was changed. */
function restore(before: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = value
  }
}

async function tryAll(copy: Copy, defects: Defect[], missing: ReadonlySet<Need>): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  const possible = defects.filter(({ needs }) => needs === undefined || !missing.has(needs))
  const broken = await brokenWithout(copy, possible)
  for (const defect of defects) {
    const verdict = possible.includes(defect)
      ? await tryOne(copy, defect, broken.get(defect))
      : { defect, outcome: 'skipped' as const, said: `there is no ${defect.needs} here`, ms: 0 }
    process.stdout.write(line(verdict))
    verdicts.push(verdict)
  }
  return verdicts
}

/** The tests as they are, file by file: why a test is no witness, because it fails without any defect. */
async function brokenWithout(copy: Copy, defects: Defect[]): Promise<Map<Defect, string>> {
  const broken = new Map<Defect, string>()
  bundle(copy)
  for (const [file, ofFile] of Map.groupBy(defects, ({ caughtBy }) => caughtBy.file)) {
    const results = await runNamed(
      copy.root,
      file,
      ofFile.map(({ caughtBy }) => caughtBy),
    )
    for (const defect of ofFile) {
      const result = results.find(({ names }) => names.join(' ') === defect.caughtBy.names.join(' '))
      if (result?.outcome !== 'passed') broken.set(defect, `without the defect the test ${whatOf(result, results)}`)
    }
  }
  return broken
}

async function tryOne(copy: Copy, defect: Defect, broken: string | undefined): Promise<Verdict> {
  if (broken !== undefined) return { defect, outcome: 'missed', said: broken, ms: 0 }
  const begun = performance.now()
  let pull: (() => void) | undefined
  try {
    pull = plant(copy.root, defect)
    bundle(copy)
    const results = await runNamed(copy.root, defect.caughtBy.file, [defect.caughtBy])
    return { defect, ...judge(defect, results), ms: performance.now() - begun }
  } catch (error) {
    if (!(error instanceof StaleDefect)) throw error
    return { defect, outcome: 'missed', said: error.message, ms: 0 }
  } finally {
    pull?.()
  }
}

function judge(defect: Defect, results: TestResult[]): Pick<Verdict, 'outcome' | 'said'> {
  const [result, ...others] = results
  if (result === undefined || others.length > 0) return { outcome: 'missed', said: `${results.length} tests of that name ran` }
  const error = (result.error ?? '').replaceAll(/\s+/g, ' ')
  if (result.outcome !== 'failed') return { outcome: 'missed', said: `the test ${result.outcome}` }
  if (result.names.join(' ') !== defect.caughtBy.names.join(' ') || !defect.because.test(error)) {
    return { outcome: 'missed', said: `${result.names.join(' › ')} failed for another reason: ${error}` }
  }
  return { outcome: 'caught', said: defect.because.exec(error)?.[0] ?? error }
}

function whatOf(result: TestResult | undefined, all: TestResult[]): string {
  if (result !== undefined) return `${result.outcome}: ${all.flatMap(({ error }) => error ?? []).join('; ')}`
  return all.length === 0 ? 'does not exist: mend its name in tools/planted/' : `did not run: ${all.map(({ error }) => error).join('; ')}`
}

function line({ defect, outcome, said, ms }: Verdict): string {
  const { file, names } = defect.caughtBy
  const sign = { caught: '✔', missed: '✖', skipped: '﹣' }[outcome]
  return `${sign} ${defect.name}: ${outcome} (${(ms / 1000).toFixed(1)} s)\n    ${file}: ${names.at(-1)}\n    ${said.replaceAll('\n', '\n    ')}\n`
}

function resultOf({ defect, outcome, said, ms }: Verdict): TestResult {
  const outcomes = { caught: 'passed', missed: 'failed', skipped: 'skipped' } as const
  return { file: describedIn(defect), names: [defect.name], outcome: outcomes[outcome], ms, figures: [said] }
}

if (import.meta.main) {
  const tally = await runPlanted(process.argv.slice(2))
  process.stdout.write(`\n${formatTally(tally)}\n`)
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1
}
