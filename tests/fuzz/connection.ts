import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { AnswerParser } from '../support/answer-parser.ts'
import type { RawAnswer } from '../support/answer-parser.ts'

/** How an exchange ended: with an answer, or the connection closed, cut off in the middle, or left because nothing came. */
export type Exchange = { kind: 'answer'; answer: RawAnswer } | { kind: 'closed' | 'silent' } | { kind: 'malformed'; error: Error }

/** A connection that is kept alive for as long as the gateway keeps it, and made anew when it does not. */
export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #parser = new AnswerParser()
  #done: ((exchange: Exchange) => void) | undefined

  constructor(url: string) {
    this.#port = Number(new URL(url).port)
  }

  /** Sends the bytes of one request and waits for one answer. `patienceMs`: how long. */
  async exchange(bytes: Buffer, patienceMs: number): Promise<Exchange> {
    this.#socket ??= this.#open()
    this.#parser.headOnly = bytes.subarray(0, 5).toString('latin1') === 'HEAD '
    const ended = new Promise<Exchange>((resolve) => {
      this.#done = resolve
    })
    const timer = setTimeout(() => this.#finish({ kind: 'silent' }), patienceMs)
    this.#socket.write(bytes)
    const exchange = await ended
    clearTimeout(timer)
    // What follows an answer unasked belongs to no request that we know of: such a connection is not used again.
    if (exchange.kind !== 'answer' || exchange.answer.headers.get('connection') === 'close' || !this.#parser.idle) this.leave()
    return exchange
  }

  /** Closes the connection, if there is one. */
  leave(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#parser = new AnswerParser()
    socket?.destroy()
  }

  #finish(exchange: Exchange): void {
    this.#done?.(exchange)
    this.#done = undefined
  }

  #open(): Socket {
    const parser = this.#parser
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const read = (work: () => RawAnswer | undefined): void => {
      try {
        const answer = work()
        if (answer !== undefined) this.#finish({ kind: 'answer', answer })
      } catch (error) {
        this.#finish({ kind: 'malformed', error: error as Error })
      }
    }
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      if (this.#socket === socket) read(() => parser.push(piece)[0])
    })
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#parser = new AnswerParser()
      read(() => parser.close())
      this.#finish({ kind: 'closed' })
    })
    return socket
  }
}
