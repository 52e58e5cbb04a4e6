import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers for tokens that only it can read (RFC 7662), to whoever knows the secret of its client. */
export class Introspector {
  static readonly client = { clientId: 'gate & way', clientSecret: 'introspection-secret-that-nobody-may-see-31' }
  asked: string[] = []
  /** What it says of tokens, by their text; of all others that they are not active. */
  readonly known = new Map<string, Record<string, unknown>>()
  /** What it answers, instead of what it knows. */
  failing: { status: number; body: string } | undefined
  /** Answers wait until it resolves. */
  held: Promise<void> = Promise.resolve()
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response))

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('token') ?? ''
    this.asked.push(token)
    await this.held
    const say = (status: number, body: string) => response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    if (this.failing !== undefined) return void say(this.failing.status, this.failing.body)
    const { clientId, clientSecret } = Introspector.client
    const encoded = `${encodeURIComponent(clientId).replaceAll('%20', '+')}:${clientSecret}`
    const sound = request.method === 'POST' && request.headers.authorization === `Basic ${Buffer.from(encoded).toString('base64')}`
    if (!sound) return void say(401, '{"error":"invalid_client"}')
    say(200, JSON.stringify(this.known.has(token) ? { active: true, ...this.known.get(token) } : { active: false }))
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
