import type { IncomingMessage } from 'node:http'
import type { Denial } from '@faregate/core'
import { BodyRefused, brokenOff, encoded, noRoom, tooLarge } from './body-denials.ts'
import type { BodyRoom } from './body-room.ts'

/** A request whose body is to be read. */
export interface Sender {
  readonly id: string
  readonly raw: IncomingMessage
  readonly ip: string
  /** Nothing is served under its path. */
  readonly is404: boolean
}

export interface BodyOptions {
  bodyBytes: number
  room: BodyRoom
  /** Whether its body goes on unread, to a published API. */
  passes: (raw: IncomingMessage) => boolean
  /** Whether a published prompt or model is called, whose path the router does not know. */
  asks: (raw: IncomingMessage) => boolean
  /** Why the credential of a request cannot be used; undefined: it can. */
  vouch: (request: Sender) => Promise<Denial | undefined>
}

type Done = (error: Error | null, body?: Buffer) => void

/** Larger bodies need a good credential and room before they are read. Most requests are smaller. */
export const FREE_BYTES = 64 * 1024
/** So long a body waits for room. */
export const ROOM_WAIT_MS = 30_000

const NO_BODY = Buffer.alloc(0)

/** Bytes as long as their buffer is now, which can be made longer. */
type Growing = Uint8Array<ArrayBuffer>

/**
 * Reads the body of a request, as raw bytes. What cannot be taken is refused as early as it can be told: an encoding
 * and a declared length before any of it is read, a large one without a good credential as well. The room that a large
 * body takes stays the request's until that is answered: whoever answers releases it.
 */
export function readBody(options: BodyOptions, request: Sender, done: Done): void {
  if (options.passes(request.raw)) return done(null)
  const { 'content-encoding': encoding, 'content-length': length } = request.raw.headers
  const declared = length === undefined ? undefined : Number(length)
  if (declared !== undefined && declared > options.bodyBytes) return done(new BodyRefused(tooLarge(options.bodyBytes)))
  // What is not served is not read.
  if (request.is404 && !options.asks(request.raw)) return done(null, NO_BODY)
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return done(new BodyRefused(encoded(encoding)))
  new Reading(options, request, declared, done).start()
}

/** One body on its way in. */
class Reading {
  readonly #options: BodyOptions
  readonly #request: Sender
  readonly #payload: IncomingMessage
  readonly #done: Done
  readonly #declared: number | undefined
  #chunks: Buffer[] = []
  /**
   * A large body is put together as it comes: kept until its end, its many pieces would outlive it in memory. It grows
   * in place, in pages of its own: what a copy leaves behind the allocator of small things keeps for good.
   */
  #whole: Growing | undefined
  #size = 0
  #asked = false
  #over = false

  constructor(options: BodyOptions, request: Sender, declared: number | undefined, done: Done) {
    this.#options = options
    this.#request = request
    this.#payload = request.raw
    this.#declared = declared
    this.#done = done
  }

  start(): void {
    const payload = this.#payload
    payload.on('error', this.#onError)
    payload.on('close', this.#onClose)
    payload.on('end', this.#onEnd)
    if (this.#declared === undefined || this.#declared <= FREE_BYTES) payload.on('data', this.#onData)
    else void this.#admit(this.#declared).then((admitted) => admitted && payload.on('data', this.#onData))
  }

  readonly #onData = (chunk: Buffer): void => {
    const at = this.#size
    this.#size += chunk.length
    if (this.#size > this.#options.bodyBytes) return this.#refuse(tooLarge(this.#options.bodyBytes))
    if (this.#whole !== undefined) return this.#put(this.#whole, at, chunk)
    this.#chunks.push(chunk)
    if (this.#size <= FREE_BYTES || this.#asked) return
    // Of undeclared length: it may become as large as any.
    this.#asked = true
    this.#payload.pause()
    void this.#admit(this.#options.bodyBytes).then((admitted) => admitted && this.#payload.resume())
  }

  #put(whole: Growing, at: number, chunk: Buffer): void {
    if (this.#size > whole.length) whole.buffer.resize(Math.min(whole.buffer.maxByteLength, 2 * this.#size))
    whole.set(chunk, at)
  }

  readonly #onEnd = (): void => {
    const body = this.#whole === undefined ? Buffer.concat(this.#chunks, this.#size) : Buffer.from(this.#whole.buffer, 0, this.#size)
    if (this.#asked) this.#options.room.keep(this.#request.id, this.#whole?.length ?? 0)
    this.#end(null, body)
  }

  readonly #onError = (error: Error): void => this.#refuse(brokenOff(error.message))

  readonly #onClose = (): void => this.#refuse(brokenOff('it broke off'))

  /** Whether the body may be read on; where not, it has been refused. */
  async #admit(bytes: number): Promise<boolean> {
    try {
      const refusal = await this.#obstacle(bytes)
      if (refusal !== undefined) this.#refuse(refusal)
      else if (!this.#over) this.#settle(bytes)
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)))
    }
    return !this.#over
  }

  /** Moves what has come so far to where the rest comes, `bytes` of it at most. Throws where there is no memory. */
  #settle(bytes: number): void {
    const length = this.#declared ?? Math.min(bytes, 2 * this.#size)
    this.#whole = new Uint8Array(new ArrayBuffer(length, { maxByteLength: bytes }))
    this.#whole.set(Buffer.concat(this.#chunks))
    this.#chunks = []
  }

  async #obstacle(bytes: number): Promise<Denial | undefined> {
    const { room, vouch } = this.#options
    const unknown = await vouch(this.#request)
    if (unknown !== undefined) return unknown
    if (this.#over) return undefined
    const { id, raw } = this.#request
    return (await room.take({ id, socket: raw.socket }, bytes, ROOM_WAIT_MS)) ? undefined : noRoom(FREE_BYTES, room.bytes)
  }

  #refuse(denial: Denial): void {
    this.#end(new BodyRefused(denial))
  }

  #end(error: Error | null, body?: Buffer): void {
    if (this.#over) return
    this.#over = true
    this.#chunks = []
    this.#whole = undefined
    this.#payload.off('data', this.#onData)
    this.#payload.off('end', this.#onEnd)
    this.#payload.off('close', this.#onClose)
    if (error === null) return this.#done(null, body)
    this.#options.room.release(this.#request.id)
    this.#done(error)
  }
}
