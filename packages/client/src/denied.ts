import type { DenialCode } from './codes.ts'
import type { Alternative, Fix, Problem, ProblemOf } from './problem.ts'

/**
 * A refusal of the gateway, as an error. `is` narrows it to a code, with what the problem of that code always carries:
 * `if (error.is('insufficient_balance')) error.problem.limit.shortfall`.
 */
export class Denied<Code extends DenialCode = DenialCode> extends Error {
  override readonly name = 'Denied'
  /** One of {@link DenialCode}; a newer gateway, and the management API, have others. */
  readonly code: Code | (string & {})
  readonly problem: DenialCode extends Code ? Problem : ProblemOf<Code>
  readonly status: number
  /** Sent while the answer was streaming, after its status. */
  readonly inStream: boolean

  constructor(problem: Problem, { inStream = false, cause }: { inStream?: boolean; cause?: unknown } = {}) {
    super(messageOf(problem), cause === undefined ? undefined : { cause })
    this.code = problem.code
    this.problem = problem as this['problem']
    this.status = problem.status
    this.inStream = inStream
  }

  /** Whether it is one of these codes. */
  is<Wanted extends DenialCode>(...codes: Wanted[]): this is Denied<Wanted> {
    return (codes as string[]).includes(this.code)
  }

  /** Every way to mend it, the best first. */
  get fixes(): Fix[] {
    return this.#told.fixes ?? []
  }

  /** The ways to mend it that the owner of the key has. */
  get yours(): Fix[] {
    return this.fixes.filter((fix) => fix.canYou === true)
  }

  /** Models that would do instead, as far as the gateway offers any. */
  get alternatives(): Alternative[] {
    const named = this.fixes.flatMap(({ kind, model }) => (kind === 'change_request' && model !== undefined ? [{ model }] : []))
    return [...(this.#told.alternatives ?? []), ...named]
  }

  /** Whether the same request can succeed after waiting. */
  get retryable(): boolean {
    return this.#told.retry?.retryable === true
  }

  /** How long the gateway asks to wait, where it knows. */
  get retryAfterSeconds(): number | undefined {
    return this.#told.retry?.afterSeconds
  }

  /** False, or the amount that was charged for what was delivered. */
  get charged(): false | string {
    return this.#told.charged ?? false
  }

  /** What else stands in the way. */
  get also(): string[] {
    return this.#told.also ?? []
  }

  /** For `faregate diagnose` and `GET /denials/{id}`. */
  get denialId(): string | undefined {
    return this.#told.denialId
  }

  get requestId(): string | undefined {
    return this.#told.requestId
  }

  get #told(): Problem {
    return this.problem
  }
}

/** What is wrong, who can mend it, and how: an error that nobody catches tells all of it. */
function messageOf({ code, detail, fixes = [] }: Problem): string {
  const ways = fixes.map((fix) => `${nameOf(fix)} (${fix.canYou === true ? 'you can' : fix.by.replaceAll('_', ' ')})`)
  return `${code}: ${detail}${ways.length === 0 ? '' : ` Fix: ${ways.join(', or ')}.`}`
}

function nameOf({ action, command, to, model }: Fix): string {
  if (command !== undefined) return command
  const value = to ?? model
  return `${action.replaceAll('_', ' ')}${value === undefined ? '' : ` to ${value}`}`
}
