/**
 * The fixed upstream of the benchmark, a process of its own: `node upstream.ts`. Prints its port. Answers every chat
 * completion with the same 0.7 kB, or with a stream, each event written by itself: 100 events at once, or as the prompt
 * says, see pace.ts. Raw sockets and buffers made beforehand: it shares a core with the load, and neither may be what a
 * measurement waits for.
 */
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { ANSWER, END, END_WITH_USAGE, word, WORDS } from './answers.ts'
import { MessageReader } from './message-reader.ts'
import { readPace } from './pace.ts'
import type { Pace } from './pace.ts'

const JSON_HEAD = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n`
const JSON_ANSWER = Buffer.concat([Buffer.from(JSON_HEAD), ANSWER])
const STREAM_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'

function chunk(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
}

const WORD_CHUNKS = WORDS.map(chunk)
const FLOOD = Buffer.concat(WORD_CHUNKS)
const END_CHUNKS = Buffer.concat([chunk(END), chunk('')])
const END_WITH_USAGE_CHUNKS = Buffer.concat([chunk(END_WITH_USAGE), chunk('')])

/** The events one after the other, as fast as everyone else gets a turn. */
function atOnce(socket: Socket, end: Buffer): void {
  let sent = 0
  const next = (): void => {
    if (socket.destroyed) return
    const piece = WORD_CHUNKS[sent++]
    socket.write(piece ?? end)
    if (piece !== undefined) setImmediate(next)
  }
  next()
}

/** Some events a second, each of which says when it was sent. */
function paced(socket: Socket, { perSecond, events }: Pace, end: Buffer): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent++ < events && !socket.destroyed) {
      socket.write(chunk(word(String(process.hrtime.bigint()))))
      return
    }
    clearInterval(timer)
    if (!socket.destroyed) socket.write(end)
  }, 1_000 / perSecond)
}

/** As much as the other side takes, without end. */
function flood(socket: Socket): void {
  const fill = (): void => {
    while (!socket.destroyed && socket.write(FLOOD));
  }
  socket.on('drain', fill)
  fill()
}

function answer(socket: Socket, request: Buffer): void {
  if (!request.includes('"stream":true')) {
    socket.write(JSON_ANSWER)
    return
  }
  socket.write(STREAM_HEAD)
  const end = request.includes('include_usage') ? END_WITH_USAGE_CHUNKS : END_CHUNKS
  const pace = readPace(request)
  if (pace === undefined) atOnce(socket, end)
  else if (pace === 'flood') flood(socket)
  else paced(socket, pace, end)
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
