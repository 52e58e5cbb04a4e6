import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { chatStream } from '../support/sse.ts'
import { gate } from '../support/wait.ts'
import type { Gate } from '../support/wait.ts'
import type { Step } from './plan.ts'
import { MOST_WORDS } from './served.ts'

/** What a caller knows of one call. */
export interface Seen {
  user: string
  model: string
  streaming: boolean
  /** Null where no head of an answer arrived. */
  status: number | null
  /** Of a refusal, or of the error in a stream. */
  code: string | null
  /** The answer is complete: its last byte arrived, and it is no error. */
  whole: boolean
  /** Words of output that arrived; of a whole answer without a stream, all of them. */
  words: number
  /** The caller itself went away. */
  left: boolean
}

export interface Asked {
  url: string
  key: string
  user: string
  model: string
  streaming: boolean
}

/** One call of the gateway, on a connection of its own, that comes by at its steps. */
export class Call {
  readonly #asked: Asked
  readonly #at: (step: Step) => Promise<void>
  readonly #request: ClientRequest
  #pieces: Buffer[] = []
  #reading: Gate | undefined
  #left = false

  constructor(asked: Asked, at: (step: Step) => Promise<void> = () => Promise.resolve()) {
    this.#asked = asked
    this.#at = at
    this.#request = httpRequest(`${asked.url}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${asked.key}`, 'content-length': this.#body.length },
    })
    this.#request.on('error', () => undefined)
  }

  /** Goes away. */
  cut(): void {
    this.#left = true
    this.#request.destroy()
  }

  /** Stops reading, until told otherwise. */
  stall(stalling: boolean): void {
    if (stalling) this.#reading ??= gate()
    else {
      this.#reading?.open()
      this.#reading = undefined
    }
  }

  async run(): Promise<Seen> {
    const gone = once(this.#request, 'close').then(() => [])
    const answered = Promise.race([once(this.#request, 'response'), gone]).catch(() => [])
    await this.#send()
    const [response] = (await answered) as IncomingMessage[]
    if (response === undefined) return this.#seen(undefined)
    try {
      for await (const piece of response) await this.#read(piece as Buffer)
    } catch {
      // It broke: what arrived counts.
    }
    const seen = this.#seen(response)
    if (seen.whole) await this.#at('client-has-last-byte')
    return seen
  }

  get #body(): Buffer {
    const { model, user, streaming } = this.#asked
    return Buffer.from(
      JSON.stringify({ model, user, stream: streaming, max_tokens: MOST_WORDS, messages: [{ role: 'user', content: 'Hello!' }] }),
    )
  }

  async #send(): Promise<void> {
    const half = Math.floor(this.#body.length / 2)
    this.#request.write(this.#body.subarray(0, half))
    await this.#at('request-half-sent')
    this.#request.end(this.#body.subarray(half))
  }

  async #read(piece: Buffer): Promise<void> {
    this.#pieces.push(piece)
    if (this.#pieces.length === 1) await this.#at('client-has-first-byte')
    if (piece.includes('[DONE]')) await this.#at('client-has-last-byte')
    await this.#reading?.promise
  }

  #seen(response: IncomingMessage | undefined): Seen {
    const { user, model, streaming } = this.#asked
    const shared = { user, model, streaming, left: this.#left, status: response?.statusCode ?? null }
    const body = Buffer.concat(this.#pieces)
    if (response?.statusCode !== 200) return { ...shared, code: codeOf(body), whole: false, words: 0 }
    if (!streaming) return { ...shared, code: null, ...wholeAnswer(response, body) }
    const { done, error, pieces } = chatStream(body, { foreign: true })
    return { ...shared, code: error?.code ?? null, whole: done === 1 && error === undefined, words: pieces }
  }
}

function wholeAnswer(response: IncomingMessage, body: Buffer): Pick<Seen, 'whole' | 'words'> {
  if (!response.complete) return { whole: false, words: 0 }
  const answer = JSON.parse(body.toString()) as { choices: { message: { content: string } }[] }
  return { whole: true, words: (answer.choices[0]?.message.content.length ?? 0) / ' the'.length }
}

function codeOf(body: Buffer): string | null {
  const found = /"code":"(\w+)"/.exec(body.toString())
  return found?.[1] ?? null
}
