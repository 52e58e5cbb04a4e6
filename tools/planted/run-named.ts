import { once } from 'node:events'
import { join } from 'node:path'
import { run } from 'node:test'
import { Results, type TestResult } from '../support/results.ts'
import type { TestName } from './defect.ts'

/** A test that hangs because of a defect is ended. */
const TIMEOUT_MS = 180_000

/** Runs tests of one file by their names, in a copy of the repository, silently. */
export async function runNamed(root: string, file: string, tests: readonly TestName[]): Promise<TestResult[]> {
  const results = new Results(root)
  const stream = run({
    files: [join(root, file)],
    cwd: root,
    timeout: TIMEOUT_MS,
    testNamePatterns: tests.map(({ names }) => new RegExp(`^${escaped(names.join(' '))}$`)),
  })
  stream.on('test:start', (event) => results.start(event))
  stream.on('test:pass', (event) => results.end(event, 'passed'))
  stream.on('test:fail', (event) => results.end(event, 'failed'))
  await once(stream.resume(), 'end')
  return results.all
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}
