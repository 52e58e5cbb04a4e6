import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { oddAnswer, rightAnswer } from './answers.ts'
import type { Asked, Due, Written } from './answers.ts'
import type { Seeded } from './random.ts'

/** One call that the gateway made: what it must cost, and what is wrong with how it was asked. */
export interface Call {
  due: Due
  asked: Asked
  answered: Written['after']
  /** Bytes of the body that came. */
  size: number
  complaint: string | undefined
}

const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * An upstream that answers with bytes of its own making, right or odd as the model's name says, from choices that the
 * input decides. It keeps what it has answered until that is asked for.
 */
export class FuzzUpstream {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #choices = new Map<string, Seeded>()
  readonly #calls = new Map<string, Call[]>()

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }

  /** Connections that are open, in use or kept for the next call. */
  get connections(): number {
    return this.#sockets.size
  }

  /** What the next call for a model is answered from. */
  prepare(model: string, random: Seeded): void {
    this.#choices.set(model, random)
  }

  /** The calls for a model since they were last asked for. */
  take(model: string): Call[] {
    const calls = this.#calls.get(model) ?? []
    this.#calls.delete(model)
    return calls
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    let held: Buffer = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (piece) => {
      held = held.length === 0 ? piece : Buffer.concat([held, piece])
      const end = held.indexOf(HEAD_END)
      if (end < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(held.toString('latin1', 0, end))?.[1] ?? 0)
      const from = end + HEAD_END.length
      if (held.length < from + length) return
      const body = held.subarray(from, from + length)
      held = held.subarray(from + length)
      this.#answer(socket, body)
    })
  }

  #answer(socket: Socket, body: Buffer): void {
    // A connection is used again in the moment in which this end closes it: what comes then is answered by nobody.
    if (!socket.writable) return
    const { asked, complaint } = understand(body)
    const random = this.#choices.get(asked.model)
    if (random === undefined) throw new Error(`a call for ${asked.model}, which no input asked for`)
    const { bytes, after, due } = asked.model.startsWith('odd') ? oddAnswer(random, asked) : rightAnswer(random, asked)
    const calls = this.#calls.get(asked.model) ?? []
    calls.push({ due, asked, answered: after, size: body.length, complaint })
    this.#calls.set(asked.model, calls)
    socket.write(bytes, () => {
      if (after === 'close') socket.end()
      if (after === 'reset') socket.resetAndDestroy()
    })
  }
}

/** Reads a forwarded body as a provider would, and what a provider could not accept in it. */
function understand(bytes: Buffer): { asked: Asked; complaint: string | undefined } {
  let body: Record<string, unknown>
  try {
    body = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, '')) as Record<string, unknown>
  } catch (error) {
    return { asked: { model: '', stream: false, asksForUsage: false, n: 1, limit: undefined }, complaint: String(error) }
  }
  const limits = [body['max_tokens'], body['max_completion_tokens']].filter((limit) => typeof limit === 'number')
  const options = body['stream_options'] as { include_usage?: boolean } | undefined
  const asked: Asked = {
    model: String(body['model']),
    stream: body['stream'] === true,
    asksForUsage: options?.include_usage === true,
    n: typeof body['n'] === 'number' ? body['n'] : 1,
    limit: limits.length === 0 ? undefined : Math.max(...limits),
  }
  if (asked.stream && !asked.asksForUsage) return { asked, complaint: 'a stream that does not ask for usage' }
  if (!Array.isArray(body['messages'])) return { asked, complaint: 'no messages' }
  return { asked, complaint: undefined }
}
