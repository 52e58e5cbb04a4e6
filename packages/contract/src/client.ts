import { ROUTES, ROUTE_NAMES, type RouteName, type Routes } from './routes.ts'
import type { RouteInput, RouteOutput, RouteSpec } from './route.ts'

export interface ClientOptions {
  /** Of the gateway: `http://127.0.0.1:4020`. */
  baseUrl: string
  /** The operator's token, or a management token. */
  token: string
  /** Default: the global one. */
  fetch?: Fetch
}

/** As much of the Fetch standard as the client needs, so that other implementations than the global one fit too. */
export type Fetch = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: string },
) => Promise<Pick<Response, 'ok' | 'status' | 'statusText' | 'text' | 'json'>>

/** One function for each call, by the name of its route. Each returns the answer's data or throws {@link ApiError}. */
export type Client = { [Name in RouteName]: (input: RouteInput<Routes[Name]>) => Promise<RouteOutput<Routes[Name]>> }

/** What the API answered instead of a success. */
export interface ApiProblem {
  title: string
  status: number
  detail: string
  code: string
  requestId?: string
  [member: string]: unknown
}

/** A refusal by the management API, with the problem that says why. Its message is the problem's detail. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: ApiProblem

  constructor(problem: ApiProblem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** Makes a typed client of the management API. Answers are checked by their schema; members it does not know are dropped. */
export function createClient(options: ClientOptions): Client {
  const calls = ROUTE_NAMES.map((name) => [name, (input: CallInput) => call(options, ROUTES[name], input)])
  // The entries are made from the routes one by one, which the type of `fromEntries` cannot follow.
  return Object.fromEntries(calls) as Client
}

type Scalar = string | number | boolean | null | undefined

interface CallInput {
  params?: Record<string, Scalar>
  query?: Record<string, Scalar>
  body?: unknown
  idempotencyKey?: string
}

async function call(options: ClientOptions, route: RouteSpec, input: CallInput = {}): Promise<unknown> {
  const headers: Record<string, string> = { authorization: `Bearer ${options.token}`, accept: route.media ?? 'application/json' }
  if (route.body !== undefined) headers['content-type'] = 'application/json'
  if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey
  const answer = await (options.fetch ?? fetch)(urlOf(options.baseUrl, route, input), {
    method: route.method,
    headers,
    ...(route.body === undefined ? {} : { body: JSON.stringify(input.body ?? {}) }),
  })
  if (!answer.ok) throw new ApiError(await readProblem(answer))
  if (answer.status === 204) return undefined
  return route.response.parse(await (route.media === undefined ? answer.json() : answer.text()))
}

function urlOf(baseUrl: string, route: RouteSpec, input: CallInput): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(input.params?.[name] ?? '')))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.set(name, String(value))
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`
  return `${baseUrl.replace(/\/+$/, '')}${path}${search}`
}

async function readProblem(answer: Awaited<ReturnType<Fetch>>): Promise<ApiProblem> {
  const text = await answer.text()
  const fallback = {
    title: answer.statusText,
    status: answer.status,
    code: 'unexpected_answer',
    detail: `HTTP ${answer.status}: ${text.slice(0, 200)}`,
  }
  try {
    const parsed: unknown = JSON.parse(text)
    return isProblem(parsed) ? parsed : fallback
  } catch {
    return fallback
  }
}

function isProblem(value: unknown): value is ApiProblem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && typeof value.detail === 'string'
}
