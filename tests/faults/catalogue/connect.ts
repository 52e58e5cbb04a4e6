import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { FAILED, faultsOf, TIMED_OUT } from './fault.ts'
import type { Listener } from './fault.ts'

/** Before there is a call: what happens to connections. */
export const CONNECT = faultsOf('connect', [
  { name: 'refused', does: 'refuses connections', upstream: { listen: refusing }, both: FAILED },
  {
    name: 'reset',
    does: 'resets each connection as it accepts it',
    upstream: onConnection((socket) => socket.resetAndDestroy()),
    both: FAILED,
  },
  { name: 'closed', does: 'closes each connection as it accepts it', upstream: onConnection((socket) => socket.end()), both: FAILED },
  {
    name: 'reset-on-read',
    does: 'resets when the first byte of the call arrives',
    upstream: onConnection((socket) => socket.once('data', () => socket.resetAndDestroy())),
    both: FAILED,
  },
  {
    name: 'noise',
    does: 'greets with bytes that are not HTTP',
    upstream: onConnection((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n')),
    both: FAILED,
  },
  {
    name: 'tls-alert',
    does: 'speaks TLS',
    upstream: onConnection((socket) => socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]))),
    both: FAILED,
  },
  {
    name: 'deaf',
    does: 'accepts connections and never reads',
    upstream: onConnection((socket) => socket.pause()),
    both: TIMED_OUT,
    slow: true,
  },
  { name: 'full', does: 'lets connections wait to be accepted for ever', upstream: { listen: full }, both: TIMED_OUT, slow: true },
])

function onConnection(act: (socket: Socket) => unknown): { listen(): Promise<Listener> } {
  return {
    listen: async () => {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => sockets.delete(socket))
        act(socket)
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return {
        url: urlOf((server.address() as AddressInfo).port),
        close: async () => {
          server.close()
          for (const socket of sockets) socket.destroy()
          await once(server, 'close')
        },
      }
    },
  }
}

/** A port on which nobody listens: it was free a moment ago. */
async function refusing(): Promise<Listener> {
  const { url, close } = await onConnection((socket) => socket.end()).listen()
  await close()
  return { url, close: async () => undefined }
}

/** Listens with room for hardly anybody, and stands still: once the room is taken, the kernel drops who knocks. */
const STANDS_STILL = `
const { parentPort } = require('node:worker_threads')
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
})
`

async function full(): Promise<Listener> {
  const worker = new Worker(STANDS_STILL, { eval: true })
  const [port] = (await once(worker, 'message')) as [number]
  const fillers = await fill(port)
  return {
    url: urlOf(port),
    close: async () => {
      for (const socket of fillers) socket.destroy()
      await worker.terminate()
    },
  }
}

/** Takes places until one knocks in vain. */
async function fill(port: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let i = 0; i < 16; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    sockets.push(socket)
    const taken = await Promise.race([once(socket, 'connect').then(() => true), new Promise<false>((late) => setTimeout(late, 200, false))])
    if (!taken) return sockets
  }
  throw new Error(`the port ${port} takes every connection: its backlog cannot be filled here`)
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/v1`
}
