import { catalogueEntry } from './catalogue.ts'
import { errorType, type CatalogueEntry } from './entry.ts'
import type { Denial } from './denial.ts'

/** What a refusal is rendered with: the request it belongs to and the way the gateway is reached. */
export interface ProblemContext {
  denialId: string
  requestId: string
  /** Absolute, without a trailing slash; from the configuration, never from the Host header. */
  publicUrl: string
  /** ISO 8601. */
  asOf: string
  /** Where billing contact or page of the operator is known. */
  paymentUrl?: string
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  denialId: string
  requestId: string
  error: { type: string; code: string; message: string; param: string | null }
  [member: string]: unknown
}

/** The page that explains a code: `/problems/insufficient-balance`. */
export function problemPath(code: string): string {
  return `/problems/${code.replaceAll('_', '-')}`
}

/** A refusal whose code may come from another catalogue than the one of calls. */
export type Refusal = Omit<Denial, 'code'> & { code: string }

/** Renders a refusal as an RFC 9457 problem that also carries OpenAI's `error` envelope. */
export function renderProblem(denial: Denial, context: ProblemContext): Problem {
  return renderEntry(denial, entryOf(denial), context)
}

/** What the catalogue says of a refusal's code, with the status that the refusal has. */
export function entryOf({ code, status }: Denial): CatalogueEntry {
  const entry = catalogueEntry(code)
  return status === undefined ? entry : { ...entry, status }
}

/** The same for a code of any catalogue, whose entry is given. */
export function renderEntry(denial: Refusal, entry: CatalogueEntry, context: ProblemContext): Problem {
  const {
    code,
    detail,
    operatorDetail: _operatorOnly,
    evidence: _traced,
    retryAfterSeconds,
    retryable,
    pointer,
    charged,
    challenges: _inHeader,
    ...members
  } = denial
  return {
    type: context.publicUrl + problemPath(code),
    title: entry.title,
    status: entry.status,
    detail,
    instance: `/denials/${context.denialId}`,
    code,
    denialId: context.denialId,
    requestId: context.requestId,
    asOf: context.asOf,
    ...members,
    ...(pointer === undefined ? {} : { pointer }),
    retry: {
      retryable: retryable ?? entry.retryable,
      ...(retryAfterSeconds === undefined ? {} : { afterSeconds: retryAfterSeconds }),
    },
    charged: charged ?? false,
    error: {
      type: errorType(entry.status),
      code: denial.reason ?? entry.openaiCode ?? code,
      message: detail,
      param: pointer === undefined ? null : pointer.slice(1).replaceAll('/', '.'),
    },
  }
}

/** The headers that every refusal carries (besides the ones of every answer), by lower-case name. */
export function problemHeaders(denial: Denial, context: ProblemContext): Record<string, string> {
  return entryHeaders(denial, entryOf(denial), context)
}

/** The same for a code of any catalogue, whose entry is given. */
export function entryHeaders(denial: Refusal, entry: CatalogueEntry, context: ProblemContext): Record<string, string> {
  const scope = denial.scope === undefined ? '' : `;scope="${denial.scope.level}"`
  const links = [`<${context.publicUrl}${problemPath(denial.code)}>; rel="help"`]
  if (entry.status === 402) {
    links.unshift(`<${context.paymentUrl ?? context.publicUrl + problemPath(denial.code)}>; rel="payment"`)
  }
  const successor = denial.fixes?.find(({ action }) => action === 'call_successor')?.url
  if (successor !== undefined) links.push(`<${successor}>; rel="successor-version"`)
  return {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'faregate-denial': `${denial.code};id="${context.denialId}"${scope}`,
    'x-should-retry': String(denial.retryable ?? entry.retryable),
    link: links.join(', '),
    ...(denial.retryAfterSeconds === undefined ? {} : { 'retry-after': String(denial.retryAfterSeconds) }),
    ...(denial.challenges === undefined ? {} : { 'www-authenticate': denial.challenges.join(', ') }),
    ...(denial.allow === undefined ? {} : { allow: denial.allow.join(', ') }),
  }
}
