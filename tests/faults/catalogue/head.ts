import { raw, resetBeforeHead, scriptOf, status } from '../../support/faults.ts'
import type { Exchange } from '../../support/upstream.ts'
import { FAILED, faultsOf } from './fault.ts'
import { healthy, OK, whole } from './healthy.ts'

/** A whole answer under a head that is written by hand. */
function headed(...lines: string[]): (exchange: Exchange) => string {
  return (exchange) => {
    const content = whole(exchange)
    return `${lines.join('\r\n').replaceAll('LENGTH', String(content.length))}\r\n\r\n${content}`
  }
}

const JSON_HEAD = ['content-type: application/json', 'content-length: LENGTH', 'connection: close']

/** The first line and the headers of the answer. */
export const HEAD = faultsOf('head', [
  { name: 'reset', does: 'resets instead of answering', upstream: resetBeforeHead, both: FAILED, unanswered: true },
  { name: 'closed', does: 'closes instead of answering', upstream: raw(''), both: FAILED, unanswered: true },
  { name: 'half-line', does: 'closes in the middle of the first line', upstream: raw('HTTP/1.1 20'), both: FAILED },
  {
    name: 'unfinished',
    does: 'closes before the end of its headers',
    upstream: raw('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'),
    both: FAILED,
  },
  { name: 'not-http', does: 'answers with bytes that are not HTTP', upstream: raw('<html>hello</html>\r\n\r\n'), both: FAILED },
  {
    name: 'version',
    does: 'answers in a version of HTTP that does not exist',
    upstream: raw(headed('HTTP/9.9 200 OK', ...JSON_HEAD)),
    both: FAILED,
  },
  { name: 'status-1000', does: 'answers a status of four digits', upstream: raw(headed('HTTP/1.1 1000 OK', ...JSON_HEAD)), both: FAILED },
  {
    name: 'huge',
    does: 'sends 100 kB of headers',
    upstream: raw(headed('HTTP/1.1 200 OK', `x-filler: ${'x'.repeat(100_000)}`, ...JSON_HEAD)),
    both: FAILED,
  },
  {
    name: 'many',
    does: 'sends 5,000 headers',
    upstream: raw(headed('HTTP/1.1 200 OK', ...Array.from({ length: 5_000 }, (_, i) => `x-${i}: y`), ...JSON_HEAD)),
    both: FAILED,
  },
  {
    name: 'injected',
    does: 'breaks a header with a bare line feed',
    upstream: raw(headed('HTTP/1.1 200 OK', 'x-a: b\nset-cookie: SECRET=1', ...JSON_HEAD)),
    both: FAILED,
  },
  {
    name: 'control-bytes',
    does: 'puts control bytes into a header',
    upstream: raw(headed('HTTP/1.1 200 OK', 'content-type: application/json\u0001\u0000', 'content-length: LENGTH')),
    both: FAILED,
  },
  {
    name: 'two-lengths',
    does: 'states two lengths',
    upstream: raw(headed('HTTP/1.1 200 OK', 'content-length: 5', ...JSON_HEAD)),
    both: FAILED,
  },
  {
    name: 'negative-length',
    does: 'states a negative length',
    upstream: raw(headed('HTTP/1.1 200 OK', 'content-type: application/json', 'content-length: -5')),
    both: FAILED,
  },
  {
    name: 'length-and-chunks',
    does: 'states a length and sends chunks',
    upstream: raw(headed('HTTP/1.1 200 OK', 'transfer-encoding: chunked', ...JSON_HEAD)),
    both: FAILED,
  },
  {
    name: 'impostor',
    does: "sends the operator's account, cookies and headers of the gateway's own",
    upstream: raw(
      headed(
        'HTTP/1.1 200 OK',
        'openai-organization: org-SECRET',
        'set-cookie: session=SECRET',
        'x-request-id: req_SECRET',
        'faregate-cost: 0',
        'x-ratelimit-remaining-requests: 1',
        'x-amzn-secret: SECRET',
        ...JSON_HEAD,
      ),
    ),
    whole: OK,
  },
  {
    name: 'interim',
    does: 'sends 102 and 103 before its answer',
    upstream: raw(headed('HTTP/1.1 102 Processing', '', 'HTTP/1.1 103 Early Hints', 'link: </x>', '', 'HTTP/1.1 200 OK', ...JSON_HEAD)),
    whole: OK,
  },
  {
    name: 'continue',
    does: 'sends 100 Continue, which nobody asked for',
    upstream: raw(headed('HTTP/1.1 100 Continue', '', 'HTTP/1.1 200 OK', ...JSON_HEAD)),
    both: FAILED,
  },
  {
    name: 'switching',
    does: 'switches protocols',
    upstream: raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n', 'open'),
    both: FAILED,
  },
  {
    name: 'redirect',
    does: 'redirects to an address within',
    upstream: status(302, '', { location: 'http://169.254.169.254/latest/meta-data' }),
    both: FAILED,
  },
  {
    name: 'redirect-308',
    does: 'redirects to itself, method and body kept',
    upstream: status(308, '', { location: '/v1/chat/completions' }),
    both: FAILED,
  },
  { name: 'not-modified', does: 'answers 304', upstream: raw('HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n'), both: FAILED },
  { name: 'no-content', does: 'answers 204', upstream: raw('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'), both: FAILED },
  {
    name: 'http-1.0',
    does: 'answers in HTTP/1.0, the length told by the close',
    upstream: raw(headed('HTTP/1.0 200 OK', 'content-type: application/json')),
    whole: OK,
  },
  {
    name: 'http-1.0-stream',
    does: 'streams in HTTP/1.0, the end told by the close',
    upstream: raw((exchange) => `HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${healthy(scriptOf(exchange.model)).join('')}`),
    streamed: OK,
  },
])
