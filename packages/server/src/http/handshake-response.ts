import { ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SwitchableResponse } from '@faregate/gateway'

/** So long a caller may take to read a refusal. */
const LINGER_MS = 1_000

/** Connections that asked for a WebSocket: node counts them, and closes them no more. */
const taken = new WeakMap<Server, Set<Socket>>()

/** Whether a request can be the handshake of a WebSocket. Any other offer to switch is left alone, as if it had not been made. */
export function isHandshake({ method, headers, httpVersion }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersion !== '1.1' || headers['content-length'] !== undefined) return false
  const offered = (headers.upgrade ?? '').split(',').map((name) => name.trim().toLowerCase())
  return headers['transfer-encoding'] === undefined && offered.includes('websocket')
}

/** The answer to a handshake that node handed over with its connection: 101, or a plain answer with which it ends. */
export class HandshakeResponse extends ServerResponse implements SwitchableResponse {
  readonly #socket: Socket

  constructor(server: Server, request: IncomingMessage, socket: Socket, head: Buffer) {
    super(request)
    this.#socket = socket
    keep(server, socket)
    socket.on('error', () => undefined)
    if (head.length > 0) socket.unshift(head)
    socket.on('readable', this.#watchEnd)
    this.shouldKeepAlive = false
    this.assignSocket(socket)
    this.once('finish', () => this.#endConnection())
  }

  takeConnection(): Duplex {
    this.detachSocket(this.#socket)
    this.#socket.off('readable', this.#watchEnd)
    return this.#socket
  }

  /** A caller who leaves before the answer is noticed; what one sends too early waits. */
  readonly #watchEnd = (): void => {
    const socket = this.#socket
    if (socket.readableLength > 0) return
    socket.once('end', () => socket.destroy())
    socket.read()
  }

  #endConnection(): void {
    const socket = this.#socket
    this.takeConnection()
    socket.resume()
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
}

/** Cuts what was handed over. */
export function cutTaken(server: Server): void {
  for (const socket of taken.get(server) ?? []) socket.destroy()
}

function keep(server: Server, socket: Socket): void {
  const sockets = taken.get(server) ?? new Set<Socket>()
  taken.set(server, sockets)
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
}
