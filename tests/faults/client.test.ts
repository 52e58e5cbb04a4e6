import assert from 'node:assert/strict'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { assertSettled } from '../support/api.ts'
import { chunk, either, openStream, usage, usageChunk } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { silentBeforeHead } from '../support/faults.ts'
import { residentMb } from '../support/process.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Behaviour, Exchange, Upstream } from '../support/upstream.ts'
import { eventually, gate, pause, within } from '../support/wait.ts'

const TOKEN = 1_000_000n

describe('a client that goes away', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    const price = { input: '0', output: '1000' }
    const twice = { price, deployments: ['first', 'second'].map((model) => ({ provider: 'fake', model })) }
    gateway = await startGateway({ config: configuration(upstream, { left: { price }, twice }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  /** Calls, goes away when told, and gives the upstream's call and the one record. */
  async function leave(
    customer: Customer,
    streaming: boolean,
    when: (abort: () => void, called: Promise<Exchange>) => unknown,
    more: Record<string, unknown> = {},
  ): Promise<{ exchange: Exchange; leftAt: number }> {
    const called = gate<Exchange>()
    upstream.onCall = (exchange) => called.open(exchange)
    const controller = new AbortController()
    let leftAt = 0
    const abort = (): void => {
      leftAt = performance.now()
      controller.abort()
    }
    const call = { model: 'left', max_tokens: 100, stream: streaming, messages: say(), ...more }
    const onData = (piece: Buffer, soFar: number): void => seenBytes?.(soFar, abort, piece)
    const sent = gateway.chat(customer.key, call, { signal: controller.signal, fresh: true, onData }).catch(() => undefined)
    await when(abort, called.promise)
    await sent
    upstream.onCall = undefined
    return { exchange: await called.promise, leftAt }
  }
  let seenBytes: ((soFar: number, abort: () => void, piece: Buffer) => void) | undefined

  async function onlyRecord(customer: Customer): Promise<Awaited<ReturnType<Gateway['api']['records']>>[number]> {
    const records = await eventually(async () => {
      const found = await gateway.api.records({ organization: customer.organization })
      assert.ok(found.length > 0)
      return found
    }, 30_000)
    assert.equal(records.length, 1)
    const [record] = records
    assert.ok(record)
    return record
  }

  /** Sends a call and never reads a byte of the answer. */
  function readNothing(body: Record<string, unknown>, key: string): Socket {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.pause()
    const text = JSON.stringify(body)
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    )
    return socket
  }

  for (const streaming of [false, true]) {
    test(`M21: before the first byte: the upstream is let go within a second, nothing is charged, one record (${streaming ? 'streaming' : 'not streaming'})`, async () => {
      const customer = await gateway.customer('1.00')
      upstream.on('left', silentBeforeHead)
      const { exchange, leftAt } = await leave(customer, streaming, async (abort, called) => {
        await called
        abort()
      })
      const closedAt = await within(2_000, 'the socket of the upstream to close', exchange.closed)
      assert.ok(closedAt - leftAt < 1_000, `${closedAt - leftAt} ms`)
      assert.equal(exchange.abandoned, true)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
      const record = await onlyRecord(customer)
      assert.equal(record.outcome, 'aborted')
      assert.equal(nano(record.cost), 0n)
    })
  }

  test('M21: in mid-stream: the upstream is let go within a second and the delivered part is charged', async () => {
    const customer = await gateway.customer('1.00')
    let sent = 0
    upstream.on('left', async (exchange) => {
      openStream(exchange)
      while (!exchange.response.destroyed && sent < 5_000) {
        exchange.response.write(chunk(exchange.model, { content: ' the' }))
        sent++
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
    let received = 0
    seenBytes = (soFar, abort, piece) => {
      received += piece.toString().match(/" the"/g)?.length ?? 0
      if (soFar > 2_000) abort()
    }
    const { exchange, leftAt } = await leave(customer, true, () => undefined)
    seenBytes = undefined
    const closedAt = await within(2_000, 'the socket of the upstream to close', exchange.closed)
    assert.ok(closedAt - leftAt < 1_000, `${closedAt - leftAt} ms`)
    const record = await onlyRecord(customer)
    assert.equal(record.outcome, 'aborted')
    assert.equal(record.estimated, true)
    const { posted } = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(posted), nano(record.cost))
    assert.ok(received > 0)
    assert.ok(nano(posted) >= BigInt(received) * TOKEN, `${posted} for the ${received} tokens that the caller had when it left`)
    assert.ok(nano(posted) <= BigInt(sent) * TOKEN, `${posted} for at most ${sent} tokens`)
  })

  test('M21: in the middle of an answer too large to collect: the upstream is let go within a second, one record, at most its size is charged', async () => {
    const customer = await gateway.customer('10000.00')
    upstream.on('left', async (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/json' })
      exchange.response.write('{"choices":[{"index":0,"message":{"content":"')
      for (let sent = 0; sent < 500 && !exchange.response.destroyed; sent++) {
        exchange.response.write(' the'.repeat(4_000))
        await pause(5)
      }
      exchange.response.end('"}}],"usage":{"prompt_tokens":0,"completion_tokens":2000000,"total_tokens":2000000}}')
    })
    seenBytes = (soFar, abort) => soFar > 1_200_000 && abort()
    const { exchange, leftAt } = await leave(customer, false, () => undefined, { max_tokens: 2_000_000 })
    seenBytes = undefined
    const closedAt = await within(2_000, 'the socket of the upstream to close', exchange.closed)
    assert.ok(closedAt - leftAt < 1_000, `${closedAt - leftAt} ms`)
    const record = await onlyRecord(customer)
    assert.deepEqual([record.outcome, record.estimated], ['aborted', true])
    const { posted } = await assertSettled(gateway.api, customer.organization)
    assert.equal(posted, record.cost)
    assert.ok(nano(posted) > 0n && nano(posted) <= 2_000_000n * TOKEN, posted)
  })

  test('S10, M21: while the first deployment fails: the second is not called, nothing is charged, one record', async () => {
    const customer = await gateway.customer('1.00')
    const left = gate()
    const fails: Behaviour = async (exchange) => {
      await left.promise
      exchange.response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
    }
    upstream.on('first', fails).on('second', fails)
    const earlier = upstream.calls.length
    await leave(
      customer,
      true,
      async (abort, called) => {
        await called
        abort()
        await pause(50)
        left.open()
      },
      { model: 'twice' },
    )
    const record = await onlyRecord(customer)
    assert.deepEqual([record.outcome, record.cost, record.attempts.length], ['aborted', '0.00', 1])
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
    assert.equal(upstream.calls.length, earlier + 1)
  })

  test('M21: after the last token but before usage: usage is waited for up to half a second, and charged', async () => {
    const customer = await gateway.customer('1.00')
    const left = gate()
    upstream.on('left', async (exchange) => {
      openStream(exchange)
      exchange.response.write(chunk(exchange.model, { content: ' the' }))
      exchange.response.write(chunk(exchange.model, {}, 'stop'))
      await left.promise
      await new Promise((resolve) => setTimeout(resolve, 100))
      exchange.response.end(`${usageChunk(exchange.model, usage(4, 7))}data: [DONE]\n\n`)
    })
    seenBytes = (soFar, abort) => {
      if (soFar < 500) return
      abort()
      left.open()
    }
    const { exchange, leftAt } = await leave(customer, true, () => undefined)
    seenBytes = undefined
    const closedAt = await within(2_000, 'the socket of the upstream to close', exchange.closed)
    assert.ok(closedAt - leftAt < 1_000, `${closedAt - leftAt} ms`)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 7n * TOKEN)
    assert.equal((await onlyRecord(customer)).estimated, false)
  })

  test('M21: after the last token with usage that never comes: let go within a second, our own count charged', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('left', (exchange) => {
      openStream(exchange)
      for (let i = 0; i < 3; i++) exchange.response.write(chunk(exchange.model, { content: ' the' }))
      exchange.response.write(chunk(exchange.model, {}, 'stop'))
    })
    seenBytes = (soFar, abort) => soFar > 800 && abort()
    const { exchange, leftAt } = await leave(customer, true, () => undefined)
    seenBytes = undefined
    const closedAt = await within(3_000, 'the socket of the upstream to close', exchange.closed)
    assert.ok(closedAt - leftAt < 1_000, `${closedAt - leftAt} ms`)
    assert.ok(nano((await assertSettled(gateway.api, customer.organization)).posted) <= 3n * TOKEN)
    assert.equal((await onlyRecord(customer)).estimated, true)
  })

  test('S11: a reader who does not read makes the upstream wait, instead of filling memory', async () => {
    const customer = await gateway.customer('100.00')
    let written = 0
    upstream.on('left', async (exchange) => {
      openStream(exchange)
      const word = 'x'.repeat(10_000)
      while (!exchange.response.destroyed && written < 200_000_000) {
        written += word.length
        if (!exchange.response.write(chunk(exchange.model, { reasoning_content: word }))) {
          await Promise.race([new Promise((resolve) => exchange.response.once('drain', resolve)), exchange.closed])
        }
      }
    })
    const socket = readNothing({ model: 'left', stream: true, max_tokens: 50_000, messages: say() }, customer.key)
    await pause(3_000)
    assert.ok(written < 50_000_000, `${written} bytes were taken from the upstream for a reader who reads nothing`)
    socket.destroy()
    await assertSettled(gateway.api, customer.organization)
  })

  test('S11, S13: a reader who does not read makes a compressed answer wait too, however far it inflates', async () => {
    const customer = await gateway.customer('100.00')
    // Half a gigabyte, as members of a megabyte each.
    const member = gzipSync(chunk('left', { padding: ' '.repeat(1_000_000) }))
    const bomb = Buffer.concat(Array.from({ length: 500 }, () => member))
    upstream.on('left', (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      exchange.response.end(bomb)
    })
    const idle = residentMb(gateway.pid)
    const socket = readNothing({ model: 'left', stream: true, max_tokens: 1_000_000, messages: say() }, customer.key)
    await pause(5_000)
    const grown = residentMb(gateway.pid) - idle
    socket.destroy()
    assert.ok(grown < 100, `${grown} MB for a reader who reads nothing`)
    await assertSettled(gateway.api, customer.organization)
  })

  test('a hundred clients that leave at any moment leave nothing held and the process alive', async () => {
    const customer = await gateway.customer('10.00')
    upstream.on('left', either(50, { everyMs: 1 }))
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const body = { model: 'left', max_tokens: 60, stream: i % 2 === 0, messages: say() }
        await gateway.chat(customer.key, body, { signal: AbortSignal.timeout(1 + i * 2), fresh: true }).catch(() => undefined)
      }),
    )
    await assertSettled(gateway.api, customer.organization)
    assert.equal((await gateway.chat(customer.key, { model: 'left', max_tokens: 60, messages: say() })).status, 200)
  })
})
