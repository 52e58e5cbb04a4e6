import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { createUpstreamClient } from '../src/upstream/client.ts'

const PIECE = Buffer.from(`400\r\n${'x'.repeat(1_024)}\r\n`)
const CONNECTED = 'undici:client:connected'

/** Answers whatever comes with as much as the other side takes. */
async function floodingUpstream(): Promise<Server> {
  const server = createServer((socket) => {
    const fill = (): void => {
      while (!socket.destroyed && socket.write(PIECE));
    }
    socket.on('error', () => undefined)
    socket.on('drain', fill)
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      fill()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Reads so many pieces, paused after each until the socket has had its turn; gives how much the process took and keeps. */
async function keptAfter(pieces: number, port: number): Promise<number> {
  const client = createUpstreamClient({ connectMs: 5_000, firstByteMs: 5_000, silenceMs: 5_000 })
  let socket: Socket | undefined
  const connected = (message: unknown): void => {
    ;({ socket } = message as { socket: Socket })
  }
  subscribe(CONNECTED, connected)
  let delivered = 0
  let left = pieces
  await new Promise<void>((resolve, reject) => {
    const request = { origin: `http://127.0.0.1:${port}`, path: '/', headers: {}, body: Buffer.from('{}') }
    const call = client.send(request, {
      head: () => undefined,
      data: (chunk) => {
        delivered += chunk.length
        call.pause()
        left -= 1
        if (left === 0) resolve()
        else setImmediate(() => setImmediate(() => call.resume()))
      },
      end: () => reject(new Error('the upstream ended')),
      error: ({ detail }) => reject(new Error(detail)),
    })
  })
  unsubscribe(CONNECTED, connected)
  const kept = (socket?.bytesRead ?? Number.NaN) - delivered
  socket?.destroy()
  return kept
}

describe('the upstream client', () => {
  it('keeps no more of an upstream for a reader that pauses often than for one that pauses once', async () => {
    const server = await floodingUpstream()
    const { port } = server.address() as AddressInfo
    const kept = await keptAfter(500, port)
    server.close()
    assert.ok(kept < 512 * 1_024, `${kept} bytes are kept`)
  })
})
