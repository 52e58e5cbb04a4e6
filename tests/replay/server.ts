/**
 * A real HTTP server that plays vendors: it judges each request by the vendor's documented rules and answers in the
 * vendor's form. It shares no code with the gateway it tests. See the README beside this file.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { prepare } from './answer.ts'
import { readRecordings, type Recording } from './answers/recordings.ts'
import { control, CONTROL } from './control.ts'
import { withFault } from './framing/faults.ts'
import type { Prepared } from './framing/prepared.ts'
import { send } from './framing/send.ts'
import { parseForm } from './multipart.ts'
import { parsePlan, splitModel, type Plan } from './plan.ts'
import { routeOf, splitVendor } from './routes.ts'
import { vendorError } from './rules/errors.ts'
import { judge, type Given } from './rules/rule.ts'
import { RULES, SHAPES } from './rules/table.ts'
import { VENDORS, type Call, type JsonObject, type LogEntry, type Route, type Vendor } from './types.ts'

export interface ReplayOptions {
  /** 0 takes any that is free. */
  port?: number
  /** The folder of recordings; what `FAREGATE_RECORDED` names unless told. */
  recorded?: string
  /** Who answers paths that several vendors share when none is named: OpenAI unless told. */
  vendor?: Vendor
  /** Rules are not looked at. */
  lenient?: boolean
}

/** Which requests a plan is for: a vendor, a model, or what a function says; all unless told. */
export interface Match {
  vendor?: Vendor
  model?: string
  if?: (entry: LogEntry) => boolean
}

interface Planned {
  match: Match
  plan: Plan
  /** Taken for one request, then gone. */
  once: boolean
}

export interface Replay {
  /** Without a trailing slash. */
  url: string
  port: number
  /** Where each vendor lives: its own paths follow, such as `/v1/chat/completions`. */
  origins: Record<Vendor, string>
  /** Every request so far. */
  requests: LogEntry[]
  recordings: readonly Recording[]
  /** Plans a single request, the next that matches; several are taken in turn. */
  next(plan: Plan | string, match?: Match): void
  /** Plans every request that matches, until told otherwise. */
  always(plan: Plan | string, match?: Match): void
  /** Forgets requests, plans and what was given out. */
  reset(): void
  close(): Promise<void>
}

export async function startReplay(options: ReplayOptions = {}): Promise<Replay> {
  const server = new ReplayServer(options)
  await server.listen(options.port ?? 0)
  return server
}

class ReplayServer implements Replay {
  readonly requests: LogEntry[] = []
  readonly recordings: readonly Recording[]
  readonly #options: ReplayOptions
  readonly #plans: Planned[] = []
  readonly #issued = new Map<string, Given>()
  readonly #sockets = new Set<Socket>()
  readonly #http = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void this.#serve(request, response))
  #count = 0

