import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { assertSettled } from '../../support/api.ts'
import { nano } from '../../support/decimal.ts'
import { problemOf, talk } from '../../support/raw.ts'
import { within } from '../../support/wait.ts'
import { closeInOrder, openAt, socketWorld } from './world.ts'

type Lines = Record<string, string | undefined>

describe('a WebSocket that does not open', () => {
  const made = socketWorld({ authentication: { key: { subprotocol: 'faregate-key' } } })

  /** The text of a handshake; `undefined` leaves a line of it out. */
  function handshake(path: string, lines: Lines = {}, start = `GET ${path} HTTP/1.1`): string {
    const all: Lines = {
      host: 'x',
      authorization: `Bearer ${made.customer.key}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...lines,
    }
    const head = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]))
    return `${start}\r\n${head.join('')}\r\n`
  }

  const reached = () => made.service.handshakes.length + made.service.plain.length

  async function answered(text: string) {
    const { answers, malformed } = await talk(made.gateway.url, text, { answers: 1, withinMs: 20_000 })
    const [answer] = answers
    assert.ok(answer, `no answer: ${malformed?.message ?? ''}`)
    return answer
  }

  /** A caller of its own, of whom nothing is charged. */
  async function uncharged(text: (key: string) => string, status: number, code: string | undefined): Promise<void> {
    const customer = await made.gateway.customer('1.00')
    const answer = await answered(text(customer.key))
    assert.equal(answer.status, status, answer.body.toString())
    if (code !== undefined) assert.equal(problemOf(answer).code, code)
    const { posted, held } = await assertSettled(made.gateway.api, customer.organization)
    assert.deepEqual([nano(posted), nano(held)], [0n, 0n])
  }

  for (const [name, lines, status, code] of [
    ['no key', { authorization: undefined }, 401, 'credential_missing'],
    ['a key that is none', { authorization: 'Bearer fg_nothing' }, 401, 'credential_invalid'],
    ['another version', { 'sec-websocket-version': '12' }, 400, 'request_invalid'],
    ['no version', { 'sec-websocket-version': undefined }, 400, 'request_invalid'],
    ['no nonce', { 'sec-websocket-key': undefined }, 400, 'request_invalid'],
    ['a nonce of another length', { 'sec-websocket-key': 'AAAA' }, 400, 'request_invalid'],
    ['another protocol, h2c', { upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA' }, 400, 'request_invalid'],
    ['another protocol, of nobody', { upgrade: 'smtp' }, 400, 'request_invalid'],
    ['no Upgrade', { upgrade: undefined }, 400, 'request_invalid'],
    ['no Connection', { connection: undefined }, 400, 'request_invalid'],
    ['a length', { 'content-length': '5' }, 400, 'request_invalid'],
    ['a body in chunks', { 'transfer-encoding': 'chunked' }, 400, 'request_invalid'],
    ['no Host', { host: undefined }, 400, 'request_invalid'],
    [
      'the key alone among its protocols',
      { authorization: undefined, 'sec-websocket-protocol': 'faregate-key.KEY' },
      400,
      'request_invalid',
    ],
  ] as const) {
    test(`for ${name}: ${status} ${code}, and the upstream is not called`, async () => {
      const filled = Object.fromEntries(Object.entries(lines).map(([line, value]) => [line, value?.replace('KEY', made.customer.key)]))
      const before = reached()
      const body = 'content-length' in lines ? 'hello' : 'transfer-encoding' in lines ? '0\r\n\r\n' : ''
      const answer = await answered(handshake('/test/echo', filled) + body)
      assert.deepEqual([answer.status, problemOf(answer).code], [status, code])
      assert.equal(reached(), before)
    })
  }

  test('what is sent behind a handshake that is refused is no request: one answer, and the connection ends', async () => {
    const before = reached()
    const hidden = handshake('/test/rest/plain', { upgrade: undefined, connection: undefined })
    const { answers, closed } = await talk(made.gateway.url, handshake('/test/echo', { 'sec-websocket-version': '12' }) + hidden)
    assert.deepEqual([answers.map(({ status }) => status), closed], [[400], true])
    assert.equal(reached(), before)
  })

  test('where there is none: 400, at no charge', async () => {
    const plain = made.service.plain.length
    await uncharged((key) => handshake('/test/rest/plain', { authorization: `Bearer ${key}` }), 400, 'request_invalid')
    await uncharged(
      (key) => handshake('/test/echo', { authorization: `Bearer ${key}` }, 'POST /test/echo HTTP/1.1'),
      400,
      'request_invalid',
    )
    await uncharged((key) => handshake('/test/nowhere/at/all', { authorization: `Bearer ${key}` }), 404, 'route_unknown')
    assert.equal(made.service.plain.length, plain)
  })

  test('a route that is called without a handshake says what it takes', async () => {
    const answer = await answered(`GET /test/echo HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${made.customer.key}\r\n\r\n`)
    assert.equal(answer.status, 400)
    assert.match(String(problemOf(answer)['detail']), /is a WebSocket: send its handshake/)
  })

  test('another protocol that a plain call offers is left out of account, and goes no further', async () => {
    const lines = { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA' }
    const answer = await answered(handshake('/test/rest/plain', lines))
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'plain'])
    const { headers } = made.service.plain.at(-1) ?? assert.fail()
    assert.deepEqual([headers['upgrade'], headers['http2-settings']], [undefined, undefined])
  })

  test('without a balance: 402; without permission: 403; both before the upstream is asked', async () => {
    const before = made.service.handshakes.length
    const poor = await made.gateway.customer()
    const barred = await made.gateway.customer('1.00', { scopes: ['models'] })
    for (const [{ key }, status] of [
      [poor, 402],
      [barred, 403],
    ] as const) {
      assert.equal((await answered(handshake('/test/echo', { authorization: `Bearer ${key}` }))).status, status)
    }
    assert.equal(made.service.handshakes.length, before)
  })

  test('beyond the places of its key while another is open: 429, and opens once that has ended', async () => {
    const { key } = await made.gateway.customer('1.00', { limits: [{ kind: 'concurrency', amount: 1 }] })
    const first = await made.open('/echo', { key })
    const refused = await answered(handshake('/test/echo', { authorization: `Bearer ${key}` }))
    assert.deepEqual([refused.status, problemOf(refused).code], [429, 'concurrency_limited'])
    await closeInOrder(first)
    await within(5_000, 'its place is given back', again(key))
  })

  async function again(key: string): Promise<void> {
    for (;;) {
      const opened = await openAt(made.gateway, '/echo', { key }).catch(() => undefined)
      if (opened !== undefined) return closeInOrder(opened)
    }
  }

  for (const [what, path, status, code] of [
    ['with 403', '/refuse', 403, undefined],
    ['with 200', '/plain', 200, undefined],
    ['with 500', '/failed', 502, 'provider_error'],
    ['with a switch that does not prove that it read the handshake', '/liar', 502, 'provider_error'],
    ['with a switch to another protocol', '/other', 502, 'provider_error'],
  ] as const) {
    test(`an upstream that answers the handshake ${what}: ${status}, at no charge`, async () => {
      await uncharged((key) => handshake(`/test${path}`, { authorization: `Bearer ${key}` }), status, code)
    })
  }
})
