import { USAGE_AFTER_FINISH_MS, type Serving } from './serving.ts'
import { Slices } from './slices.ts'

/** Why forwarding stopped. */
export type StreamEnd = 'complete' | 'broken' | 'gone'

interface StreamEvent {
  kind: 'text' | 'error' | 'done'
  tokens: number
  /** With a finish reason. */
  finish: boolean
  usage: boolean
}

/** Forwards events as they are covered, counts what the socket accepts, and picks up usage: the gateway's relay, in tokens. */
export class StreamRelay {
  readonly ended: Promise<StreamEnd>
  usage: { input: number; output: number } | undefined
  usageIsFinal = false
  /** Text has been written to the caller. */
  sentText = false
  readonly #serving: Serving
  readonly #slices: Slices
  readonly #end: (end: StreamEnd) => void
  #queue: StreamEvent[] = []
  #blocked = false
  #over = false
  #finished = false
  #upstreamOver = false
  #resume: (() => void) | undefined
  #inFlight = 0
  #idle: (() => void) | undefined

  constructor(serving: Serving) {
    this.#serving = serving
    this.#slices = new Slices(serving)
    const { promise, resolve } = Promise.withResolvers<StreamEnd>()
    this.ended = promise
    this.#end = resolve
  }

  start(): void {
    this.#serving.caller.onLeft(() => {
      this.#idle?.()
      this.#callerGone()
    })
    void this.#listen()
  }

  /** Tokens that the socket has accepted, once nothing is on its way. */
  async delivered(): Promise<number> {
    const { caller, exchange, step } = this.#serving
    if (this.#inFlight > 0 && !caller.left) await new Promise<void>((resolve) => (this.#idle = resolve))
    await step('counts what was accepted')
    return exchange.accepted
  }

  /** What comes from upstream, in chunks of a few events. */
  async #listen(): Promise<void> {
    const { host, step } = this.#serving
    const events = this.#events()
    while (events.length > 0) {
      await step('upstream sends')
      if (this.#over) return
      const chunk = events.splice(0, host.random.between(1, 3))
      for (const { tokens } of chunk) this.#serving.exchange.produced += tokens
      this.#queue.push(...chunk)
      this.#pump()
      if (this.#blocked) await new Promise<void>((resolve) => (this.#resume = resolve))
    }
    await step('upstream ends')
    this.#upstreamOver = true
    this.#pump()
  }

  #events(): StreamEvent[] {
    const { events, ending, usageAt } = this.#serving.plan
    const whole = ending === 'whole'
    const texts: StreamEvent[] = events.map((tokens, index) => {
      return { kind: 'text', tokens, finish: whole && index === events.length - 1, usage: index === 0 && usageAt === 'start' }
    })
    const plain = { tokens: 0, finish: false, usage: false }
    if (ending === 'error') return [...texts, { kind: 'error', ...plain }]
    if (!whole) return texts
    return [...texts, { kind: 'text', ...plain, usage: usageAt === 'end' }, { kind: 'done', ...plain }]
  }

  /** Forwards what is covered, in one write; stops at the first event that is not. */
  #pump(): void {
    if (this.#over || (this.#blocked && !this.#serving.caller.left)) return
    const stop = this.#queue.findIndex((event) => event.kind !== 'text' || !this.#forwardable(event))
    this.#write(this.#queue.splice(0, stop === -1 ? this.#queue.length : stop))
    this.#next()
  }

  #forwardable({ tokens }: StreamEvent): boolean {
    if (this.#serving.caller.left) return true
    if (!this.#slices.fits(tokens)) return false
    this.#slices.add(tokens)
    return true
  }

  #next(): void {
    const [head] = this.#queue
    if (head === undefined) {
      if (this.#upstreamOver) this.#stop('broken')
      else void this.#slices.renew()
    } else if (head.kind === 'done') this.#stop('complete')
    else if (head.kind === 'error') this.#stop('broken')
    else if (!this.#blocked) void this.#cover()
  }

  /** Waits, under back-pressure, until what is queued is covered, in part at least. */
  async #cover(): Promise<void> {
    this.#blocked = true
    const last = this.#queue.findIndex((event) => event.kind !== 'text')
    const waiting = last === -1 ? this.#queue : this.#queue.slice(0, last)
    const covered = await this.#slices.cover(waiting.map(({ tokens }) => tokens))
    if (this.#over) return
    if (covered === undefined) return this.#stop('broken')
    const events = this.#queue.splice(0, covered)
    for (const { tokens } of events) this.#slices.add(tokens)
    this.#write(events)
    await this.#unblock()
  }

  #write(events: StreamEvent[]): void {
    const { caller, host } = this.#serving
    for (const event of events) this.#note(event)
    const tokens = events.reduce((sum, event) => sum + event.tokens, 0)
    if (events.length === 0 || caller.left) return
    if (tokens > 0) this.sentText = true
    void this.#accept(tokens)
    if (host.random.chance(0.8) || this.#blocked) return
    this.#blocked = true
    void this.#unblock()
  }

  async #accept(tokens: number): Promise<void> {
    const { caller, exchange, step } = this.#serving
    this.#inFlight += 1
    await step('socket accepts')
    if (!caller.left) exchange.accepted += tokens
    this.#inFlight -= 1
    if (this.#inFlight === 0) this.#idle?.()
  }

  #note({ finish, usage }: StreamEvent): void {
    const { plan, exchange } = this.#serving
    if (finish) this.#finished = true
    if (!usage || plan.usage === undefined) return
    this.usage = plan.usage
    this.usageIsFinal = this.#finished
    exchange.usage = { ...plan.usage, final: this.#finished }
  }

  /** Goes on once the caller has read what it was sent. */
  async #unblock(): Promise<void> {
    await this.#serving.step('caller reads')
    if (this.#over) return
    this.#blocked = false
    this.#pump()
    if (this.#blocked || this.#over) return
    this.#resume?.()
  }

  #callerGone(): void {
    if (this.#over) return
    if (!this.#finished) return this.#stop('gone')
    this.#resume?.()
    void this.#serving.host.after(USAGE_AFTER_FINISH_MS, `${this.#serving.exchange.request} waits for usage`).then(() => this.#stop('gone'))
  }

  #stop(end: StreamEnd): void {
    if (this.#over) return
    this.#over = true
    this.#slices.stop()
    this.#resume?.()
    this.#end(end)
  }
}
