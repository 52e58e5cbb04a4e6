/**
 * The fixed upstream of the benchmark, a process of its own: `node upstream.ts`. Prints its port. Answers every chat
 * completion with the same 0.7 kB, or with the same stream of 100 events, each written by itself. Raw sockets and
 * buffers made beforehand: it shares a core with the load, and neither may be what a measurement waits for.
 */
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { ANSWER, END, END_WITH_USAGE, WORDS } from './answers.ts'
import { MessageReader } from './message-reader.ts'

const JSON_ANSWER = Buffer.concat([
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n`),
  ANSWER,
])
const STREAM_HEAD = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n')

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

const WORD_CHUNKS = WORDS.map(chunk)
const LAST = Buffer.from('0\r\n\r\n')
const END_CHUNKS = Buffer.concat([chunk(END), LAST])
const END_WITH_USAGE_CHUNKS = Buffer.concat([chunk(END_WITH_USAGE), LAST])

function stream(socket: Socket, usage: boolean): void {
  socket.write(STREAM_HEAD)
  let sent = 0
  const next = (): void => {
    if (socket.destroyed) return
    const piece = WORD_CHUNKS[sent++]
    if (piece === undefined) {
      socket.write(usage ? END_WITH_USAGE_CHUNKS : END_CHUNKS)
      return
    }
    socket.write(piece)
    setImmediate(next)
  }
  next()
}

function answer(socket: Socket, request: Buffer): void {
  if (request.includes('"stream":true')) stream(socket, request.includes('include_usage'))
  else socket.write(JSON_ANSWER)
}

const server = createServer({ noDelay: true }, (socket) => {
  let pieces: Buffer[] = []
  const reader = new MessageReader({
    head: () => undefined,
    body: (piece) => pieces.push(Buffer.from(piece)),
    end: () => {
      const request = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
      pieces = []
      answer(socket, request)
    },
  })
  socket.on('data', (piece: Buffer) => reader.push(piece))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', 1024, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
