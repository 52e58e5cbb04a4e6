import type { ProblemLike } from '../dialect.ts'

/** The body of a refusal: Ollama's clients read `error`, a string (documentation: API, Errors). */
export function errorBody(problem: ProblemLike): Record<string, unknown> {
  return { ...problem, error: problem.detail }
}

/** A refusal in mid-stream: the same object as a line, after which nothing follows. */
export function errorEvent(problem: ProblemLike): Buffer {
  return Buffer.from(`${JSON.stringify(errorBody(problem))}\n`)
}
