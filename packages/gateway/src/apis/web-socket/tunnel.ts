import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'
import type { ConnectionRecord } from '../../record.ts'
import { closeFrame, FrameCursor } from './frames.ts'

/** The gateway goes away, or nothing passed for too long (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001
/** So long a side may take to end once the other has. */
const LINGER_MS = 2_000

/** One way of a connection: bytes as they are, each side waiting for the other. */
class Way {
  readonly #from: Duplex
  readonly #to: Duplex
  readonly #cursor = new FrameCursor()
  readonly #passed: (ends: boolean) => void
  #farewell: Buffer | undefined
  bytes = 0

  /** `passed` is called with each piece: whether its side has said that it ends the connection. */
  constructor(from: Duplex, to: Duplex, passed: (ends: boolean) => void) {
    this.#from = from
    this.#to = to
    this.#passed = passed
    from.on('data', (piece: Buffer) => this.#pass(piece))
    from.once('end', () => to.end())
    to.on('drain', () => from.resume())
    from.resume()
  }

  /** Ends it with this frame, after the one that is on its way. What comes behind it is read and forgotten. */
  close(frame: Buffer): void {
    this.#farewell = frame
    if (this.#cursor.between) this.#to.end(frame)
  }

  #pass(piece: Buffer): void {
    if (this.#farewell !== undefined) return this.#passLast(piece, this.#farewell)
    this.#cursor.pass(piece)
    this.#passed(this.#cursor.ends)
    this.#write(piece)
  }

  #passLast(piece: Buffer, farewell: Buffer): void {
    if (this.#cursor.between) return
    this.#write(piece.subarray(0, this.#cursor.read(piece, 0)))
    if (this.#cursor.between) this.#to.end(farewell)
  }

  #write(piece: Buffer): void {
    if (!this.#to.writable) return
    this.bytes += piece.length
    if (!this.#to.write(piece)) this.#from.pause()
  }
}

/** An open WebSocket: what one side sends the other gets, in constant memory, until one of them ends, or nothing passes for `idleMs`. */
export class Tunnel {
  readonly #caller: Duplex
  readonly #upstream: Duplex
  readonly #startedAt = performance.now()
  readonly #ended = Promise.withResolvers<ConnectionRecord>()
  readonly #in: Way
  readonly #out: Way
  readonly #idle: NodeJS.Timeout
  #by: ConnectionRecord['ended'] | undefined
  #open = 2

  constructor(caller: Duplex, upstream: Duplex, idleMs: number) {
    this.#caller = caller
    this.#upstream = upstream
    this.#idle = setTimeout(() => this.#leave('idle'), idleMs).unref()
    const passed =
      (by: 'caller' | 'upstream') =>
      (ends: boolean): void => {
        this.#idle.refresh()
        if (ends) this.#by ??= by
      }
    this.#in = new Way(caller, upstream, passed('caller'))
    this.#out = new Way(upstream, caller, passed('upstream'))
    this.#watch(caller, upstream, 'caller')
    this.#watch(upstream, caller, 'upstream')
  }

  /** Resolves when both sides are closed. */
  get ended(): Promise<ConnectionRecord> {
    return this.#ended.promise
  }

  /** Tells both sides that the gateway goes away, and closes. */
  goAway(): void {
    this.#leave('shutdown')
  }

  #leave(by: ConnectionRecord['ended']): void {
    this.#by ??= by
    this.#out.close(closeFrame(GOING_AWAY, false))
    this.#in.close(closeFrame(GOING_AWAY, true))
    for (const side of [this.#caller, this.#upstream]) cutLater(side)
  }

  #watch(side: Duplex, other: Duplex, name: 'caller' | 'upstream'): void {
    const first = (): void => void (this.#by ??= name)
    side.once('end', first)
    side.on('error', () => undefined)
    const closed = (): void => {
      first()
      this.#open -= 1
      if (this.#open === 0) return this.#end()
      other.end()
      // What it still sends nobody reads.
      other.resume()
      cutLater(other)
    }
    if (side.closed) closed()
    else side.once('close', closed)
  }

  #end(): void {
    clearTimeout(this.#idle)
    const ms = Math.round(performance.now() - this.#startedAt)
    this.#ended.resolve({ ms, receivedBytes: this.#in.bytes, sentBytes: this.#out.bytes, ended: this.#by ?? 'caller' })
  }
}

function cutLater(side: Duplex): void {
  setTimeout(() => side.destroy(), LINGER_MS).unref()
}

/** The WebSockets that are open. */
export class Tunnels {
  readonly #open = new Set<Tunnel>()
  #away = false

  /** Resolves when it has ended. */
  async hold(tunnel: Tunnel): Promise<ConnectionRecord> {
    this.#open.add(tunnel)
    if (this.#away) tunnel.goAway()
    try {
      return await tunnel.ended
    } finally {
      this.#open.delete(tunnel)
    }
  }

  /** Ends all of them, and those that open from now on. */
  goAway(): void {
    this.#away = true
    for (const tunnel of this.#open) tunnel.goAway()
  }
}
