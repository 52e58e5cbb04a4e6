import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Connection, like, requestBytes } from '../../bench/client.ts'
import { asksForStream } from '../../bench/dialects/index.ts'
import { TEXT, WORD } from '../../bench/dialects/spoken.ts'
import { expectation, passedOn, type Asked } from '../../bench/expected.ts'
import { MessageReader } from '../../bench/message-reader.ts'
import { measure } from '../../bench/measure.ts'
import { end, startScript, type Script } from '../../bench/processes.ts'
import { gatewayTarget, startBenchGateway } from '../../bench/targets.ts'
import { DIALECT_WORKLOADS, WORKLOADS, type Workload } from '../../bench/workloads.ts'
import type { Gateway } from '../support/gateway.ts'
import { send } from '../support/http.ts'

const ALL: Workload[] = [...WORKLOADS, ...DIALECT_WORKLOADS]
const PASSED = ALL.filter(({ translated }) => translated !== true)
const TRANSLATED = ALL.filter(({ translated }) => translated === true)
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n'
const FIXED = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes'

/** Messages as `status line: body`, read in pieces of some size. */
function read(text: string, size: number): string[] {
  const found: string[] = []
  let head = ''
  let collected = ''
  const reader = new MessageReader({
    head: (seen) => ([head = ''] = seen.split('\r\n')),
    body: (piece) => (collected += piece.toString('latin1')),
    end: () => {
      found.push(`${head}: ${collected}`)
      collected = ''
    },
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.push(Buffer.from(bytes.subarray(at, at + size)))
  return found
}

/** Answers every connection once with these bytes. */
async function answering(answer: Buffer): Promise<Server> {
  const server = createServer((socket) => socket.once('data', () => socket.end(answer)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function exchange(port: number, { path, body, translated = false }: Asked): Promise<void> {
  const connection = new Connection(port)
  const check = expectation({ path, body, translated })()
  await connection.exchange(requestBytes({ port, path, body, headers: {} }), check).finally(() => connection.close())
}

/** As one whole answer, with this status line. */
function message(bytes: Buffer, { status = '200 OK', length = bytes.length } = {}): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: ${length}\r\n\r\n`), bytes])
}

/** These bytes with another one somewhere. */
function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** The ways in which an answer can be wrong. */
const WRONG: [what: string, make: (answer: Buffer) => Buffer][] = [
  ['a changed byte at the start', (answer) => message(changed(answer, 0))],
  ['a changed byte in the text', (answer) => message(changed(answer, Math.max(answer.lastIndexOf(TEXT), answer.lastIndexOf(WORD))))],
  ['a changed byte at the end', (answer) => message(changed(answer, answer.length - 1))],
  ['a missing byte', (answer) => message(answer.subarray(0, -1))],
  ['a byte too many', (answer) => message(Buffer.concat([answer, Buffer.from('\n')]))],
  ['an answer cut off', (answer) => message(answer.subarray(0, 99), { length: answer.length })],
  ['another status', (answer) => message(answer, { status: '429 No' })],
]

async function assertNoticed(asked: Asked, answer: Buffer): Promise<void> {
  const server = await answering(message(answer))
  await exchange((server.address() as AddressInfo).port, asked)
  server.close()
  for (const [what, make] of WRONG) {
    const wrong = await answering(make(answer))
    await assert.rejects(exchange((wrong.address() as AddressInfo).port, asked), what)
    wrong.close()
  }
}

describe('the rig of the benchmark', () => {
  after(() => end())

  it('reads messages alike, wherever the network cuts them', () => {
    const whole = ['HTTP/1.1 200 OK: hello!', 'HTTP/1.1 200 OK: yes', 'HTTP/1.1 200 OK: hello!']
    for (let size = 1; size < 200; size++) assert.deepEqual(read(CHUNKED + FIXED + CHUNKED, size), whole, `pieces of ${size}`)
  })

  it('takes any byte for a `~` and only for that, wherever the network cuts', () => {
    const expected = Buffer.from('~~a~bc~~')
    const wrongAt = (bytes: Buffer, size: number): string | undefined => {
      const check = like(expected)
      for (let at = 0; at < bytes.length; at += size) check.piece(bytes.subarray(at, at + size))
      return check.whole()
    }
    for (let size = 1; size < 10; size++) {
      assert.equal(wrongAt(Buffer.from('12a3bc45'), size), undefined)
      for (const at of [2, 4, 5]) assert.match(wrongAt(changed(Buffer.from('12a3bc45'), at), size) ?? '', /not what it has to be/)
      for (const cut of ['12a3bc4', '12a3bc456']) assert.match(wrongAt(Buffer.from(cut), size) ?? '', /bytes instead of 8/)
    }
  })

  for (const workload of PASSED)
    it(`counts whatever is wrong with an answer as an error: ${workload.name}`, () =>
      assertNoticed(workload, passedOn(workload.path, asksForStream(workload.path, workload.body))))

  describe('with its processes', () => {
    let upstream: Script
    let control: Script
    let gateway: Gateway
    before(async () => {
      upstream = await startScript('upstream.ts', [], 1)
      control = await startScript('control.ts', [String(upstream.port)], 0)
      gateway = await startBenchGateway(upstream)
    })

    for (const workload of ALL)
      it(`takes what comes through the control and without it: ${workload.name}`, async () => {
        for (const { port } of [upstream, control]) await exchange(port, { ...workload, translated: false })
      })

    for (const workload of ALL)
      it(`proves a run through the gateway: ${workload.name}`, async () => {
        const load = { ...workload, connections: 2, seconds: 0.2 }
        const { requests, errors, error } = await measure('load.ts', load, gatewayTarget(gateway), upstream)
        assert.equal(errors, 0, error)
        assert.ok(requests > 0)
      })

    for (const workload of TRANSLATED)
      it(`counts whatever is wrong with a translated answer as an error: ${workload.name}`, async () => {
        const session = await gatewayTarget(gateway).open()
        const { url } = gateway
        const answer = await send(url + workload.path, { body: workload.body, headers: session.headers })
        await assertNoticed(workload, answer.body)
      })
  })
})
