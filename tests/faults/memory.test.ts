import assert from 'node:assert/strict'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { PeakMemory } from '../support/memory.ts'
import { residentMb } from '../support/process.ts'
import { problemOf, talk } from '../support/raw.ts'
import type { Talk } from '../support/raw.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, pause } from '../support/wait.ts'

const MANY = 200
const MB = 1024 * 1024
const BODY = JSON.stringify({ model: 'plain', max_tokens: 10, messages: say() })

interface World {
  upstream: Upstream
  gateway: Gateway
  customer: Customer
}

function world(limits: Record<string, number> = {}): World {
  const made = {} as World
  before(async () => {
    made.upstream = await startUpstream()
    made.upstream.on('*', either(3))
    made.gateway = await startGateway({ config: configuration(made.upstream, { plain: { maxOutput: 100 } }, { limits }) })
    made.customer = await made.gateway.customer('1.00')
  })
  after(async () => {
    await made.gateway?.stop()
    await made.upstream?.close()
  })
  return made
}

function head(key: string, how: string): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n${how}\r\n\r\n`
}

/** Runs a load and insists on how far memory may rise over it, and that it comes back. Others are served afterwards. */
async function bounded<T>({ gateway, customer }: World, mostMb: number, load: () => Promise<T>): Promise<T> {
  const idle = residentMb(gateway.pid)
  const peak = new PeakMemory(gateway.pid)
  const result = await load()
  assert.ok(peak.stop() < idle + mostMb, `${peak.mb} MB at most, ${idle} before`)
  assert.equal((await gateway.chat(customer.key, BODY, { fresh: true })).status, 200)
  await eventually(() => assert.ok(residentMb(gateway.pid) < idle + 150, `${residentMb(gateway.pid)} MB, ${idle} before`), 20_000, 500)
  return result
}

function many<T>(make: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: MANY }, make))
}

describe(`${MANY} bodies of 50 MB at once`, () => {
  const made = world()

  test('with their length in the head: each is told at once, and memory does not notice', async () => {
    const start = head(made.customer.key, `content-length: ${50 * MB}`)
    const talks = await bounded(made, 50, () => many(() => talk(made.gateway.url, start, { answers: 1, withinMs: 60_000 })))
    for (const { answers } of talks)
      assert.deepEqual(
        answers.map((answer) => [answer.status, problemOf(answer).code]),
        [[413, 'request_too_large']],
      )
  })

  test('in chunks: each is 413, in bounded memory that comes back', async () => {
    const start = head(made.customer.key, 'transfer-encoding: chunked')
    const statuses = await bounded(made, 600, () => many(() => chunked(made.gateway.url, start, 50)))
    assert.deepEqual([...new Set(statuses)], [413])
  })

  test('in chunks from strangers: each is 401 after its first pieces', async () => {
    const start = head('fg_nobody', 'transfer-encoding: chunked')
    const statuses = await bounded(made, 150, () => many(() => chunked(made.gateway.url, start, 50)))
    assert.deepEqual([...new Set(statuses)], [401])
  })

  test('bodies just below the limit: each is served or told to come again, in bounded memory that comes back', async () => {
    const body = Buffer.concat([Buffer.from(BODY.replace(/}$/, ',"metadata":{"x":"')), Buffer.alloc(30 * MB, 'x'), Buffer.from('"}}')])
    const { gateway, upstream } = made
    const rich = await gateway.customer('100.00')
    const results = await bounded(made, 900, () =>
      Promise.all(
        Array.from({ length: 24 }, async () => {
          const result = await gateway.chat(rich.key, body, { fresh: true })
          upstream.calls.length = 0
          return result
        }),
      ),
    )
    assert.ok(results.some(({ status }) => status === 200))
    for (const result of results.filter(({ status }) => status !== 200)) {
      assert.equal(result.status, 413, result.text)
      assert.match(result.text, /limits\.bodiesBytes/)
      assert.equal(result.headers['x-should-retry'], 'true')
      assert.ok(Number(result.headers['retry-after']) > 0)
    }
    await assertSettled(gateway.api, rich.organization)
  })
})

describe(`${MANY} senders that send one byte after the other`, () => {
  const made = world({ requestMs: 3_000 })

  for (const [name, start, drip] of [
    ['heads', () => 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n', 'x-slow: y\r\n'],
    ['bodies', (key: string) => head(key, `content-length: ${BODY.length}`), BODY],
    ['bodies that take room', (key: string) => head(key, `content-length: ${MB}`), BODY],
    ['chunks', (key: string) => head(key, 'transfer-encoding: chunked'), '1\r\nx\r\n'],
  ] as const) {
    test(`${name}: cut with 408 when the time is over, and others are served meanwhile`, async () => {
      const { gateway, customer } = made
      await bounded(made, 100, async () => {
        const slow = many(() => trickle(gateway.url, start(customer.key), drip))
        await pause(500)
        const served = await gateway.chat(customer.key, BODY, { fresh: true })
        assert.equal(served.status, 200)
        assert.ok(served.totalMs < 2_000, `${served.totalMs} ms`)
        for (const { answers, closed } of await slow) {
          assert.equal(closed, true)
          assert.deepEqual(
            answers.map((answer) => [answer.status, problemOf(answer).code]),
            [[408, 'request_invalid']],
          )
          assert.match(String(answers[0]?.body), /limits\.requestMs/)
        }
      })
      await assertSettled(gateway.api, customer.organization)
    })
  }
})

/** Sends a head, then so many megabytes in chunks, until it is answered. Gives the status, or that it was closed without. */
function chunked(url: string, start: string, megabytes: number): Promise<number | 'closed'> {
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MB, 'x'), Buffer.from('\r\n')])
  return new Promise((resolve) => {
    const socket = open(url)
    let received = ''
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
      const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]
      if (status === undefined) return
      resolve(Number(status))
      socket.destroy()
    })
    socket.on('close', () => resolve('closed'))
    let left = megabytes
    const next = (): void => {
      if (!socket.destroyed && left-- > 0) socket.write(piece, next)
    }
    socket.write(start, next)
  })
}

/** Sends a start, then one byte every 50 ms, over and over, until the connection is closed. */
async function trickle(url: string, start: string, drip: string): Promise<Talk> {
  return talk(url, start, {
    withinMs: 20_000,
    opened: (socket) => {
      let sent = 0
      const timer = setInterval(() => socket.write(drip.charAt(sent++ % drip.length)), 50)
      socket.on('close', () => clearInterval(timer))
    },
  })
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname).on('error', () => undefined)
}
