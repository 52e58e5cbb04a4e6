/**
 * The fixed upstream of the benchmark, a process of its own: `node upstream.ts`. Prints its port. Answers every request in
 * the wire format of its path with the same 0.7 kB, or with a stream, each event written by itself: 100 pieces of text at
 * once, or as the prompt says, see pace.ts. Raw sockets and buffers made beforehand: it shares a core with the load, and
 * neither may be what a measurement waits for.
 */
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { asksForStream, SPOKEN, spokenOn } from './dialects/index.ts'
import { PIECES, WORD } from './dialects/spoken.ts'
import type { Answers, Spoken, Stream } from './dialects/spoken.ts'
import { MessageReader } from './message-reader.ts'
import { readPace } from './pace.ts'
import type { Pace } from './pace.ts'

/** What is written in one wire format. */
interface Written {
  whole: Buffer
  head: Buffer
  pieces: Buffer[]
  end: Buffer
  endWithUsage: Buffer
  flood: Buffer
  text: Stream
}

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

const LAST_CHUNK = chunk(Buffer.alloc(0))

function writtenOf({ whole, streamType, text }: Answers): Written {
  const wholeHead = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n`
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${streamType}\r\ntransfer-encoding: chunked\r\n\r\n`
  const words = Array.from({ length: PIECES }, () => chunk(text.piece(WORD)))
  return {
    whole: Buffer.concat([Buffer.from(wholeHead), whole]),
    head: Buffer.from(head),
    pieces: [...text.begin.map(chunk), ...words],
    end: Buffer.concat([chunk(text.end), LAST_CHUNK]),
    endWithUsage: Buffer.concat([chunk(text.endWithUsage ?? text.end), LAST_CHUNK]),
    flood: Buffer.concat(words),
    text,
  }
}

const WRITTEN = new Map<Spoken, Written>(Object.values(SPOKEN).map((spoken) => [spoken, writtenOf(spoken.answers)]))

/** The events one after the other, as fast as everyone else gets a turn. */
function atOnce(socket: Socket, pieces: Buffer[], end: Buffer): void {
  let sent = 0
  const next = (): void => {
    if (socket.destroyed) return
    const piece = pieces[sent++]
    socket.write(piece ?? end)
    if (piece !== undefined) setImmediate(next)
  }
  next()
}

/** Some events a second, each of which says when it was sent. */
function paced(socket: Socket, { perSecond, events }: Pace, text: Stream, end: Buffer): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent++ < events && !socket.destroyed) {
      socket.write(chunk(text.piece(String(process.hrtime.bigint()))))
      return
    }
    clearInterval(timer)
    if (!socket.destroyed) socket.write(end)
  }, 1_000 / perSecond)
}

/** As much as the other side takes, without end. */
function flooded(socket: Socket, flood: Buffer): void {
  const fill = (): void => {
    while (!socket.destroyed && socket.write(flood));
  }
  socket.on('drain', fill)
  fill()
}

function answer(socket: Socket, path: string, request: Buffer): void {
  const written = WRITTEN.get(spokenOn(path))
  if (written === undefined) return
  if (!asksForStream(path, request)) {
    socket.write(written.whole)
    return
  }
  socket.write(written.head)
  const end = request.includes('include_usage') ? written.endWithUsage : written.end
  const pace = readPace(request)
  if (pace === undefined) atOnce(socket, written.pieces, end)
  else if (pace === 'flood') flooded(socket, written.flood)
  else paced(socket, pace, written.text, end)
}

const server = createServer({ noDelay: true }, (socket) => {
  let pieces: Buffer[] = []
  let path = ''
  const reader = new MessageReader({
    head: (text) => (path = text.slice(text.indexOf(' ') + 1, text.indexOf(' HTTP/'))),
    body: (piece) => pieces.push(Buffer.from(piece)),
    end: () => {
      const request = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
      pieces = []
      answer(socket, path, request)
    },
  })
  socket.on('data', (piece: Buffer) => reader.push(piece))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', 1024, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
