import { corrupt } from './bytes.ts'
import { TARGETS } from './odd.ts'
import type { Seeded } from './random.ts'

/** The head of a request, line by line. */
interface Head {
  method: string
  target: string
  version: string
  headers: [name: string, value: string][]
  end: string
}

/** A well-formed request as bytes. */
export function plainRequest(method: string, target: string, headers: [string, string][], body: Buffer): Buffer {
  const lines = [...headers, ['content-length', String(body.length)] as const].map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\nhost: fuzz\r\n${lines.join('')}\r\n`, 'latin1'), body])
}

const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'QUERY',
  'post',
  'POST ',
  'PO\0ST',
  'X'.repeat(300),
  'PRI',
]

const VERSIONS = ['HTTP/1.0', 'HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/11', 'http/1.1', 'HTTP/1.1 ', '', 'HTTPS/1.1']

const HEADERS: [string, string][] = [
  ['content-length', '0'],
  ['content-length', '5'],
  ['content-length', '1000000'],
  ['content-length', '50000000'],
  ['content-length', '-1'],
  ['content-length', '1e2'],
  ['Content-Length ', '10'],
  ['transfer-encoding', 'chunked'],
  ['transfer-encoding', 'gzip, chunked'],
  ['transfer-encoding', 'identity'],
  ['Transfer-Encoding', ' chunked '],
  ['expect', '100-continue'],
  ['expect', 'nothing'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'identity'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', ';;;'],
  ['content-type', '\xff'],
  ['accept', 'application/problem+json'],
  ['accept', 'text/html'],
  ['accept-encoding', 'br, gzip'],
  ['connection', 'close'],
  ['connection', 'upgrade'],
  ['upgrade', 'websocket'],
  ['host', 'evil.example'],
  ['host', ''],
  ['authorization', 'Bearer'],
  ['authorization', 'Bearer fg_wrong'],
  ['authorization', 'Bearer sk-proj-abcdefghijklmnopqrstuvwx'],
  ['authorization', 'Basic dXNlcjpwYXNz'],
  ['authorization', `Bearer ${'x'.repeat(4_000)}`],
  ['x-api-key', 'fg_other'],
  ['x-goog-api-key', '\xff\xfe'],
  ['origin', 'https://app.example'],
  ['origin', 'null'],
  ['origin', 'h\xe9'],
  ['faregate-tags', 'a=b,c=\xff'],
  ['faregate-tags', 'y'.repeat(2_000)],
  ['idempotency-key', 'same'],
  ['x-request-id', 'req_of_the_caller'],
  ['x-forwarded-for', '1.2.3.4, 5.6.7.8'],
  ['x-a', 'b\r\n c'],
  ['x-a', 'b\0c'],
  ['x-a', 'b\nc'],
  ['', 'empty'],
  ['x a', 'space'],
  ['x-long', 'z'.repeat(17_000)],
]

type Change = (random: Seeded, head: Head) => void

const CHANGES: [weight: number, Change][] = [
  [2, (random, head) => (head.method = random.pick(METHODS))],
  [4, (random, head) => (head.target = random.pick(TARGETS))],
  [1, (random, head) => (head.version = random.pick(VERSIONS))],
  [8, (random, head) => head.headers.splice(random.below(head.headers.length + 1), 0, random.pick(HEADERS))],
  [3, (random, head) => head.headers.splice(random.below(head.headers.length), 1)],
  [2, (random, head) => head.headers.push(random.pick(head.headers.length > 0 ? head.headers : HEADERS))],
  [1, (random, head) => (head.end = random.pick(['\n', '\r', '\r\n\r\n', '\n\r']))],
  [
    1,
    (random, head) =>
      head.headers.push(...Array.from({ length: random.between(50, 2_500) }, (_, i) => ['x', String(i)] as [string, string])),
  ],
]

/** A request whose head is changed, in its parts or in its bytes, or whose chunks are. */
export function oddRequest(random: Seeded, key: string, body: Buffer): Buffer {
  const chunked = random.chance(0.3)
  const head: Head = {
    method: 'POST',
    target: '/v1/chat/completions',
    version: 'HTTP/1.1',
    headers: [
      ['host', 'fuzz'],
      ['authorization', `Bearer ${key}`],
      ['content-type', 'application/json'],
      chunked ? ['transfer-encoding', 'chunked'] : ['content-length', String(body.length)],
    ],
    end: '\r\n',
  }
  const times = random.between(0, 3)
  for (let i = 0; i < times; i++) random.weighted(CHANGES)(random, head)
  const bytes = Buffer.concat([written(head), chunked ? inChunks(random, body) : body])
  return random.chance(0.25) ? corrupt(random, bytes) : bytes
}

function written({ method, target, version, headers, end }: Head): Buffer {
  return Buffer.from(
    `${method} ${target} ${version}${end}${headers.map(([name, value]) => `${name}: ${value}${end}`).join('')}${end}`,
    'latin1',
  )
}

/** The body in chunks of several sizes, now and then with what a chunk may or may not carry. */
function inChunks(random: Seeded, body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length;) {
    const size = random.chance(0.3) ? 1 : random.between(1, body.length - at)
    const said = random.chance(0.02) ? random.pick(['zz', '-1', '0x5', 'ffffffffffffffffff', '']) : size.toString(16)
    const extension = random.chance(0.1) ? random.pick([';a=b', ';a="\\""', ';', ' ;a', `;${'e'.repeat(300)}`]) : ''
    parts.push(Buffer.from(`${said}${extension}\r\n`), body.subarray(at, at + size), Buffer.from(random.chance(0.01) ? '\n' : '\r\n'))
    at += size
  }
  const trailer = random.chance(0.1) ? random.pick(['x-sum: 1\r\n', 'content-length: 5\r\n', 'bad trailer\r\n']) : ''
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)])
}
