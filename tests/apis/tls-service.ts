import { once } from 'node:events'
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Proof } from '../support/certificates.ts'

/** One call, as a service with TLS got it. */
interface TlsCall {
  url: string
  method: string
  version: string
  host: string
  body: string
  /** The subject of the certificate that was shown. */
  client: string | undefined
}

/** A service that speaks HTTPS, HTTP/2 where it is asked to, and lets in whom `clientCa` vouches for, where there is one. */
export class TlsService {
  readonly calls: TlsCall[] = []
  readonly sockets = new Set<Socket>()
  /** Connections there ever were. */
  connections = 0
  readonly #server: Http2SecureServer | Server

  constructor(own: Proof, { clientCa, http2 = true }: { clientCa?: string | undefined; http2?: boolean } = {}) {
    const trusted = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
    const proof = { cert: own.certificate, key: own.key, ...trusted }
    this.#server = http2 ? createSecureServer({ ...proof, allowHTTP1: true }) : createServer(proof)
    this.#server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => void this.#serve(request, response))
    this.#server.on('secureConnection', (socket: Socket) => {
      this.connections += 1
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.sockets.delete(socket))
    })
    this.#server.on('sessionError', () => undefined)
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  callsOf(path: string): TlsCall[] {
    return this.calls.filter(({ url }) => url === path)
  }

  async #serve(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const { url, method, httpVersion: version } = request
    const socket = (request.stream?.session?.socket ?? request.socket) as TLSSocket
    const { CN: client } = socket.getPeerCertificate().subject ?? {}
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const host = request.authority ?? request.headers.host ?? ''
    this.calls.push({ url, method, version, host, body: Buffer.concat(chunks).toString(), client: client?.toString() })
    const [, kind, size] = url.split('/')
    response.setHeader('content-type', 'text/plain')
    if (kind === 'silent') return
    if (kind === 'bytes') return void response.end(Buffer.alloc(Number(size), 'x'))
    if (kind === 'cut') {
      response.write(Buffer.alloc(200_000, 'x'), () => setTimeout(() => socket.destroy(), 100))
      return
    }
    response.end(`${version} ${client?.toString() ?? 'nobody'}`)
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.sockets) socket.destroy()
    if (this.#server.listening) await once(this.#server, 'close')
  }
}
