import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createFetch, createSdkFetch, denialOf, Denied, openaiOptions } from '../src/index.ts'
import { WORLD } from '../src/options.ts'
import { answering, refusing, RESERVED, startLoopback, TOO_LITTLE, type Loopback } from './server.ts'

describe('a fetch that understands refusals', () => {
  let server: Loopback
  let other: Loopback
  before(async () => {
    server = await startLoopback()
    other = await startLoopback()
  })
  after(async () => {
    await server.close()
    await other.close()
  })
  beforeEach(() => {
    for (const one of [server, other]) {
      one.got.length = 0
      one.replies.splice(0, 99, answering({ ok: true }))
    }
  })

  test('sends the key to the gateway, where the request has none of its own, and to nobody else', async () => {
    const call = createFetch({ url: `${server.url}/`, key: 'fg_secret' })
    await call('/v1/models')
    await call(new URL('/v1/models', server.url), { headers: { 'x-api-key': 'fg_other' } })
    await call(`${other.url}/v1/models`)
    assert.deepEqual(
      [...server.got, ...other.got].map(({ headers }) => [headers.authorization, headers['x-api-key']]),
      [
        ['Bearer fg_secret', undefined],
        [undefined, 'fg_other'],
        [undefined, undefined],
      ],
    )
  })

  test('takes a Request as well, and can send it again', async () => {
    server.replies.unshift(refusing(TOO_LITTLE))
    const request = new Request(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', max_tokens: 4_000 }),
      headers: { 'content-type': 'application/json', 'x-mine': 'kept' },
    })
    const response = await createFetch({ url: server.url, lowerMaxTokens: true })(request)
    assert.equal(response.status, 200)
    assert.deepEqual(
      server.got.map(({ body, headers }) => [JSON.parse(body) as unknown, headers['x-mine']]),
      [
        [{ model: 'm', max_tokens: 4_000 }, 'kept'],
        [{ model: 'm', max_tokens: 812 }, 'kept'],
      ],
    )
  })

  test('a body that can be sent once is sent once', async () => {
    server.replies.splice(0, 9, refusing(RESERVED))
    const body = new Blob(['{}']).stream()
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    await assert.rejects(createFetch({ url: server.url })('/v1/chat/completions', init), Denied)
    assert.equal(server.got.length, 1)
  })

  test('a stream is handed on as it is: the first byte long before the last', async () => {
    let finish = (): void => undefined
    server.replies.splice(0, 9, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"first":1}\n\n')
      finish = () => void response.end('data: [DONE]\n\n')
    })
    const response = await createFetch({ url: server.url })('/v1/chat/completions')
    const reader = response.body?.getReader()
    const first = await reader?.read()
    assert.equal(Buffer.from(first?.value ?? []).toString(), 'data: {"first":1}\n\n')
    finish()
    assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'data: [DONE]\n\n')
  })

  test('aborting ends the waiting at once, with the reason that was given', async () => {
    server.replies.splice(0, 9, refusing({ ...RESERVED, retryAfterSeconds: 30 }))
    const controller = new AbortController()
    const started = performance.now()
    const call = createFetch({ url: server.url })('/v1/chat/completions', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 100)
    await assert.rejects(call, /enough/)
    assert.ok(performance.now() - started < 5_000)
    await assert.rejects(WORLD.sleep(10_000, AbortSignal.abort(new Error('before'))), /before/)
  })

  test('aborting while somebody pays sends nothing more', async () => {
    server.replies.splice(0, 9, refusing(TOO_LITTLE))
    const controller = new AbortController()
    const pay = (): boolean => {
      controller.abort(new Error('changed my mind'))
      return true
    }
    await assert.rejects(createFetch({ url: server.url, pay })('/v1/chat/completions', { signal: controller.signal }), /changed my mind/)
    assert.equal(server.got.length, 1)
  })

  test('a lost connection rejects as fetch does, and is not tried again', async () => {
    server.replies.splice(0, 9, (response) => response.destroy())
    await assert.rejects(createFetch({ url: server.url })('/v1/chat/completions', { method: 'POST', body: '{}' }), TypeError)
    assert.equal(server.got.length, 1)
  })

  test('for SDKs a refusal is returned as it came, and is known by its headers', async () => {
    server.replies.splice(0, 9, refusing(TOO_LITTLE))
    const response = await createSdkFetch({ url: server.url })('/v1/chat/completions')
    assert.equal(response.status, 402)
    const { error } = (await response.json()) as { error: { code: string } }
    assert.equal(error.code, 'insufficient_quota')
    const raised = Object.assign(new Error('of an SDK'), { status: 402, headers: response.headers, error })
    assert.ok(denialOf(raised)?.is('insufficient_balance'))
    assert.equal(denialOf(raised)?.cause, raised)
    assert.equal(denialOf(new Error('of nobody')), undefined)
    assert.equal(denialOf(new Error('around', { cause: raised }))?.code, 'insufficient_balance')
  })

  test('what is sent, is sent by the fetch that was given', async () => {
    const paths: string[] = []
    const options = openaiOptions({
      url: server.url,
      key: 'fg_x',
      fetch: (input, init) => {
        paths.push(new URL(input instanceof Request ? input.url : input).pathname)
        return fetch(input, init)
      },
    })
    await options.fetch(`${options.baseURL}/models`)
    assert.deepEqual([paths, options.maxRetries, options.apiKey], [['/v1/models'], 0, 'fg_x'])
  })
})
