import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pause } from '../support/wait.ts'

/** Gives tokens to whoever knows the secret of a client: `TOKEN-<path>-<client>-<scope>-<number>`. */
export class TokenServer {
  static readonly secret = 'client-secret-that-nobody-may-see-77'
  asked = 0
  /** Seconds that a token says to live. */
  life = 3600
  /** What it answers, instead of a token. */
  failing: number | undefined
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response))

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const [client, secret] = Buffer.from(String(request.headers.authorization).slice(6), 'base64').toString().split(':')
    this.asked += 1
    const number = this.asked
    await pause(20)
    const say = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (this.failing !== undefined) return void say(this.failing, {})
    const good = request.method === 'POST' && form.get('grant_type') === 'client_credentials' && secret === TokenServer.secret
    if (!good) return void say(401, { error: 'invalid_client' })
    const token = ['TOKEN', request.url?.slice(1), client, form.get('scope') ?? 'none', number].join('-').replaceAll(' ', '+')
    say(200, { access_token: token, token_type: 'Bearer', expires_in: this.life })
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
