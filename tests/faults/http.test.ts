import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { assertSettled } from '../support/api.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { problemOf, talk } from '../support/raw.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'

const BODY = JSON.stringify({ model: 'plain', max_tokens: 10, messages: say() })
const POST = 'POST /v1/chat/completions HTTP/1.1\r\n'
const SIZE = BODY.length.toString(16)
const CHUNKED = `${SIZE}\r\n${BODY}\r\n0\r\n\r\n`

/** What a second request would look like to a proxy, or to us, that finds the end of the first elsewhere. */
const HIDDEN = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n'

/** Requests that two readers could read differently. `AUTH` stands for the header with the key. */
const AMBIGUOUS: [name: string, request: string][] = [
  ['both lengths', `${POST}host: x\r\nAUTHcontent-length: ${BODY.length}\r\ntransfer-encoding: chunked\r\n\r\n${CHUNKED}${HIDDEN}`],
  ['chunked, with a length before it', `${POST}host: x\r\nAUTHtransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n${CHUNKED}`],
  ['two equal lengths', `${POST}host: x\r\nAUTHcontent-length: ${BODY.length}\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
  ['two lengths that differ', `${POST}host: x\r\nAUTHcontent-length: ${BODY.length}\r\ncontent-length: 5\r\n\r\n${BODY}`],
  ['a list of lengths', `${POST}host: x\r\nAUTHcontent-length: ${BODY.length}, ${BODY.length}\r\n\r\n${BODY}`],
  ['a length with a sign', `${POST}host: x\r\nAUTHcontent-length: +${BODY.length}\r\n\r\n${BODY}`],
  ['a length below zero', `${POST}host: x\r\nAUTHcontent-length: -1\r\n\r\n${BODY}`],
  ['a length in hexadecimal', `${POST}host: x\r\nAUTHcontent-length: 0x${SIZE}\r\n\r\n${BODY}`],
  ['a length beyond 64 bits', `${POST}host: x\r\nAUTHcontent-length: 99999999999999999999\r\n\r\n${BODY}`],
  ['a space before the colon', `${POST}host: x\r\nAUTHcontent-length : ${BODY.length}\r\n\r\n${BODY}`],
  ['a coding that is not chunked', `${POST}host: x\r\nAUTHtransfer-encoding: identity\r\n\r\n${BODY}`],
  ['a coding like chunked', `${POST}host: x\r\nAUTHtransfer-encoding: xchunked\r\n\r\n${CHUNKED}`],
  ['a coding before chunked', `${POST}host: x\r\nAUTHtransfer-encoding: gzip, chunked\r\n\r\n${CHUNKED}`],
  ['a coding after chunked', `${POST}host: x\r\nAUTHtransfer-encoding: chunked, identity\r\n\r\n${CHUNKED}`],
  ['chunked twice', `${POST}host: x\r\nAUTHtransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n${CHUNKED}`],
  ['chunked behind a vertical tab', `${POST}host: x\r\nAUTHtransfer-encoding: \x0bchunked\r\n\r\n${CHUNKED}`],
  ['chunked in HTTP/1.0', `POST /v1/chat/completions HTTP/1.0\r\nAUTHtransfer-encoding: chunked\r\n\r\n${CHUNKED}`],
  ['a chunk whose size is no number', `${POST}host: x\r\nAUTHtransfer-encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`],
  ['a chunk beyond 64 bits', `${POST}host: x\r\nAUTHtransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`],
  ['a chunk that is longer than it says', `${POST}host: x\r\nAUTHtransfer-encoding: chunked\r\n\r\n5\r\n${BODY}\r\n0\r\n\r\n`],
  ['chunks ended by line feeds', `${POST}host: x\r\nAUTHtransfer-encoding: chunked\r\n\r\n${SIZE}\n${BODY}\n0\n\n`],
  ['a header that goes on in the next line', `${POST}host: x\r\nAUTHx-a: b\r\n c\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
  ['lines ended by line feeds', `${POST}host: x\nAUTHcontent-length: ${BODY.length}\n\n${BODY}`.replaceAll('\r\n', '\n')],
  ['a bare carriage return', `${POST}host: x\rAUTHcontent-length: ${BODY.length}\r\n\r\n${BODY}`],
  ['a zero byte in a header', `${POST}host: x\r\nAUTHx-a: b\0c\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
  ['a header without a name', `${POST}host: x\r\nAUTH: b\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
  ['no Host', `${POST}AUTHcontent-length: ${BODY.length}\r\n\r\n${BODY}`],
]

describe('requests as bytes', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer
  let auth: string

  before(async () => {
    upstream = await startUpstream()
    upstream.on('*', either(3, { usage: usage(5, 3) }))
    gateway = await startGateway({ config: configuration(upstream, { plain: { maxOutput: 100 } }) })
    customer = await gateway.customer('1.00')
    auth = `authorization: Bearer ${customer.key}\r\n`
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [name, request] of AMBIGUOUS) {
    test(`${name}: one refusal, nothing is served, and nothing that hides behind it is read`, async () => {
      const calls = upstream.calls.length
      const { answers, closed, malformed } = await talk(gateway.url, request.replace('AUTH', auth) + HIDDEN)
      assert.equal(malformed, undefined)
      assert.deepEqual(
        answers.map((answer) => [answer.status, problemOf(answer).code]),
        [[400, 'request_invalid']],
      )
      assert.equal(answers[0]?.headers.get('x-should-retry'), 'false')
      assert.equal(closed, true)
      assert.equal(upstream.calls.length, calls)
    })
  }

  for (const [name, status, code, request] of [
    ['Expect something unknown', 417, 'request_invalid', `${POST}host: x\r\nAUTHexpect: 200-ok\r\ncontent-length: ${BODY.length}\r\n\r\n`],
    [
      'Expect before a body that is too large',
      413,
      'request_too_large',
      `${POST}host: x\r\nAUTHexpect: 100-continue\r\ncontent-length: 50000000\r\n\r\n`,
    ],
    ['CONNECT', 404, 'route_unknown', 'CONNECT 127.0.0.1:80 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a method that nobody knows', 400, 'request_invalid', 'FETCH /v1/models HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a method of another route', 404, 'route_unknown', 'PROPFIND /v1/chat/completions HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a path that cannot be decoded', 400, 'request_invalid', 'GET /v1/%zz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['HTTP/2 without asking', 400, 'request_invalid', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS greeting', 400, 'request_invalid', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['3,000 headers', 431, 'request_too_large', `GET /v1/models HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(3_000)}\r\n`],
    ['one header of 100 kB', 431, 'request_too_large', `GET /v1/models HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(100_000)}\r\n\r\n`],
    ['a path of 100 kB', 431, 'request_too_large', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
    [
      'a body of the wrong type',
      400,
      'request_invalid',
      `${POST}host: x\r\nAUTHcontent-type: ;;;\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
    ],
    [
      'an upload of no known type to nowhere',
      404,
      'route_unknown',
      'POST /api/nowhere HTTP/1.1\r\nhost: x\r\ncontent-type: \xff\r\ncontent-length: 900\r\n\r\n',
    ],
    ['an upload to nowhere', 404, 'route_unknown', 'POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 30000000\r\n\r\n'],
    [
      'a large body with a key that does not exist',
      401,
      'credential_invalid',
      `${POST}host: x\r\nauthorization: Bearer fg_nothing\r\ncontent-length: 30000000\r\n\r\n`,
    ],
    ['a large body without a key', 401, 'credential_missing', `${POST}host: x\r\ncontent-length: 30000000\r\n\r\n`],
  ] as const) {
    test(`${name}: ${status} ${code}, before any body is waited for`, async () => {
      const { answers, malformed } = await talk(gateway.url, request.replace('AUTH', auth), { answers: 1 })
      assert.equal(malformed, undefined)
      const [answer] = answers
      assert.ok(answer, 'there is an answer')
      const problem = problemOf(answer)
      assert.deepEqual([answer.status, problem.code, problem['status']], [status, code, status])
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      assert.match(answer.headers.get('x-request-id') ?? '', /^req_/)
    })
  }

  test('a compressed body is told apart from a broken one', async () => {
    const body = gzipSync(BODY)
    const head = `${POST}host: x\r\n${auth}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`
    const { answers } = await talk(gateway.url, Buffer.concat([Buffer.from(head), body]), { answers: 1 })
    const [answer] = answers
    assert.ok(answer)
    assert.equal(answer.status, 400)
    assert.match(String(problemOf(answer)['detail']), /Content-Encoding "gzip".*uncompressed/)
  })

  test('what is allowed stays allowed: chunk extensions, trailers, Expect: 100-continue, HTTP/1.0, absolute targets, empty lines before', async () => {
    for (const [name, request] of [
      ['extension', `${POST}host: x\r\n${auth}transfer-encoding: chunked\r\n\r\n${SIZE};a="b"\r\n${BODY}\r\n0\r\n\r\n`],
      ['trailer', `${POST}host: x\r\n${auth}transfer-encoding: chunked\r\n\r\n${SIZE}\r\n${BODY}\r\n0\r\nx-sum: 1\r\n\r\n`],
      ['expect', `${POST}host: x\r\n${auth}expect: 100-continue\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
      ['1.0', `POST /v1/chat/completions HTTP/1.0\r\n${auth}content-length: ${BODY.length}\r\n\r\n${BODY}`],
      ['absolute', `POST ${gateway.url}/v1/chat/completions HTTP/1.1\r\nhost: x\r\n${auth}content-length: ${BODY.length}\r\n\r\n${BODY}`],
      ['empty line', `\r\n${POST}host: x\r\n${auth}content-length: ${BODY.length}\r\n\r\n${BODY}`],
    ] as const) {
      const { answers } = await talk(gateway.url, request, { answers: 1 })
      assert.equal(answers[0]?.status, 200, `${name}: ${answers[0]?.body.toString()}`)
    }
  })

  test('a body that ends before its length is nobody’s loss: no call, no charge', async () => {
    const calls = upstream.calls.length
    const other = await gateway.customer('1.00')
    await talk(gateway.url, `${POST}host: x\r\nauthorization: Bearer ${other.key}\r\ncontent-length: ${BODY.length + 10}\r\n\r\n${BODY}`, {
      withinMs: 300,
    })
    assert.equal(upstream.calls.length, calls)
    assert.equal(nano((await assertSettled(gateway.api, other.organization)).posted), 0n)
  })

  test('noise on a connection never lands in the middle of the answer that is on its way there', async () => {
    const other = await gateway.customer('1.00')
    const begun = gate()
    upstream.on('plain', either(200, { everyMs: 20, onWord: () => begun.open() }))
    const body = JSON.stringify({ model: 'plain', stream: true, max_tokens: 300, messages: say() })
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    let received = ''
    socket.on('data', (piece) => (received += piece.toString('latin1')))
    socket.on('error', () => undefined)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.write(`${POST}host: x\r\nauthorization: Bearer ${other.key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    await begun.promise
    await eventually(() => assert.match(received, / the/))
    socket.write('NOISE\r\n\r\n')
    await closed
    assert.equal(received.match(/HTTP\/1\.1/g)?.length, 1, 'one head')
    assert.doesNotMatch(received, /request_invalid|\[DONE\]/)
    await assertSettled(gateway.api, other.organization)
    upstream.on('plain', either(3, { usage: usage(5, 3) }))
  })

  test('a refused caller who never closes is closed', async () => {
    const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => undefined)
    socket.resume()
    socket.write('NOISE\r\n\r\n')
    await new Promise((resolve) => socket.on('end', resolve))
    await eventually(async () => {
      await new Promise<void>((resolve, reject) => socket.write('x', (error) => (error ? resolve() : reject(new Error('still open')))))
    }, 5_000)
    socket.destroy()
  })
})
