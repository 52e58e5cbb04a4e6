import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { PeakMemory } from '../support/memory.ts'
import { residentMb } from '../support/process.ts'
import { eventually, pause } from '../support/wait.ts'
import { PRICE, world } from './world.ts'

const MB = 1024 * 1024
/** How far the gateway's memory may rise while bodies pass through, whatever their size. */
const MOST_MB = 60
/** Passed before anything is measured: a process that has served has grown to its size. */
const WARM_UP = 20 * MB

/** Bodies of so many bytes pass through a gateway in both directions, in constant memory, and are charged once. */
export function passesThrough(size: number): void {
  describe(`${size / MB} MB pass through in constant memory`, () => passing(size))
}

function passing(size: number): void {
  const made = world()

  before(async () => {
    await upload(WARM_UP, { 'transfer-encoding': 'chunked' })
    await download(WARM_UP, '/chunked')
  })

  async function bounded(load: () => Promise<void>): Promise<number> {
    const idle = residentMb(made.gateway.pid)
    const peak = new PeakMemory(made.gateway.pid)
    await load()
    const rise = peak.stop() - idle
    assert.ok(rise < MOST_MB, `${rise} MB more than the ${idle} MB before`)
    return rise
  }

  function open(method: string, path: string, headers: Record<string, string | number>) {
    return httpRequest(`${made.gateway.url}/test${path}`, {
      method,
      agent: false,
      headers: { authorization: `Bearer ${made.customer.key}`, ...headers },
    })
  }

  async function upload(bytes: number, headers: Record<string, string | number>): Promise<void> {
    const request = open('PUT', '/upload', headers)
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    const piece = Buffer.alloc(MB, 'abc')
    const hash = createHash('sha256')
    for (let sent = 0; sent < bytes; sent += MB) {
      hash.update(piece)
      if (!request.write(piece)) await once(request, 'drain')
    }
    request.end()
    const [response] = await answered
    response.resume()
    assert.equal(response.statusCode, 200)
    const call = made.service.callsOf('/upload').at(-1)
    assert.deepEqual([call?.bytes, call?.hash], [bytes, hash.digest('hex')])
  }

  test('an upload of known length', async (t) => {
    t.diagnostic(`${await bounded(() => upload(size, { 'content-length': size }))} MB`)
    assert.equal(made.service.callsOf('/upload').at(-1)?.headers['content-length'], String(size))
  })

  test('an upload in chunks', async (t) => {
    t.diagnostic(`${await bounded(() => upload(size, { 'transfer-encoding': 'chunked' }))} MB`)
  })

  /** To a caller who stops reading now and then. */
  async function download(bytes: number, path: string): Promise<void> {
    const request = open('GET', `${path}/${bytes}`, {})
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    request.end()
    const [response] = await answered
    let received = 0
    let next = 10 * MB
    for await (const piece of response) {
      received += (piece as Buffer).length
      if (received < next) continue
      next += bytes / 4
      await pause(200)
    }
    assert.deepEqual([received, response.complete], [bytes, true])
  }

  for (const path of ['/bytes', '/chunked']) {
    test(`a download, ${path}, to a caller who stops reading now and then`, async (t) => {
      t.diagnostic(`${await bounded(() => download(size, path))} MB`)
    })
  }

  test('each was charged once', async () => {
    const calls = made.service.calls.length
    await eventually(async () =>
      assert.equal(nano((await assertSettled(made.gateway.api, made.customer.organization)).posted), BigInt(calls) * nano(PRICE)),
    )
  })
}
