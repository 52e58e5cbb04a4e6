import { gzipSync } from 'node:zlib'
import { raw } from '../../support/faults.ts'
import type { Behaviour, Exchange } from '../../support/upstream.ts'
import { FAILED, faultsOf } from './fault.ts'
import { half, OK, whole } from './healthy.ts'

/** Under a head that is written by hand, so that framing and content can disagree. */
function framed(head: string, body: (text: string) => string | Buffer): (exchange: Exchange) => Buffer {
  return (exchange) => {
    const text = whole(exchange)
    const lines = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${head.replace('LENGTH', String(text.length))}\r\n\r\n`
    return Buffer.concat([Buffer.from(lines), Buffer.from(body(text))])
  }
}

function chunkOf(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`
}

/** Whose next call on the same connection it would answer, if it were taken for an answer. */
const FORGED = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`

/** How the bytes of the body are wrapped. */
export const FRAMING = faultsOf('body', [
  { name: 'closed', does: 'closes in the middle of its body', upstream: raw(framed('content-length: LENGTH', half)), both: FAILED },
  { name: 'reset', does: 'resets in the middle of its body', upstream: raw(framed('content-length: LENGTH', half), 'reset'), both: FAILED },
  { name: 'too-short', does: 'sends less than it states', upstream: raw(framed('content-length: 100000', (text) => text)), both: FAILED },
  {
    name: 'too-long',
    does: 'sends more than it states',
    upstream: raw(
      framed('content-length: 20', (text) => text),
      'open',
    ),
    both: FAILED,
  },
  {
    name: 'forged-next',
    does: 'sends a second answer behind its own',
    upstream: raw(
      framed('content-length: LENGTH', (text) => text + FORGED),
      'open',
    ),
    whole: OK,
  },
  {
    name: 'chunk-size',
    does: 'states the size of a chunk in no number',
    upstream: raw(
      framed('transfer-encoding: chunked', (text) => `zz\r\n${text}\r\n0\r\n\r\n`),
      'open',
    ),
    both: FAILED,
  },
  {
    name: 'chunk-overflow',
    does: 'states a chunk larger than any number',
    upstream: raw(
      framed('transfer-encoding: chunked', (text) => `${'f'.repeat(40)}\r\n${text}`),
      'open',
    ),
    both: FAILED,
  },
  {
    name: 'chunk-long',
    does: 'puts more into a chunk than it states',
    upstream: raw(
      framed('transfer-encoding: chunked', (text) => `5\r\n${text}\r\n0\r\n\r\n`),
      'open',
    ),
    both: FAILED,
  },
  {
    name: 'chunk-missing',
    does: 'closes without the last chunk',
    upstream: raw(framed('transfer-encoding: chunked', chunkOf)),
    both: FAILED,
  },
  {
    name: 'trailers',
    does: 'sends headers behind its body',
    upstream: raw(framed('transfer-encoding: chunked', (text) => `${chunkOf(text)}0\r\nset-cookie: SECRET=1\r\n\r\n`)),
    whole: OK,
  },
  {
    name: 'no-length',
    does: 'tells the end of its body by closing',
    upstream: raw(framed('connection: close', (text) => text)),
    whole: OK,
  },
  {
    name: 'no-length-half',
    does: 'closes early where the close tells the end',
    upstream: raw(framed('connection: close', half)),
    both: FAILED,
  },
])

/** Compressed, although `identity` was asked for. */
export const ENCODED = faultsOf('body', [
  { name: 'gzip', does: 'compresses', upstream: encoded('gzip', (zipped) => zipped), whole: OK },
  {
    name: 'gzip-cut',
    does: 'sends half of what it compressed',
    upstream: encoded('gzip', (zipped) => zipped.subarray(0, zipped.length / 2)),
    both: FAILED,
  },
  { name: 'gzip-broken', does: 'sends compressed bytes with one changed', upstream: encoded('gzip', corrupt), both: FAILED },
  { name: 'gzip-not', does: 'says gzip and means text', upstream: encoded('gzip', (_, text) => Buffer.from(text)), both: FAILED },
  { name: 'brotli-not', does: 'says br and means gzip', upstream: encoded('br', (zipped) => zipped), both: FAILED },
  { name: 'encoding-unknown', does: 'encodes in a way that nobody knows', upstream: encoded('rot13', (zipped) => zipped), both: FAILED },
])

function encoded(name: string, body: (zipped: Buffer, text: string) => Buffer): Behaviour {
  return (exchange) => {
    const text = whole(exchange)
    const bytes = body(gzipSync(text), text)
    exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': name, 'content-length': bytes.length })
    exchange.response.end(bytes)
  }
}

function corrupt(zipped: Buffer): Buffer {
  const bytes = Buffer.from(zipped)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff
  return bytes
}
