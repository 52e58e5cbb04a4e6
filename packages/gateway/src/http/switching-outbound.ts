import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Outbound } from '../edge.ts'
import { NodeOutbound } from './node-outbound.ts'

/** An answer whose connection can be switched to another protocol instead. */
export interface SwitchableResponse extends ServerResponse {
  /** Takes the connection out of HTTP, with what came behind the request. */
  takeConnection(): Duplex
}

/** The way back to a caller who asks for a WebSocket. */
export class SwitchingOutbound extends NodeOutbound implements Outbound {
  readonly #response: SwitchableResponse

  constructor(response: SwitchableResponse) {
    super(response)
    this.#response = response
  }

  switchTo(headers: Record<string, string>): Duplex | undefined {
    if (this.closed) return undefined
    this.#response.writeHead(101, headers)
    this.#response.flushHeaders()
    return this.#response.takeConnection()
  }
}
