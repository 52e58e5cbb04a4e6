import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastRunOf } from '../support/last-results.ts'
import type { TestResult } from '../support/results.ts'
import { ROOT } from '../support/root.ts'
import { isNamed, runnerOf, type Witness } from './witness.ts'

/** What the tests of one witness came to when they last ran. */
export interface LastRun {
  /** The day, ISO 8601. */
  on: string
  passed: number
  failed: number
  skipped: number
  seconds: number
  /** What they said of themselves, the first few. */
  figures: string[]
}

/** Last runs by `file: name`; committed, so that the page says what was seen, and when. */
export type Report = Record<string, LastRun>

const FILE = join(ROOT, 'docs/reference/promises.json')
const MOST_FIGURES = 3

export function keyOf({ file, name }: Witness): string {
  return `${file}: ${name}`
}

/** What was seen last, as it is committed. */
export function readReport(): Report {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Report) : {}
}

/** Takes over what ran on this machine since, and forgets what is no witness any more. */
export function updateReport(witnesses: readonly Witness[]): void {
  const before = readReport()
  const runs = witnesses.map((witness) => [keyOf(witness), lastRunHere(witness) ?? before[keyOf(witness)]] as const)
  const report = Object.fromEntries(runs.filter(([, run]) => run !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(FILE, `${JSON.stringify(report, null, 1)}\n`)
}

function lastRunHere(witness: Witness): LastRun | undefined {
  const run = lastRunOf(runnerOf(witness))
  const results = run?.results.filter(({ names }) => names.some((name) => isNamed(witness, name))) ?? []
  return run === undefined || results.length === 0 ? undefined : sumOf(results, run.at)
}

function sumOf(results: readonly TestResult[], at: string): LastRun {
  const count = (outcome: TestResult['outcome']): number => results.filter((result) => result.outcome === outcome).length
  return {
    on: at.slice(0, 10),
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    seconds: Number((results.reduce((sum, { ms }) => sum + ms, 0) / 1_000).toPrecision(2)),
    figures: [...new Set(results.flatMap(({ figures }) => figures))].slice(0, MOST_FIGURES),
  }
}
