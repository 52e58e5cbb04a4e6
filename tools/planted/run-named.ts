import { once } from 'node:events'
import { join } from 'node:path'
import { run } from 'node:test'
import { TEST_PROCESS_ARGUMENTS } from '../support/test-process.ts'
import { Results, type TestResult } from '../support/results.ts'
import type { TestName } from './defect.ts'

/** A test that hangs because of a defect is ended. */
const TIMEOUT_MS = 180_000

/** What Node says of a file that ended with an error of its own. */
const FILE_FAILED = 'test failed'
const MOST_SAID = 2_000

/** Runs tests of one file by their names, in a copy of the repository, silently. */
export async function runNamed(root: string, file: string, tests: readonly TestName[]): Promise<TestResult[]> {
  const results = new Results(root)
  const stream = run({
    files: [join(root, file)],
    cwd: root,
    timeout: TIMEOUT_MS,
    execArgv: TEST_PROCESS_ARGUMENTS,
    testNamePatterns: tests.map(({ names }) => new RegExp(`^${escaped(names.join(' '))}$`)),
  })
  stream.on('test:start', (event) => results.start(event))
  stream.on('test:pass', (event) => results.end(event, 'passed'))
  stream.on('test:fail', (event) => results.end(event, 'failed'))
  let said = ''
  stream.on('test:stderr', ({ message }) => (said = (said + message).slice(-MOST_SAID)))
  await once(stream.resume(), 'end')
  // A file that cannot even begin says why only there.
  return results.all.map((result) =>
    result.error?.startsWith(FILE_FAILED) === true ? { ...result, error: `${result.error}: ${said.trim()}` } : result,
  )
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}
