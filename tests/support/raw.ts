import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { AnswerParser } from './answer-parser.ts'
import type { RawAnswer } from './answer-parser.ts'

export interface Talk {
  answers: RawAnswer[]
  /** The gateway closed the connection, in order or not. */
  closed: boolean
  /** What came that is not HTTP, or how it was cut off. */
  malformed: Error | undefined
}

export interface TalkOptions {
  /** Leave once so many answers have come. */
  answers?: number
  /** Leave after so long at the latest. */
  withinMs?: number
  /** Goes on with the connection once the bytes are on their way. */
  opened?: (socket: Socket) => void
}

/** Sends bytes as they are on a connection of their own, and reads what comes back until it ends. */
export function talk(url: string, bytes: string | Buffer, options: TalkOptions = {}): Promise<Talk> {
  const { hostname, port } = new URL(url)
  const parser = new AnswerParser()
  const said: Talk = { answers: [], closed: false, malformed: undefined }
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let left = false
    const leave = (): void => {
      left = true
      clearTimeout(timer)
      socket.destroy()
      resolve(said)
    }
    const timer = setTimeout(leave, options.withinMs ?? 5_000)
    const read = (work: () => RawAnswer[]): void => {
      try {
        said.answers.push(...work())
      } catch (error) {
        said.malformed ??= error as Error
        leave()
      }
    }
    socket.on('data', (piece) => {
      read(() => parser.push(piece))
      if (said.answers.length >= (options.answers ?? Number.POSITIVE_INFINITY)) leave()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (left) return
      said.closed = true
      read(() => [parser.close()].filter((answer) => answer !== undefined))
      leave()
    })
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    options.opened?.(socket)
  })
}

/** The refusal in an answer; throws when it is none. */
export function problemOf({ status, body }: RawAnswer): { code: string; [member: string]: unknown } {
  const problem = JSON.parse(body.toString('utf8')) as { code?: unknown }
  if (typeof problem.code !== 'string') throw new Error(`status ${status} without a code: ${body.toString('utf8', 0, 300)}`)
  return problem as { code: string }
}
