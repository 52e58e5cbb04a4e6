import { servedHeaders } from '../answer-headers.ts'
import type { Delivery } from '../deliver/context.ts'
import type { Streaming } from './ending.ts'

/** The head of a stream, sent with the first thing that follows it, and what fills silence. */
export class StreamHead {
  readonly #delivery: Delivery
  readonly #called: Streaming
  readonly #silence: NodeJS.Timeout
  #sent = false

  constructor(delivery: Delivery, called: Streaming) {
    this.#delivery = delivery
    this.#called = called
    this.#silence = setTimeout(() => this.keepAlive(), delivery.deps.settings.limits.keepAliveMs)
  }

  send(): void {
    const { deps, flow } = this.#delivery
    if (this.#sent || flow.outbound.closed) return
    this.#sent = true
    const headers = servedHeaders(deps, flow, this.#called)
    flow.outbound.head(this.#called.opening.status, { ...headers, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
  }

  /** Something came: the silence starts anew. */
  heard(): void {
    this.#silence.refresh()
  }

  /** Something that says nothing, between two events: only whole events are ever written. */
  keepAlive(): void {
    const { outbound } = this.#delivery.flow
    if (outbound.closed) return
    this.send()
    const { keepAlive } = this.#called.line.caller
    if (keepAlive !== undefined) outbound.write(keepAlive)
    this.#silence.refresh()
  }

  /** No more comments. */
  stop(): void {
    clearTimeout(this.#silence)
  }
}
