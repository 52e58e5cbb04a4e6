import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { gate } from '../../support/wait.ts'
import type { Gate } from '../../support/wait.ts'

/** Which way bytes go: with the connection's caller, or back to it. */
export type Way = 'forth' | 'back'

/** Cuts bytes into what is forwarded as one, and may wait, or do something, before each. One for each connection. */
export interface Reader {
  pieces(way: Way, bytes: Buffer): Buffer[]
  before(way: Way, piece: Buffer): Promise<void>
}

interface Pair {
  caller: Socket
  server: Socket
}

const FORWARD: Reader = { pieces: (_way, bytes) => [bytes], before: () => Promise.resolve() }

/** A network that can be cut: forwards connections to a port, byte for byte, until told otherwise. */
export class Link {
  readonly #server: Server
  readonly #target: number
  readonly #reader: () => Reader
  readonly #pairs = new Set<Pair>()
  #refusing = false
  #flow: Gate | undefined

  /** `reader`: looks at what passes; a new one for each connection. */
  constructor(target: number, reader: () => Reader = () => FORWARD) {
    this.#target = target
    this.#reader = reader
    this.#server = createServer((caller) => this.#accept(caller))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get connections(): number {
    return this.#pairs.size
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  /** Resets every connection, on both sides. */
  cut(): void {
    for (const { caller, server } of this.#pairs) {
      caller.resetAndDestroy()
      server.resetAndDestroy()
    }
  }

  /** Resets whoever connects, until told otherwise. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing
  }

  /** Lets nothing pass, either way, and loses nothing, until told otherwise. */
  stall(stalling: boolean): void {
    if (stalling) this.#flow ??= gate()
    else {
      this.#flow?.open()
      this.#flow = undefined
    }
  }

  async close(): Promise<void> {
    this.stall(false)
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }

  #accept(caller: Socket): void {
    caller.on('error', () => undefined)
    if (this.#refusing) {
      caller.resetAndDestroy()
      return
    }
    const server = connect(this.#target, '127.0.0.1')
    server.on('error', () => undefined)
    const pair = { caller, server }
    this.#pairs.add(pair)
    const reader = this.#reader()
    for (const socket of [caller, server]) socket.setNoDelay(true)
    void Promise.all([this.#pump('forth', caller, server, reader), this.#pump('back', server, caller, reader)]).finally(() => {
      this.#pairs.delete(pair)
    })
  }

  async #pump(way: Way, from: Socket, to: Socket, reader: Reader): Promise<void> {
    const gone = once(to, 'close').catch(() => undefined)
    try {
      for await (const bytes of from) {
        for (const piece of reader.pieces(way, bytes as Buffer)) {
          await reader.before(way, piece)
          await this.#flow?.promise
          if (to.destroyed) return
          if (!to.write(piece)) await Promise.race([once(to, 'drain'), gone])
        }
      }
      to.end()
    } catch {
      to.resetAndDestroy()
    } finally {
      // Nobody is left to take what still comes.
      if (to.destroyed) from.destroy()
    }
  }
}
