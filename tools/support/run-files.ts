import { join, relative } from 'node:path'
import { run, type EventData } from 'node:test'
import { spec } from 'node:test/reporters'
import { TEST_PROCESS_ARGUMENTS } from './test-process.ts'
import { failedInside, Results, type TestResult } from './results.ts'
import { ROOT } from './root.ts'
import type { Tally } from './tally.ts'

/** Something that was not run, and why. */
export interface Skip {
  file: string
  name: string
  reason: string
}

/** What a run of files came to. */
export interface FilesRun {
  tally: Tally
  skips: Skip[]
  results: TestResult[]
}

/** A test that is not done by then hangs. */
const TEST_TIMEOUT_MS = 15 * 60_000

/** Runs test files, each in a process of its own, with their results shown; counts tests, and what was skipped. */
export async function runFiles(files: string[], concurrency: number): Promise<FilesRun> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const skips: Skip[] = []
  const results = new Results()
  // Hundreds of processes read the same sources: they are compiled once.
  process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules/.cache/compile')
  const stream = run({ files, concurrency, cwd: ROOT, timeout: TEST_TIMEOUT_MS, execArgv: TEST_PROCESS_ARGUMENTS })
  stream.on('test:start', (event) => results.start(event))
  stream.on('test:diagnostic', (event) => results.diagnostic(event))
  stream.on('test:pass', (event) => {
    results.end(event, 'passed')
    count(event, tally, skips, 'passed')
  })
  stream.on('test:fail', (event) => {
    results.end(event, 'failed')
    count(event, tally, skips, 'failed')
  })
  const shown = stream.compose<NodeJS.ReadableStream>(new spec())
  for await (const piece of shown) process.stdout.write(piece)
  return { tally, skips, results: results.all }
}

type Ended = EventData.TestPass | EventData.TestFail

/** A suite counts only when it was skipped whole or failed by itself; otherwise its tests do. */
function count(event: Ended, tally: Tally, skips: Skip[], outcome: 'passed' | 'failed'): void {
  const { skip, todo, name, file } = event
  const suite = event.details.type === 'suite'
  if (skip !== undefined || todo !== undefined) {
    tally.skipped++
    skips.push({
      file: file === undefined ? '?' : relative(ROOT, file),
      name,
      reason: reasonOf(skip) ?? reasonOf(todo) ?? 'no reason given',
    })
    return
  }
  if (suite && (outcome === 'passed' || failedInside(event))) return
  tally[outcome]++
}

function reasonOf(mark: string | boolean | undefined): string | undefined {
  return typeof mark === 'string' && mark !== '' ? mark : undefined
}
