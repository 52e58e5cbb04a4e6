import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { sendJson } from '../support/behaviours.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { PeakMemory } from '../support/memory.ts'
import { residentMb } from '../support/process.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, pause } from '../support/wait.ts'

const MB = 1024 * 1024
const PIECE = Buffer.from(Array.from({ length: MB }, (_, index) => index % 251))
const PIECES = 400

describe('bytes that are no JSON, through a real gateway', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    upstream = await startUpstream()
    const deployments = (model: string): unknown => [{ provider: 'up', model }]
    gateway = await startGateway({
      config: {
        providers: [{ name: 'up', kind: 'openai-compatible', baseUrl: upstream.url, apiKey: 'sk-up' }],
        models: {
          spoken: { deployments: deployments('spoken'), price: { character: '15' } },
          heard: { deployments: deployments('heard'), price: { second: '100' } },
        },
      },
    })
    customer = await gateway.customer('10.00')
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function say(signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({ model: 'spoken', input: 'x'.repeat(1_000), voice: 'alloy' })
    const headers = { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json' }
    return fetch(`${gateway.url}/v1/audio/speech`, { method: 'POST', headers, body, ...(signal === undefined ? {} : { signal }) })
  }

  test(`I4, S11: ${PIECES} MB of speech reach a slow reader whole, in memory that stays flat, because the upstream waits`, async () => {
    let sent = PIECES - 1
    upstream.on('spoken', async ({ response }) => {
      response.writeHead(200, { 'content-type': 'audio/pcm' })
      for (; sent < PIECES; sent++) if (!response.write(PIECE)) await new Promise((resolve) => response.once('drain', resolve))
      response.end()
    })
    // What a process takes for the first thing that it does is not what is looked for.
    await (await say()).arrayBuffer()
    sent = 0
    const idle = residentMb(gateway.pid)
    const peak = new PeakMemory(gateway.pid)
    const response = await say()
    await pause(500)
    assert.ok(sent < 80, `${sent} MB were taken from the upstream before anybody read`)
    const hash = createHash('sha256')
    let size = 0
    for await (const piece of response.body ?? []) {
      hash.update(piece as Uint8Array)
      size += (piece as Uint8Array).length
    }
    assert.equal(size, PIECES * MB)
    const expected = createHash('sha256')
    for (let piece = 0; piece < PIECES; piece++) expected.update(PIECE)
    assert.equal(hash.digest('hex'), expected.digest('hex'))
    assert.ok(peak.stop() < idle + 150, `${peak.mb} MB at most, ${idle} before`)
    assert.equal((await assertSettled(gateway.api, customer.organization)).posted, '0.03')
  })

  test('S10: when the caller goes away the upstream is cancelled within a second, and what was delivered is charged', async () => {
    const cut = Promise.withResolvers<number>()
    upstream.on('spoken', (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'audio/mpeg' }).write(Buffer.alloc(160_064))
      void exchange.closed.then((at) => cut.resolve(at))
    })
    const gone = new AbortController()
    const response = await say(gone.signal)
    const reader = response.body?.getReader()
    for (let read = 0; read < 160_000;) read += ((await reader?.read())?.value as Uint8Array | undefined)?.length ?? Infinity
    const at = performance.now()
    gone.abort()
    assert.ok((await cut.promise) - at < 1_000)
    const record = await gateway.api.record(String(response.headers.get('x-request-id')))
    assert.deepEqual([record.outcome, record.estimated, record.cost], ['aborted', true, '0.00225'])
    await assertSettled(gateway.api, customer.organization)
  })

  test('I4: 20 MB of audio go on byte for byte, and memory that they took comes back', async () => {
    const audio = Buffer.concat(Array.from({ length: 20 }, () => PIECE))
    let seen = ''
    upstream.on('', (exchange) => {
      seen = createHash('sha256').update(exchange.bytes).digest('hex')
      sendJson(exchange, 200, { text: 'Hi', usage: { type: 'duration', seconds: 60 } })
    })
    const form = new FormData()
    form.append('model', 'heard')
    form.append('file', new Blob([audio]), 'speech.bin')
    // The form as it is sent, to know its bytes; the deployment has the same name, so that nothing changes.
    const sent = new Response(form)
    const headers = { authorization: `Bearer ${customer.key}`, 'content-type': String(sent.headers.get('content-type')) }
    const body = Buffer.from(await sent.arrayBuffer())
    const idle = residentMb(gateway.pid)
    const response = await fetch(`${gateway.url}/v1/audio/transcriptions`, { method: 'POST', headers, body })
    assert.deepEqual([response.status, response.headers.get('faregate-cost')], [200, '0.006'])
    assert.equal(seen, createHash('sha256').update(body).digest('hex'))
    await eventually(() => assert.ok(residentMb(gateway.pid) < idle + 150), 20_000, 500)
  })
})
