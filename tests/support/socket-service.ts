import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'

/** A handshake that a service of WebSockets got, and what became of its connection. */
export interface Handshake {
  url: string
  headers: IncomingHttpHeaders
  socket: Socket
  /** The code with which the connection was closed. */
  closed: Promise<number>
}

const PIECE = Buffer.alloc(64 * 1024, 'x')

/** What a server answers a handshake with, in bytes. */
const ANSWERS: Record<string, ((request: IncomingMessage) => string) | undefined> = {
  refuse: () => 'HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nno',
  plain: () => 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello',
  failed: () => 'HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n',
  liar: () => 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: AAAA\r\n\r\n',
  other: (request) =>
    `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\nsec-websocket-accept: ${acceptOf(request)}\r\n\r\n`,
}

function acceptOf({ headers }: IncomingMessage): string {
  return createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** A real server of WebSockets, which does what the path asks for: `/echo`, `/flood`, `/leave`, `/cut`, `/refuse`, … */
export class SocketService {
  readonly handshakes: Handshake[] = []
  /** Requests that were no handshakes. */
  readonly plain: IncomingMessage[] = []
  /** Bytes of floods that were taken from it. */
  flooded = 0
  /** Runs before a handshake is answered. */
  onCall: (() => unknown) | undefined
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #ws = new WebSocketServer({
    noServer: true,
    perMessageDeflate: true,
    handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
  })

  constructor() {
    this.#server = createServer((request, response) => {
      this.plain.push(request)
      response.end('plain')
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('upgrade', (request, socket, head) => void this.#answer(request, socket as Socket, head))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get last(): Handshake {
    const last = this.handshakes.at(-1)
    if (last === undefined) throw new Error('no handshake came')
    return last
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

  async #answer(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { url = '', headers } = request
    const closed = Promise.withResolvers<number>()
    this.handshakes.push({ url, headers, socket, closed: closed.promise })
    await this.onCall?.()
    const [, what = ''] = url.split(/[/?]/)
    if (what === 'silent') return void socket.on('end', () => socket.end()).resume()
    const bytes = ANSWERS[what]?.(request)
    if (bytes !== undefined) return void socket.write(bytes)
    this.#ws.handleUpgrade(request, socket, head, (ws) => {
      ws.on('close', (code) => closed.resolve(code))
      ws.on('error', () => undefined)
      this.#serve(what, ws, socket)
    })
  }

  #serve(what: string, ws: WebSocket, socket: Socket): void {
    if (what === 'flood') this.#flood(ws)
    else if (what === 'leave') ws.close(4_001, 'enough')
    else if (what === 'cut') ws.on('message', () => socket.resetAndDestroy())
    else ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }))
  }

  /** Sends without end, as fast as it is taken. */
  #flood(ws: WebSocket): void {
    ws.send(PIECE, { compress: false }, (error) => {
      if (error) return
      this.flooded += PIECE.length
      this.#flood(ws)
    })
  }
}

export function startSocketService(): Promise<SocketService> {
  return new SocketService().listen()
}
