/**
 * What a gateway is compared with: a proxy of `node:http` and undici that reads the same bodies and does nothing with
 * them, `node control.ts PORT-OF-UPSTREAM`. It parses the request, and the answer or each event of a stream, as whoever
 * meters them must; it checks nobody, charges nothing and keeps nothing. `--bare` parses nothing either. Prints its port.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

const bare = process.argv.includes('--bare')
const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 1_024 })

function headersFor({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  const { host: _host, connection: _connection, ...kept } = headers
  return kept
}

function forwardBare(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const options = { path: request.url ?? '/', method: 'POST', headers: headersFor(request), body: request } as const
  return pool.stream(options, ({ statusCode, headers }) => {
    const { connection: _closed, 'transfer-encoding': _chunked, 'keep-alive': _kept, ...kept } = headers
    response.writeHead(statusCode, kept)
    return response
  })
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece)
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
}

/** How streams are cut into events, and where in an event its JSON begins, by their type. */
const STREAMS: Record<string, { end: string; before: string }> = {
  'text/event-stream': { end: '\n\n', before: 'data: ' },
  'application/x-ndjson': { end: '\n', before: '' },
}

/** Forwards every piece as it comes and parses the events that became whole with it. */
async function forwardEvents(
  body: AsyncIterable<Buffer>,
  response: ServerResponse,
  { end, before }: { end: string; before: string },
): Promise<void> {
  let text = ''
  for await (const piece of body) {
    text += piece.toString('utf8')
    const events = text.split(end)
    text = events.pop() ?? ''
    for (const event of events) {
      const at = event.indexOf(`${before}{`)
      if (at >= 0) JSON.parse(event.slice(at + before.length))
    }
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
  }
  response.end()
}

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await collect(request)
  JSON.parse(body.toString('utf8'))
  const answer = await pool.request({ path: request.url ?? '/', method: 'POST', headers: headersFor(request), body })
  const type = String(answer.headers['content-type'])
  const stream = STREAMS[type]
  if (stream !== undefined) {
    response.writeHead(answer.statusCode, { 'content-type': type })
    return forwardEvents(answer.body, response, stream)
  }
  const bytes = await collect(answer.body)
  JSON.parse(bytes.toString('utf8'))
  response.writeHead(answer.statusCode, { 'content-type': type, 'content-length': bytes.length })
  response.end(bytes)
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  ;(bare ? forwardBare : forward)(request, response).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', 1024, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
