import type { Call, Endpoint, JsonObject, Route, Vendor, Violation } from '../types.ts'
import { problemsOf, type Problem, type ProblemKind, type Shape } from './shape.ts'

/** A request as the rules see it. */
export interface Question {
  call: Call
  route: Route
  /** The body; an empty object where there is none. */
  body: JsonObject
  /** What is wrong with the form of the body, found once for all rules. */
  problems: Problem[]
  /** Signatures that this server gave out. */
  issued: ReadonlyMap<string, Given>
}

/** What a signature was given out for. */
export interface Given {
  /** The text that was signed; '' where none was. */
  text: string
  model: string
  /** The request that was answered with it. */
  body: JsonObject
}

/** One documented rule of a vendor, and what the vendor says when it is broken. */
export interface Rule {
  id: string
  vendors: Vendor[]
  endpoints: Endpoint[]
  /** The rule in a sentence. */
  what: string
  /** Where the vendor documents it. */
  doc: string
  /** The official reference lists it, but the service is known, or supposed, to let it pass. */
  stricter?: boolean
  /** What is wrong; undefined if nothing is. */
  check(question: Question): Violation | undefined
}

/** What vendors and endpoints a table of rules is for. */
export interface Scope {
  vendors: Vendor[]
  endpoints: Endpoint[]
}

/** A rule with a check of its own: [id, what, doc, check]. */
export type Row = [id: string, what: string, doc: string, check: Rule['check'], more?: { stricter?: boolean }]

export function rules(scope: Scope, rows: Row[]): Rule[] {
  return rows.map(([id, what, doc, check, more]) => ({ ...scope, id, what, doc, check, ...more }))
}

/** Which problem of form a rule is about. */
export interface Filter {
  kinds: ProblemKind[]
  /** The member, dots between segments, `*` for an index or any name; every member unless told. */
  at?: RegExp
}

/** A rule about the form of the body: the first problem that it is about, said in the vendor's words. */
export function formRule(filter: Filter, say: (problem: Problem) => Violation): Rule['check'] {
  return ({ problems }) => {
    const found = problems.find((problem) => filter.kinds.includes(problem.kind) && (filter.at?.test(dotted(problem)) ?? true))
    return found === undefined ? undefined : say(found)
  }
}

function dotted(problem: Problem): string {
  return problem.at.join('.')
}

/** Which shape a body must have, by vendor and endpoint. */
export interface ShapeRow extends Scope {
  shape: Shape
}

/** What was broken first, in the order of the table. */
export function judge(
  table: Rule[],
  shapes: ShapeRow[],
  asked: Omit<Question, 'problems'>,
): { rule: string; violation: Violation } | undefined {
  const covers = ({ vendors, endpoints }: Scope): boolean =>
    vendors.includes(asked.route.vendor) && endpoints.includes(asked.route.endpoint)
  const shape = shapes.find(covers)?.shape
  const question: Question = { ...asked, problems: shape === undefined ? [] : problemsOf(shape, asked.body) }
  for (const rule of table) {
    if (!covers(rule)) continue
    const violation = rule.check(question)
    if (violation !== undefined) return { rule: rule.id, violation }
  }
  return undefined
}
