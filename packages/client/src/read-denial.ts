import { CODES } from './codes.ts'
import { Denied } from './denied.ts'
import { isObject, problemIn, type Problem } from './problem.ts'

/** What the header `Faregate-Denial` says: it survives bodies that are another's, or none. */
interface Head {
  code: string
  id: string | undefined
}

const readBefore = new WeakMap<Headers, Denied>()

/**
 * The refusal that an answer is; `undefined` where it is none, or not the gateway's. The body stays readable.
 * Rejects only when the body breaks off.
 */
export async function readDenial(response: Response): Promise<Denied | undefined> {
  if (response.status < 400) return undefined
  const head = headOf(response.headers)
  const says = response.headers.get('content-type') ?? ''
  if (head === undefined && !says.includes('json')) return undefined
  const body = parsed(await response.clone().text())
  const problem = problemIn(body) ?? (head === undefined ? undefined : bare(head, response, body))
  if (problem === undefined) return undefined
  const denied = new Denied(withHeaders(problem, response.headers))
  readBefore.set(response.headers, denied)
  return denied
}

/** The refusal that an answer with these headers was read as; official SDKs keep them on their errors. */
export function deniedWith(headers: Headers): Denied | undefined {
  return readBefore.get(headers)
}

/** The refusal that an event of a stream is, as an object or as its JSON; `undefined` where it is none. */
export function denialInEvent(event: unknown): Denied | undefined {
  const problem = problemIn(typeof event === 'string' ? parsed(event) : event)
  return problem === undefined ? undefined : new Denied(problem, { inStream: true })
}

function headOf(headers: Headers): Head | undefined {
  const [, code, rest = ''] = /^([a-z_]+)(;.*)?$/.exec(headers.get('faregate-denial') ?? '') ?? []
  return code === undefined ? undefined : { code, id: /;\s*id="([^"]*)"/.exec(rest)?.[1] }
}

/** A refusal whose body is not the problem: the provider's own, or none at all. */
function bare({ code, id }: Head, { status, headers }: Response, body: unknown): Problem {
  const { title } = (CODES as Record<string, { title: string }>)[code] ?? { title: code }
  const requestId = headers.get('x-request-id')
  return {
    type: /<([^>]+)>;\s*rel="help"/.exec(headers.get('link') ?? '')?.[1] ?? 'about:blank',
    title,
    status,
    detail: messageIn(body) ?? `${title}.`,
    code,
    ...(id === undefined ? {} : { denialId: id }),
    ...(requestId === null ? {} : { requestId }),
  }
}

/** The message of an error as the vendors write it. */
function messageIn(body: unknown): string | undefined {
  if (!isObject(body)) return undefined
  const { error, message } = body
  const found = isObject(error) ? error['message'] : (error ?? message)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** The headers decide what SDKs do; here they complete what the body says. */
function withHeaders(problem: Problem, headers: Headers): Problem {
  const after = Number(headers.get('retry-after') ?? Number.NaN)
  const retryable = problem.retry?.retryable ?? headers.get('x-should-retry') === 'true'
  const afterSeconds = problem.retry?.afterSeconds ?? (Number.isFinite(after) && after >= 0 ? after : undefined)
  return { ...problem, retry: { retryable, ...(afterSeconds === undefined ? {} : { afterSeconds }) } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
