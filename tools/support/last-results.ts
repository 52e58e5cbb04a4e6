import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestResult } from './results.ts'
import { ROOT } from './root.ts'

/** Not committed: every run of tests leaves its results here, and `npm run docs` takes from it what the pages show. */
const STORE = join(ROOT, 'node_modules/.cache/faregate-test-results.json')

/** The last run of one test file. */
interface FileRun {
  /** When the run began, ISO 8601. */
  at: string
  results: TestResult[]
}

type Store = Record<string, FileRun>

/** Keeps the results of a run that began at a time; a file that it ran forgets what it said before. */
export function rememberResults(results: readonly TestResult[], at: Date): void {
  const store = read()
  for (const [file, ofFile] of Map.groupBy(results, (result) => result.file)) store[file] = { at: at.toISOString(), results: ofFile }
  mkdirSync(dirname(STORE), { recursive: true })
  const draft = `${STORE}.${process.pid}`
  writeFileSync(draft, JSON.stringify(store))
  renameSync(draft, STORE)
}

/** What the tests of a file said last on this machine; undefined where they were not run. */
export function lastRunOf(file: string): FileRun | undefined {
  return read()[file]
}

function read(): Store {
  return existsSync(STORE) ? (JSON.parse(readFileSync(STORE, 'utf8')) as Store) : {}
}
