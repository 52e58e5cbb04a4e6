import CachePolicy from 'http-cache-semantics'

export type Headers = Record<string, string | string[] | undefined>
export type PlainHeaders = Record<string, string>

export interface CacheRequest {
  method: string
  /** Path and query, as the upstream gets them. */
  url: string
  /** As the upstream gets them, without the secrets of the API, which are the same for every caller. */
  headers: PlainHeaders
}

/** What RFC 9111 says of answers, at the time of a clock. */
export type Policies = new (request: CacheRequest, response: { status: number; headers: PlainHeaders }) => CachePolicy

export function policiesAt(now: () => number): Policies {
  return class extends CachePolicy {
    now(): number {
      return now()
    }
  }
}

/** An answer that may be used again. */
export interface Kept {
  readonly status: number
  /** As the upstream sent them. */
  readonly headers: PlainHeaders
  readonly body: Buffer
  readonly policy: CachePolicy
  /** What the answer varies by, as the request had it. */
  readonly selected: ReadonlyMap<string, string | undefined>
  /** Never to be used once it is stale, whoever would take it. */
  readonly strict: boolean
}

const STRICT = /(?:^|[,\s])(?:must-revalidate|proxy-revalidate|s-maxage\s*=)/i

/** What may be kept of an answer, and for whom; undefined: nothing. */
export function keptOf(policies: Policies, request: CacheRequest, status: number, sent: Headers, body: Buffer): Kept | undefined {
  const headers = plain(sent)
  const vary = namesIn(headers['vary'])
  if (headers['set-cookie'] !== undefined || headers['content-range'] !== undefined || vary.includes('*')) return undefined
  const control = headers['cache-control'] ?? ''
  const policy = new policies(request, { status, headers: { ...headers, ...lenient(control) } })
  const lasts = policy.maxAge() > policy.age()
  if (!policy.storable() || !(lasts || headers['etag'] !== undefined || headers['last-modified'] !== undefined)) return undefined
  const selected = new Map(vary.map((name) => [name, request.headers[name]]))
  return { status, headers, body, policy, selected, strict: STRICT.test(control) }
}

/** Whether it was given for such a request. */
export function selects({ selected }: Kept, { headers }: CacheRequest): boolean {
  return [...selected].every(([name, value]) => headers[name] === value)
}

/** Whether it may be used without asking the upstream. */
export function isUsable({ policy, strict }: Kept, { url, headers }: CacheRequest): boolean {
  return !(strict && policy.stale()) && policy.satisfiesWithoutRevalidation({ method: 'GET', url, headers })
}

/** With what the upstream is asked whether it is still so; undefined: it cannot be. */
export function validators({ headers }: Kept): [name: string, value: string][] | undefined {
  const { etag, 'last-modified': modified } = headers
  if (etag === undefined && modified === undefined) return undefined
  return [
    ...(etag === undefined ? [] : [['if-none-match', etag] as [string, string]]),
    ...(modified === undefined ? [] : [['if-modified-since', modified] as [string, string]]),
  ]
}

/** As the upstream confirms it (RFC 9111, 4.3.4): with its newer headers, but for those of a body that did not come. */
export function confirmed(policies: Policies, kept: Kept, request: CacheRequest, sent: Headers): Kept | undefined {
  const newer = Object.entries(plain(sent)).filter(
    ([name]) => !/^(content-(length|encoding|range|type)|transfer-encoding|set-cookie)$/.test(name),
  )
  const { age: _age, ...before } = kept.headers
  return keptOf(policies, request, kept.status, { ...before, ...Object.fromEntries(newer) }, kept.body)
}

/** Whether a stale one may be used where the upstream fails (RFC 5861, 4). */
export function helpsOnFailure({ policy, headers, strict }: Kept): boolean {
  const [, seconds] = /(?:^|[,\s])stale-if-error\s*=\s*"?(\d+)/i.exec(headers['cache-control'] ?? '') ?? []
  return !strict && seconds !== undefined && policy.maxAge() + Number(seconds) > policy.age()
}

/** What a caller gets of it: 304 where it has the same already (RFC 9110, 13.2.2). */
export function answerOf({ status, headers, body, policy }: Kept, { method, headers: asked }: CacheRequest) {
  const aged: PlainHeaders = { ...headers, age: String(Math.floor(policy.age())) }
  const same = status === 200 && hasAlready(headers, asked)
  if (!same) return { status, headers: aged, body: method === 'HEAD' ? [] : [body] }
  const { 'content-length': _length, 'content-type': _type, 'content-encoding': _coding, ...rest } = aged
  return { status: 304, headers: rest, body: [] }
}

function hasAlready({ etag, 'last-modified': modified }: PlainHeaders, asked: PlainHeaders): boolean {
  const { 'if-none-match': tags, 'if-modified-since': since } = asked
  if (tags !== undefined) {
    if (tags.trim() === '*') return true
    return etag !== undefined && (tags.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => weak(tag) === weak(etag))
  }
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since)
}

function weak(tag: string): string {
  return tag.replace(/^W\//, '')
}

/** The library asks the upstream each time where it says this; while an answer is fresh nobody needs to. */
function lenient(control: string): PlainHeaders {
  const parts = control.split(',').filter((part) => !/^\s*(?:must|proxy)-revalidate\s*$/i.test(part))
  return control === '' ? {} : { 'cache-control': parts.join(',') }
}

function namesIn(vary = ''): string[] {
  return vary === ''
    ? []
    : vary
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
}

function plain(headers: Headers): PlainHeaders {
  const all: PlainHeaders = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all[name] = Array.isArray(value) ? value.join(', ') : value
  return all
}