  constructor(options: ReplayOptions) {
    this.#options = options
    const folder = options.recorded ?? process.env['FAREGATE_RECORDED']
    this.recordings = folder === undefined ? [] : readRecordings(folder)
    this.#http.on('connection', (socket) => {
      socket.setNoDelay(true)
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get origins(): Record<Vendor, string> {
    return Object.fromEntries(VENDORS.map((vendor) => [vendor, `${this.url}/${vendor}`])) as Record<Vendor, string>
  }

  async listen(port: number): Promise<void> {
    this.#http.listen(port, '127.0.0.1')
    await once(this.#http, 'listening')
  }

  next(plan: Plan | string, match: Match = {}): void {
    this.#plans.push({ match, plan: asPlan(plan), once: true })
  }

  always(plan: Plan | string, match: Match = {}): void {
    this.#plans.push({ match, plan: asPlan(plan), once: false })
  }

  reset(): void {
    this.requests.length = 0
    this.#plans.length = 0
    this.#issued.clear()
    this.#count = 0
  }

  async close(): Promise<void> {
    this.#http.close()
    for (const socket of this.#sockets) socket.destroy()
    if (this.#http.listening) await once(this.#http, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined)
    const call = await readCall(request)
    if (call === undefined) return
    if (call.path.startsWith(CONTROL)) return control(this, call, response)
    const gone = new AbortController()
    const entry: LogEntry = { at: Date.now(), call, route: undefined, status: 0, abandoned: false }
    this.requests.push(entry)
    response.on('close', () => {
      entry.abandoned = !response.writableFinished
      gone.abort()
    })
    const { answer, plan } = this.#answer(entry)
    entry.status = answer.status
    await send(response, answer, plan, gone.signal)
  }

  /** The plan of a request, and what it comes to: a broken rule is answered before anything else. */
  #answer(entry: LogEntry): { answer: Prepared; plan: Plan } {
    const { vendor, path } = splitVendor(entry.call.path)
    entry.call.path = path
    const sent = routeOf(entry.call, vendor, this.#options.vendor ?? 'openai')
    if (sent === undefined) return { answer: refusal(vendor ?? 'openai', `no path of a vendor: ${entry.call.method} ${path}`), plan: {} }
    const { model, plan: behind } = splitModel(sent.model)
    const route: Route = { ...sent, model }
    entry.route = route
    const header = entry.call.headers['x-replay']
    const plan: Plan = { ...this.#planFor(entry), ...behind, ...(typeof header === 'string' ? parsePlan(header) : {}) }
    const broken = plan.lenient === true || this.#options.lenient === true ? undefined : this.#judge(entry.call, route)
    if (broken !== undefined) {
      entry.broke = broken
      const { status, headers, body } = vendorError(route.vendor, broken.violation, { claude: route.dialect === 'anthropic' })
      const told = { ...headers, 'x-replay-rule': broken.rule }
      return { answer: { status, headers: told, steps: [Buffer.from(JSON.stringify(body)), 'end'], head: true }, plan: {} }
    }
    entry.answer = typeof plan.answer === 'object' ? 'scripted' : (plan.answer ?? 'auto')
    return { answer: this.#prepare(entry.call, route, plan), plan }
  }

  #judge(call: Call, route: Route): LogEntry['broke'] {
    return judge(RULES, SHAPES, { call, route, body: call.body ?? {}, issued: this.#issued })
  }

  /** What the plan says cannot be done is said at once, in words that no vendor has. */
  #prepare(call: Call, route: Route, plan: Plan): Prepared {
    const issue = (signature: string, text: string): unknown =>
      this.#issued.set(signature, { text, model: route.model, body: call.body ?? {} })
    const context = { call, route, recordings: this.recordings, count: this.#count++, issue }
    try {
      const answer = prepare(plan, context)
      return plan.fault === undefined ? answer : withFault(answer, plan.fault, { route, framing: route.framing, now: Date.now() })
    } catch (error) {
      const message = `replay: ${(error as Error).message}`
      return { status: 501, headers: { 'content-type': 'text/plain' }, steps: [Buffer.from(message), 'end'], head: true }
    }
  }

  #planFor(entry: LogEntry): Plan {
    const fits = ({ match }: Planned): boolean =>
      (match.vendor === undefined || match.vendor === entry.route?.vendor) &&
      (match.model === undefined || match.model === entry.route?.model) &&
      (match.if === undefined || match.if(entry))
    const index = this.#plans.findIndex((one) => one.once && fits(one))
    if (index >= 0) return this.#plans.splice(index, 1)[0]?.plan ?? {}
    return this.#plans.findLast((one) => !one.once && fits(one))?.plan ?? {}
  }
}

function asPlan(plan: Plan | string): Plan {
  return typeof plan === 'string' ? parsePlan(plan) : plan
}

function refusal(vendor: Vendor, message: string): Prepared {
  const { status, headers, body } = vendorError(vendor, { status: 404, message })
  return { status, headers, steps: [Buffer.from(JSON.stringify(body)), 'end'], head: true }
}

/** The request as it came; undefined if the client left before it was whole. */
async function readCall(request: IncomingMessage): Promise<Call | undefined> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece as Buffer)
  } catch {
    return undefined
  }
  const bytes = Buffer.concat(pieces)
  const url = new URL(request.url ?? '/', 'http://replay')
  const form = parseForm(bytes, request.headers['content-type'] ?? '')
  return {
    method: request.method ?? '',
    path: url.pathname.replaceAll(/\/{2,}/g, '/'),
    query: url.searchParams,
    headers: request.headers,
    bytes,
    body: form === undefined ? parseObject(bytes) : undefined,
    form,
  }
}

function parseObject(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
