import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import { residentMb } from '../support/process.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const MESSAGES = '"messages":[{"role":"user","content":"Hello!"}]'

/** What is sent, and the member that the refusal names; null: the body as a whole. */
const INVALID: [string, string, string | null][] = [
  ['nothing', '', null],
  ['not JSON', 'hello', null],
  ['half of it', `{"model":"plain",${MESSAGES}`, null],
  ['two documents', `{"model":"plain",${MESSAGES}}{}`, null],
  ['an array', '[]', null],
  ['a number', '42', null],
  ['null', 'null', null],
  ['a trailing comma', `{"model":"plain",${MESSAGES},}`, null],
  ['a lone surrogate of bytes that are not UTF-8', `{"model":"plain",${MESSAGES},"x":"\xff\xfe"}`, null],
  ['100,000 levels', `{"model":"plain",${MESSAGES},"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, null],
  ['no model', `{${MESSAGES}}`, '/model'],
  ['model is a number', `{"model":5,${MESSAGES}}`, '/model'],
  ['model is null', `{"model":null,${MESSAGES}}`, '/model'],
  ['model is empty', `{"model":"",${MESSAGES}}`, '/model'],
  ['no messages', '{"model":"plain"}', '/messages'],
  ['messages is text', '{"model":"plain","messages":"hi"}', '/messages'],
  ['stream is text', `{"model":"plain",${MESSAGES},"stream":"true"}`, '/stream'],
  ['max_tokens is text', `{"model":"plain",${MESSAGES},"max_tokens":"10"}`, '/max_tokens'],
  ['max_tokens is negative', `{"model":"plain",${MESSAGES},"max_tokens":-1}`, '/max_tokens'],
  ['max_tokens is fractional', `{"model":"plain",${MESSAGES},"max_tokens":1.5}`, '/max_tokens'],
  ['max_tokens is beyond any integer', `{"model":"plain",${MESSAGES},"max_tokens":1e400}`, '/max_tokens'],
  ['n is zero', `{"model":"plain",${MESSAGES},"n":0}`, '/n'],
  ['n is a list', `{"model":"plain",${MESSAGES},"n":[1]}`, '/n'],
  ['stream_options is text', `{"model":"plain",${MESSAGES},"stream":true,"stream_options":"usage"}`, '/stream_options'],
  ['model twice', `{"model":"plain","model":"other",${MESSAGES}}`, '/model'],
  ['model twice, once escaped', `{"model":"plain","mod\\u0065l":"other",${MESSAGES}}`, '/model'],
  ['stream twice', `{"model":"plain",${MESSAGES},"stream":false,"stream":true}`, '/stream'],
  ['max_tokens twice', `{"model":"plain",${MESSAGES},"max_tokens":1,"max_tokens":100000}`, '/max_tokens'],
  ['n twice', `{"model":"plain",${MESSAGES},"n":1,"n":100}`, '/n'],
]

describe('requests that are not what the route takes', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    upstream = await startUpstream()
    upstream.on('*', either(3))
    gateway = await startGateway({
      config: configuration(upstream, { plain: { maxOutput: 100 }, alias: { upstreamModel: 'real-name', maxOutput: 100 } }),
    })
    customer = await gateway.customer('1.00')
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [name, body, pointer] of INVALID) {
    test(`${name}: 400 request_invalid${pointer === null ? '' : ` at ${pointer}`}, the upstream is not called`, async () => {
      const calls = upstream.calls.length
      const result = await gateway.chat(customer.key, Buffer.from(body, name.includes('UTF-8') ? 'latin1' : 'utf8'))
      assert.equal(result.status, 400, result.text.slice(0, 500))
      const problem = json(result)
      assert.equal(problem['code'], 'request_invalid')
      if (pointer !== null) assert.equal(problem['pointer'], pointer)
      assert.equal(header(result, 'x-should-retry'), 'false')
      assert.equal(upstream.calls.length, calls)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
    })
  }

  test('T9: nested members of the same names are untouched, and a message that contains "model" before the real member does not mislead', async () => {
    const other = await gateway.customer('1.00')
    const tricky = `{"messages":[{"role":"user","content":"\\"model\\":\\"x\\", \\\\\\" \\"stream\\":true"}],"metadata":{"model":"a","n":"b"},  "tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"model":{"type":"string"},"stream":{"type":"boolean"}}}}}],"model" : "alias","seed":12345678901234567890, "temperature":1.0}`
    const result = await gateway.chat(other.key, tricky)
    assert.equal(result.status, 200, result.text)
    assert.equal(upstream.calls.at(-1)?.bytes.toString(), tricky.replace('"model" : "alias"', '"model" : "real-name"'))
  })

  test('E7: a body beyond the limit is 413 request_too_large, chunked or not, and memory stays bounded', async () => {
    const idle = residentMb(gateway.pid)
    const big = Buffer.concat([Buffer.from(`{"model":"plain",${MESSAGES},"x":"`), Buffer.alloc(50_000_000, 'x'), Buffer.from('"}')])
    const results = await Promise.all([1, 2, 3].map(() => gateway.chat(customer.key, big, { fresh: true }).catch(() => undefined)))
    for (const result of results.filter((one) => one !== undefined)) {
      assert.equal(result.status, 413)
      assert.equal(json(result)['code'], 'request_too_large')
    }
    assert.equal(await chunked(gateway, customer.key, 50), 413)
    assert.ok(residentMb(gateway.pid) - idle < 150, `grew from ${idle} to ${residentMb(gateway.pid)} MB`)
    const next = await gateway.chat(customer.key, `{"model":"plain",${MESSAGES}}`, { fresh: true })
    assert.equal(next.status, 200)
  })

  test('a body of just below the limit is served', async () => {
    const other = await gateway.customer('1000.00')
    const big = Buffer.concat([
      Buffer.from(`{"model":"plain","max_tokens":5,${MESSAGES},"metadata":{"x":"`),
      Buffer.alloc(20_000_000, 'x'),
      Buffer.from('"}}'),
    ])
    const result = await gateway.chat(other.key, big)
    assert.equal(result.status, 200, result.text.slice(0, 300))
    assert.ok(upstream.calls.at(-1)?.bytes.equals(big), 'it arrives byte for byte')
  })

  test('a flood of headers is a 4xx and costs nobody anything', async () => {
    const flood = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-flood-${i}`, 'y'.repeat(500)]))
    const result = await gateway.chat(customer.key, `{"model":"plain",${MESSAGES}}`, { headers: flood, fresh: true }).catch(() => undefined)
    assert.ok(result === undefined || (result.status >= 400 && result.status < 500), `status ${result?.status}`)
    const next = await send(`${gateway.url}/healthz`, { fresh: true })
    assert.equal(next.status, 200)
  })

  test('bytes that are not HTTP close that connection and no other', async () => {
    for (const noise of [
      'GARBAGE\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'POST / HTTP/1.1\r\ncontent-length: -5\r\n\r\n',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(Buffer.from(noise, 'latin1')))
        socket.on('error', () => undefined)
        socket.on('close', () => resolve())
        socket.setTimeout(3_000, () => socket.destroy())
        socket.resume()
      })
    }
    assert.equal((await send(`${gateway.url}/healthz`, { fresh: true })).status, 200)
  })
})

/** Sends megabytes in chunks, without saying how many beforehand. Gives the status. */
function chunked(gateway: Gateway, key: string, megabytes: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    let said = ''
    socket.on('data', (piece) => {
      said += piece.toString('latin1')
      const status = /^HTTP\/1\.1 (\d{3})/.exec(said)
      if (status !== null) {
        resolve(Number(status[1]))
        socket.destroy()
      }
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 413)))
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
    )
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 'x'), Buffer.from('\r\n')])
    for (let i = 0; i < megabytes && !socket.destroyed; i++) socket.write(piece)
  })
}
