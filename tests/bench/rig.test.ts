import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { ANSWER, expectedAnswer } from '../../bench/answers.ts'
import { Connection, exactly, requestBytes } from '../../bench/client.ts'
import { MessageReader } from '../../bench/message-reader.ts'
import { end, startScript, type Script } from '../../bench/processes.ts'
import { body } from '../../bench/workloads.ts'

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

async function exchange(port: number, request: string): Promise<void> {
  const connection = new Connection(port)
  await connection.exchange(requestBytes(port, request, {}), exactly(expectedAnswer(request))).finally(() => connection.close())
}

describe('the rig of the benchmark', () => {
  let upstream: Script
  before(async () => {
    upstream = await startScript('upstream.ts', [], 1)
  })
  after(() => end())

  it('reads messages alike, wherever the network cuts them', () => {
    const whole = ['HTTP/1.1 200 OK: hello!', 'HTTP/1.1 200 OK: yes', 'HTTP/1.1 200 OK: hello!']
    for (let size = 1; size < 200; size++) assert.deepEqual(read(CHUNKED + FIXED + CHUNKED, size), whole, `pieces of ${size}`)
  })

  it('accepts what the upstream answers, whole and streamed, through the control and without it', async () => {
    const control = await startScript('control.ts', [String(upstream.port)], 0)
    for (const { port } of [upstream, control])
      for (const request of [body({}, 'Hello!'), body({ stream: true }, 'Hello!')]) await exchange(port, request)
  })

  for (const [what, answer] of [
    ['a changed byte', Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${ANSWER.length}\r\n\r\nX`), ANSWER.subarray(1)])],
    [
      'a missing byte',
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${ANSWER.length - 1}\r\n\r\n`), ANSWER.subarray(0, -1)]),
    ],
    [
      'an answer cut off',
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${ANSWER.length}\r\n\r\n`), ANSWER.subarray(0, 99)]),
    ],
    ['another status', Buffer.concat([Buffer.from(`HTTP/1.1 429 No\r\ncontent-length: ${ANSWER.length}\r\n\r\n`), ANSWER])],
  ] as const) {
    it(`counts ${what} as an error`, async () => {
      const server = await answering(answer)
      await assert.rejects(exchange((server.address() as AddressInfo).port, body({}, 'Hello!')))
      server.close()
    })
  }
})
