import { gzipSync } from 'node:zlib'
import { chunk, completion, sendJson, usage, words } from '../../support/behaviours.ts'
import { openaiError, raw } from '../../support/faults.ts'
import type { Behaviour, Exchange } from '../../support/upstream.ts'
import { answered, FAILED, faultsOf } from './fault.ts'

const USAGE = usage(10, 5)
const OK = answered(5, USAGE)

function whole(exchange: Exchange, content = words(5)): string {
  return JSON.stringify(completion(exchange.model, USAGE, content))
}

function half(text: string): string {
  return text.slice(0, Math.floor(text.length / 2))
}

function json(body: (exchange: Exchange) => unknown, headers: Record<string, string> = {}): Behaviour {
  return (exchange) => sendJson(exchange, 200, body(exchange), headers)
}

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

/** Success by its status, and then its content. */
const CONTENT = faultsOf('body', [
  { name: 'empty', does: 'answers nothing', upstream: json(() => ''), both: FAILED },
  {
    name: 'html',
    does: 'answers a web page',
    upstream: json(() => '<!doctype html><html><body>Welcome to the hotel network</body></html>', { 'content-type': 'text/html' }),
    both: FAILED,
  },
  { name: 'text', does: 'answers text that is called JSON', upstream: json(() => 'upstream connect error'), both: FAILED },
  { name: 'null', does: 'answers null', upstream: json(() => 'null'), both: FAILED },
  { name: 'array', does: 'answers a list', upstream: json((exchange) => `[${whole(exchange)}]`), both: FAILED },
  { name: 'number', does: 'answers a number', upstream: json(() => '200'), both: FAILED },
  { name: 'half', does: 'answers half a JSON document', upstream: json((exchange) => half(whole(exchange))), both: FAILED },
  {
    name: 'two-documents',
    does: 'answers two JSON documents',
    upstream: json((exchange) => whole(exchange) + whole(exchange)),
    both: FAILED,
  },
  {
    name: 'no-choices',
    does: 'leaves the choices out',
    upstream: json(() => ({ id: 'x', object: 'chat.completion', usage: USAGE })),
    both: FAILED,
  },
  {
    name: 'null-choices',
    does: 'answers null for the choices',
    upstream: json(() => ({ id: 'x', choices: null, usage: USAGE })),
    both: FAILED,
  },
  {
    name: 'deep',
    does: 'nests its JSON 100,000 times',
    upstream: json(() => `{"choices":${'['.repeat(100_000)}${']'.repeat(100_000)},"x":[`),
    both: FAILED,
  },
  {
    name: 'error',
    does: 'answers an error object',
    upstream: json(() => openaiError('the engine at 10.1.2.3 is overloaded', 'server_error', null)),
    both: FAILED,
  },
  { name: 'error-text', does: 'answers an error as text', upstream: json(() => ({ error: 'overloaded' })), both: FAILED },
  {
    name: 'error-beside-nothing',
    does: 'answers an error beside a choice without text',
    upstream: json(() => ({
      ...openaiError('boom', 'server_error', null),
      choices: [{ index: 0, message: { role: 'assistant', content: '' } }],
    })),
    both: FAILED,
  },
  {
    name: 'no-type',
    does: 'names no content type',
    upstream: raw((exchange) => `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${whole(exchange)}`),
    whole: OK,
    streamed: FAILED,
  },
  {
    name: 'wrong-type',
    does: 'calls its JSON plain text',
    upstream: json((exchange) => whole(exchange), { 'content-type': 'text/plain' }),
    whole: OK,
    streamed: FAILED,
  },
  {
    name: 'stream-called-json',
    does: 'calls its event stream JSON',
    upstream: json((exchange) => `${chunk(exchange.model, { content: ' the' }, 'stop')}data: [DONE]\n\n`),
    both: FAILED,
  },
  {
    name: 'other-kind',
    does: 'streams where a whole answer was asked for, and the reverse',
    upstream: (exchange) => {
      if (exchange.body['stream'] === true) return sendJson(exchange, 200, whole(exchange))
      const events = `${chunk(exchange.model, { content: ' the' }, 'stop')}data: [DONE]\n\n`
      return sendJson(exchange, 200, events, { 'content-type': 'text/event-stream' })
    },
    both: FAILED,
  },
])

/** How the bytes of the body are wrapped. */
const FRAMING = faultsOf('body', [
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
const ENCODED = faultsOf('body', [
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

/** More than the gateway collects: forwarded as it comes, the end withheld until it is paid. */
const LARGE_WORDS = 300_000
const LARGE = usage(10, 150)

function large(cut: (text: string) => string = (text) => text, of: unknown = LARGE): (exchange: Exchange) => string {
  return (exchange) => cut(JSON.stringify(completion(exchange.model, of, words(LARGE_WORDS))))
}

function framedLarge(cut: (text: string) => string): (exchange: Exchange) => string {
  return (exchange) => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n${large(cut)(exchange)}`
}

/** Of a whole answer of 300,000 words the gateway counts more than it holds: the hold bounds what it charges. */
const BY_THE_HOLD = { by: 'count', tokens: 50 } as const

const BIG = faultsOf('body', [
  { name: 'large', does: 'answers more than a megabyte', upstream: json(large()), whole: answered(LARGE_WORDS, LARGE), streamed: FAILED },
  {
    name: 'large-chunked',
    does: 'answers more than a megabyte in chunks of any size',
    upstream: async (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/json' })
      const text = large()(exchange)
      for (let from = 0; from < text.length; from += 77_777) exchange.response.write(text.slice(from, from + 77_777))
      exchange.response.end()
    },
    whole: answered(LARGE_WORDS, LARGE),
  },
  {
    name: 'large-without-usage',
    does: 'answers more than a megabyte and tells no usage',
    upstream: json(large((text) => text, null)),
    whole: { gets: 'answer', words: LARGE_WORDS, charge: BY_THE_HOLD },
  },
  {
    name: 'large-closed',
    does: 'closes in the middle of more than a megabyte',
    upstream: raw(framedLarge((text) => text.slice(0, -100))),
    whole: { gets: 'cut-connection', code: 'provider_error', charge: BY_THE_HOLD },
  },
  {
    name: 'large-too-short',
    does: 'sends more than a megabyte, and less than it states',
    upstream: raw(framedLarge((text) => text)),
    whole: { gets: 'cut-connection', code: 'provider_error', charge: { by: 'usage', usage: LARGE } },
  },
  {
    name: 'large-html',
    does: 'answers a web page of more than a megabyte',
    upstream: json(() => `<!doctype html>${'<p>Welcome</p>'.repeat(100_000)}`, { 'content-type': 'text/html' }),
    both: FAILED,
  },
  {
    name: 'large-half',
    does: 'ends more than a megabyte of JSON in its middle, as if it were whole',
    upstream: json(large((text) => text.slice(0, -100))),
    whole: { gets: 'cut-connection', code: 'provider_error', charge: BY_THE_HOLD },
  },
])

/** The answer itself. */
export const BODY = [...CONTENT, ...FRAMING, ...ENCODED, ...BIG]
