import type { ServerResponse } from 'node:http'
import type { Outbound } from '../edge.ts'

/** The way back to the caller over Node's HTTP server. */
export class NodeOutbound implements Outbound {
  readonly #response: ServerResponse
  readonly #listeners: (() => void)[] = []
  #gone = false
  #ended = false
  /** Tells the sender of the last chunk that the socket closed before it took it. */
  #lost: (() => void) | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    response.once('close', () => this.#close())
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
      this.#response.end(chunk, () => resolve(true))
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
