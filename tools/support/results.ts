import { relative } from 'node:path'
import type { EventData } from 'node:test'
import { ROOT } from './root.ts'

/** One test as a run saw it; a suite only where it was skipped whole or failed by itself. */
export interface TestResult {
  /** Where it is defined, from the repository's root. */
  file: string
  /** Its suites from the outermost on, then its own name. */
  names: string[]
  outcome: 'passed' | 'failed' | 'skipped'
  ms: number
  /** What it said by `context.diagnostic`: its key figures. */
  figures: string[]
  /** Why it failed. */
  error?: string
}

type Ended = EventData.TestPass | EventData.TestFail

/** Puts the events of a run together into results. Events of one file come in order, whatever runs beside it. */
export class Results {
  readonly all: TestResult[] = []
  readonly #root: string
  /** By file: the names that are open, by depth. */
  readonly #open = new Map<string, string[]>()
  /** By file and depth: what ended last, which is what a diagnostic belongs to. */
  readonly #ended = new Map<string, TestResult>()

  constructor(root = ROOT) {
    this.#root = root
  }

  start({ file, nesting, name }: EventData.TestStart): void {
    this.#open.set(keyOf(file), [...(this.#open.get(keyOf(file)) ?? []).slice(0, nesting), name])
  }

  end(event: Ended, outcome: 'passed' | 'failed'): void {
    const { file, nesting, name, details } = event
    const marked = event.skip !== undefined || event.todo !== undefined
    const result: TestResult = {
      file: file === undefined ? '?' : relative(this.#root, file),
      names: [...(this.#open.get(keyOf(file)) ?? []).slice(0, nesting), name],
      outcome: marked ? 'skipped' : outcome,
      ms: details.duration_ms,
      figures: [],
      ...(outcome === 'failed' && !marked ? { error: errorOf(event) } : {}),
    }
    this.#ended.set(`${keyOf(file)} ${nesting}`, result)
    if (details.type === 'suite' && !marked && (outcome === 'passed' || failedInside(event))) return
    this.all.push(result)
  }

  diagnostic({ file, nesting, message }: EventData.TestDiagnostic): void {
    if (file !== undefined) this.#ended.get(`${keyOf(file)} ${nesting}`)?.figures.push(message)
  }
}

function keyOf(file: string | undefined): string {
  return file ?? '?'
}

/** One line for a test that failed: where it is, its names, the first lines of why. They are told last, where nobody overlooks them. */
export function failureLine({ file, names, error = '' }: TestResult): string {
  return `FAILED ${file}: ${names.join(' › ')}: ${error.replaceAll(/\s*\n\s*/g, ' ⏎ ').slice(0, 800)}`
}

/** Whether a suite failed only because a test in it did. */
export function failedInside(event: Ended): boolean {
  const error = 'error' in event.details ? event.details.error : undefined
  return error !== undefined && 'failureType' in error && error.failureType === 'subtestsFailed'
}

function errorOf(event: Ended): string {
  const error = 'error' in event.details ? event.details.error : undefined
  if (error === undefined) return 'no error was given'
  // A file whose process was ended from outside.
  if ('signal' in error && typeof error.signal === 'string') return `${error.message}: ended by ${error.signal}`
  return error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : error.message
}
