import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import dns from 'node:dns'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { UpstreamClient, UpstreamError } from '../src/edge.ts'
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
        else globalThis.setImmediate(() => globalThis.setImmediate(() => call.resume()))
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

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'

/** Answers the first call of its only connection, and does as told with the next. */
async function upstreamThatThen(next: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(ANSWER)
      socket.once('data', () => next(socket))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** One call. @returns how it failed; undefined if it did not */
function failureOf(client: UpstreamClient, server: Server): Promise<UpstreamError | undefined> {
  return failureAt(client, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

function failureAt(client: UpstreamClient, origin: string): Promise<UpstreamError | undefined> {
  return new Promise((resolve) => {
    const request = { origin, path: '/', headers: {}, body: Buffer.from('{}') }
    client.send(request, { head: () => undefined, data: () => undefined, end: () => resolve(undefined), error: resolve })
  })
}

describe('the upstream client', () => {
  const losses: [string, boolean, (socket: Socket) => void][] = [
    ['is closed when the next call uses it', true, (socket) => socket.end()],
    ['is reset when the next call uses it', true, (socket) => socket.resetAndDestroy()],
    ['is closed in the middle of the head', false, (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-')],
    ['is closed in the middle of the body', false, (socket) => socket.end(ANSWER.slice(0, -1))],
  ]
  for (const [what, kept, next] of losses) {
    it(`tells ${kept ? '' : 'not '}as lost while it was kept a connection that ${what}`, async () => {
      const server = await upstreamThatThen(next)
      const client = createUpstreamClient({ connectMs: 5_000, firstByteMs: 5_000, silenceMs: 5_000 })
      assert.equal(await failureOf(client, server), undefined)
      // By then the connection is free again.
      await setImmediate()
      const failure = await failureOf(client, server)
      assert.deepEqual([failure?.reason, failure?.kept === true], ['reset', kept], failure?.detail)
      await client.close()
      server.close()
    })
  }

  it('tells that no connection could be made, whatever of the addresses of a name, and none that broke with the same code', async (t) => {
    const server = createServer()
    t.after(() => server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = createUpstreamClient({ connectMs: 5_000, firstByteMs: 5_000, silenceMs: 5_000 })
    const unreachable = Object.assign(new Error('read EHOSTUNREACH'), { code: 'EHOSTUNREACH', syscall: 'read' })
    const connected = (message: unknown): void => void (message as { socket: Socket }).socket.destroy(unreachable)
    subscribe(CONNECTED, connected)
    assert.equal((await failureOf(client, server))?.reason, 'reset', 'it may have got the call')
    unsubscribe(CONNECTED, connected)
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    assert.equal((await failureAt(client, `http://127.0.0.1:${port}`))?.reason, 'connect')
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
    t.mock.method(dns, 'lookup', (_name: string, _options: object, found: (error: null, all: object) => void) => found(null, addresses))
    assert.equal((await failureAt(client, `http://two.example:${port}`))?.reason, 'connect')
    await client.close()
  })

  it('does not tell as kept a connection that is reset at its first call', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = createUpstreamClient({ connectMs: 5_000, firstByteMs: 5_000, silenceMs: 5_000 })
    const failure = await failureOf(client, server)
    assert.deepEqual([failure?.reason, failure?.kept], ['reset', undefined])
    await client.close()
    server.close()
  })

  it('keeps no more of an upstream for a reader that pauses often than for one that pauses once', async () => {
    const server = await floodingUpstream()
    const { port } = server.address() as AddressInfo
    const kept = await keptAfter(500, port)
    server.close()
    assert.ok(kept < 512 * 1_024, `${kept} bytes are kept`)
  })
})
