import { Failure } from './command.ts'

/** What a person reads when a command failed: what happened, and the first way to mend it. */
export async function explainFailure(error: unknown): Promise<string> {
  if (error instanceof Failure) return withFix(error.message, error.fix)
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'UsageError') return error.message
  const problem = problemOf(error)
  if (problem !== undefined) {
    const { problemEntry } = await import('@faregate/contract')
    return withFix(
      `${problem.detail} (${problem.code})${detailsOf(problem)}`,
      firstFix(problem) ?? usefulHint(problemEntry(problem.code)?.mend[0]),
    )
  }
  if (isUnreachable(error))
    return withFix(`The gateway does not answer: ${causeOf(error)}.`, 'Start it with `faregate start`, or name its address with --url.')
  return error.message
}

/** What a problem lists beside its detail: what is wrong with a document, line by line; what is said against a release; what changed. */
function detailsOf({ findings, flaws, changes }: ProblemFacts): string {
  const lines = [
    ...itemsOf(findings).map(({ line, column, level, message }) => `line ${line}, column ${column}: ${level}: ${message}`),
    ...itemsOf(flaws).map(({ code, detail, fix }) => `${code}: ${detail}; ${fix}`),
    ...itemsOf(changes).map(({ field, before, after }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`),
  ]
  return lines.map((line) => `\n  ${line}`).join('')
}

function itemsOf(value: unknown): Record<string, string>[] {
  return Array.isArray(value) ? (value as Record<string, string>[]) : []
}

/** `detail` is what was just printed: a hint that only points there is left out. */
function usefulHint(hint: string | undefined): string | undefined {
  return hint?.startsWith('Read `detail`') === true ? undefined : hint
}

interface ProblemFacts {
  code: string
  detail: string
  fixes?: unknown
  findings?: unknown
  flaws?: unknown
  changes?: unknown
}

/** The problem that the management API answered, if this error carries one. */
function problemOf(error: Error): ProblemFacts | undefined {
  if (error.name !== 'ApiError' || !('problem' in error)) return undefined
  const { problem } = error
  return typeof problem === 'object' && problem !== null && 'code' in problem && 'detail' in problem ? (problem as ProblemFacts) : undefined
}

function firstFix(problem: ProblemFacts): string | undefined {
  const fix: unknown = Array.isArray(problem.fixes) ? problem.fixes[0] : undefined
  if (typeof fix !== 'object' || fix === null) return undefined
  const parts = fix as { command?: unknown; url?: unknown; action?: unknown }
  return [parts.command, parts.url, parts.action].find((part) => typeof part === 'string')
}

function isUnreachable(error: Error): boolean {
  return error instanceof TypeError && error.message === 'fetch failed'
}

function causeOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

function withFix(message: string, fix: string | undefined): string {
  return fix === undefined ? message : `${message}\n→ ${fix}`
}
