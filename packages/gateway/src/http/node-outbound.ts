import type { ServerResponse } from 'node:http'
import type { Outbound } from '../edge.ts'

/** An answer of this size goes out with its head, as one string: one write of one piece, which node does without asking for memory. */
const SMALL_BYTES = 8 * 1024

/** The way back to the caller over Node's HTTP server. */
export class NodeOutbound implements Outbound {
  readonly #response: ServerResponse
  readonly #listeners: (() => void)[] = []
  #gone = false
  #ended = false
  #written = false
  /** Tells the sender of the last chunk that the socket closed before it took it. */
  #lost: (() => void) | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    // A response that has closed does not say so again: nobody would ever hear that its answer went nowhere.
    if (response.closed) this.#gone = true
    else response.once('close', () => this.#close())
  }

  get closed(): boolean {
    return this.#gone || this.#ended
  }

  head(status: number, headers: Record<string, string>): void {
    if (this.closed) return
    this.#response.writeHead(status, headers)
  }

  write(chunk: Buffer, accepted?: () => void): boolean {
    if (this.closed) return true
    this.#written = true
    return this.#response.write(chunk, (error) => {
      // Without an error the socket has taken it; after a close it has not, whatever the callback says.
      if (!error && !this.#gone) accepted?.()
    })
  }

  drained(): Promise<void> {
    const response = this.#response
    if (this.closed || !response.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        response.off('drain', done)
        response.off('close', done)
        resolve()
      }
      response.on('drain', done)
      response.on('close', done)
    })
  }

  end(chunk?: Buffer): Promise<boolean> {
    if (this.closed) return Promise.resolve(false)
    this.#ended = true
    return new Promise((resolve) => {
      this.#lost = () => resolve(false)
      const done = (): void => resolve(true)
      // Latin-1 has one character for each byte: what is sent are the same bytes.
      if (chunk !== undefined && !this.#written && chunk.length <= SMALL_BYTES) this.#response.end(chunk.toString('latin1'), 'latin1', done)
      else this.#response.end(chunk, done)
    })
  }

  destroy(): void {
    this.#response.destroy()
  }

  onGone(listener: () => void): void {
    if (this.#gone) listener()
    else this.#listeners.push(listener)
  }

  #close(): void {
    this.#lost?.()
    if (this.#ended) return
    this.#gone = true
    for (const listener of this.#listeners) listener()
  }
}
