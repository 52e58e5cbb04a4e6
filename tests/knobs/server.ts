import assert from 'node:assert/strict'
import { claims, ISSUER, ISSUER_KEY, token } from '../apis/callers/issuer.ts'
import { actAs } from '../support/act-as.ts'
import { ManagementApi } from '../support/api.ts'
import { answer, chunk, endStream, openStream, usage } from '../support/behaviours.ts'
import { handedOn } from '../support/certificates.ts'
import { configuration, say } from '../support/config.ts'
import { silentAfter, silentBeforeHead } from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { talk } from '../support/raw.ts'
import { eventually, gate, pause } from '../support/wait.ts'
import { certificate, deafListener, overHttps, retained } from './means.ts'
import { pendingAfterUpgrade } from './upgrade.ts'
import { call } from './tuned.ts'
import type { Knobs, Worlds } from './tuned.ts'

async function poor(worlds: Worlds): Promise<Answer> {
  const customer = await worlds.tuned.customer('0.001')
  return worlds.tuned.chat(customer.key, { model: 'plain', max_tokens: 10, messages: say() })
}

/** How long a refusal took that names a limit. */
async function timedOut(worlds: Worlds, streaming: boolean): Promise<{ result: Answer; ms: number }> {
  const from = performance.now()
  const result = await call(worlds, 'timed', { stream: streaming })
  return { result, ms: performance.now() - from }
}

async function model(worlds: Worlds, name: string, provider: string): Promise<void> {
  await worlds.tuned.api.call('POST', '/api/models', { name, deployments: [{ provider, model: name }], price: { input: '0', output: '1' } })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
}

/** Settings of the process, its limits and what it says. */
export const SERVER_KNOBS: Knobs = {
  publicUrl: async (worlds) => {
    const refused = await poor(worlds)
    assert.equal(json(refused)['type'], 'https://gateway.example/base/problems/insufficient-balance')
    assert.match(header(refused, 'link') ?? '', /<https:\/\/gateway\.example\/base\/problems\/insufficient-balance>; rel="help"/)
    const customer = await worlds.plain.customer()
    const own = await worlds.plain.chat(
      customer.key,
      { model: 'plain', max_tokens: 5, messages: say() },
      { headers: { host: 'evil.example' } },
    )
    assert.ok(String(json(own)['type']).startsWith(worlds.plain.url), 'never from the Host header')
  },

  trustedProxies: async (worlds) => {
    const headers = { 'x-forwarded-for': '203.0.113.77' }
    await worlds.tuned.chat(worlds.rich.key, { model: 'nowhere', messages: say() }, { headers })
    await eventually(() => assert.match(worlds.tuned.output, /203\.0\.113\.77/))
    const customer = await worlds.plain.customer('1.00')
    const refused = await worlds.plain.chat(customer.key, { model: 'nowhere', messages: say() }, { headers })
    await eventually(() => assert.ok(worlds.plain.output.includes(header(refused, 'x-request-id') ?? '-')))
    assert.doesNotMatch(worlds.plain.output, /203\.0\.113\.77/)
  },

  'publishing.networks': async (worlds) => {
    const publish = async (gateway: Gateway): Promise<number> => {
      const own = new ManagementApi(gateway.url, await actAs('publisher', gateway, await gateway.customer()))
      const routes = [{ method: 'GET', path: '/a', free: true }]
      return (await own.call('POST', '/api/apis', { name: 'inside', upstream: { baseUrl: worlds.upstream.url }, routes })).status
    }
    assert.deepEqual([await publish(worlds.tuned), await publish(worlds.plain)], [201, 400])
  },

  issuerNetworks: async ({ tuned, plain, places }) => {
    const status = async (gateway: Gateway): Promise<number> => {
      const { keyId } = await gateway.customer('1.00')
      const jwt = { issuer: ISSUER, audience: ['shop'], jwksUrl: `${places.issuer.url}/keys`, as: keyId }
      const upstream = { baseUrl: places.service.url }
      const routes = [{ method: 'GET', path: '/a', price: '0.01' }]
      await gateway.api.expect(201, 'POST', '/api/apis', { name: 'vouched', prefix: '/vouched', upstream, routes, authentication: { jwt } })
      return (await send(`${gateway.url}/vouched/a`, { headers: { authorization: `Bearer ${token(ISSUER_KEY, claims())}` } })).status
    }
    assert.deepEqual([await status(tuned), await status(plain)], [200, 502])
  },

  clientCertificates: async ({ tuned, plain, places: { proofs, service } }) => {
    const code = async (gateway: Gateway): Promise<unknown> => {
      const { keyId } = await gateway.customer('1.00')
      const authentication = { mutualTls: { ca: [proofs.clients.certificate], issuer: 'clients', as: keyId } }
      const routes = [{ method: 'GET', path: '/a', price: '0.01' }]
      await gateway.api.expect(201, 'POST', '/api/apis', { name: 'certified', upstream: { baseUrl: service.url }, routes, authentication })
      const called = await send(`${gateway.url}/certified/a`, { headers: { 'client-cert': handedOn(proofs.one) } })
      return called.status === 200 ? 200 : json(called)['code']
    }
    assert.deepEqual([await code(tuned), await code(plain)], [200, 'credential_missing'])
  },

  'tls.cert': async (worlds) => {
    const tls = certificate()
    const gateway = await startGateway({ config: { tls } })
    try {
      assert.match(gateway.url, /^https:/)
      assert.equal(await overHttps(`${gateway.url}/healthz`, tls.cert), 200)
    } finally {
      await gateway.stop()
    }
    assert.match(worlds.plain.url, /^http:/)
  },

  'tls.key': async () => {
    const [{ cert }, { key }] = [certificate(), certificate()]
    await assert.rejects(startGateway({ config: { tls: { cert, key } } }), /exited with 1/)
  },

  'billing.currency': async (worlds) => {
    assert.equal((await worlds.tuned.api.balance(worlds.rich.organization)).currency, 'EUR')
    assert.equal((json(await poor(worlds))['limit'] as { unit: string }).unit, 'EUR')
  },

  'billing.topUpUrl': async (worlds) => {
    const refused = await poor(worlds)
    assert.match(header(refused, 'link') ?? '', /<https:\/\/pay\.example\/top-up>; rel="payment"/)
    assert.match(JSON.stringify(json(refused)['fixes']), /"url":"https:\/\/pay\.example\/top-up"/)
  },

  'billing.contact': async (worlds) => assert.match(JSON.stringify(json(await poor(worlds))['fixes']), /"contact":"billing@pay\.example"/),

  'limits.bodyBytes': async (worlds) => {
    const large = { metadata: { x: 'y'.repeat(30_000) } }
    const refused = await call(worlds, 'plain', large)
    assert.equal(refused.status, 413)
    assert.match(refused.text, /20[,.]?000|bodyBytes/)
    const customer = await worlds.plain.customer('1.00')
    assert.equal((await worlds.plain.chat(customer.key, { model: 'plain', max_tokens: 5, messages: say(), ...large })).status, 200)
  },

  'limits.bodiesBytes': async (worlds) => {
    const customer = async (gateway: Gateway): Promise<string> => (await gateway.customer('100.00')).key
    const together = async (gateway: Gateway, key: string): Promise<number> => {
      const release = gate()
      const before = worlds.upstream.callsOf('roomy').length
      worlds.upstream.on('roomy', answer(usage(0, 1), { after: release.promise }))
      const body = { model: 'roomy', max_tokens: 5, messages: say(), metadata: { x: 'y'.repeat(600_000) } }
      const both = [1, 2].map(() => gateway.chat(key, body))
      await eventually(() => assert.ok(worlds.upstream.callsOf('roomy').length > before))
      await pause(500)
      const reached = worlds.upstream.callsOf('roomy').length - before
      release.open()
      for (const { status } of await Promise.all(both)) assert.equal(status, 200)
      return reached
    }
    const models = { roomy: { price: { input: '0', output: '1' } } }
    const narrow = await startGateway({
      config: configuration(worlds.upstream, models, { limits: { bodyBytes: 1_000_000, bodiesBytes: 1_048_576 } }),
    })
    const wide = await startGateway({ config: configuration(worlds.upstream, models, { limits: { bodyBytes: 1_000_000 } }) })
    try {
      assert.equal(await together(narrow, await customer(narrow)), 1, 'the second waits until the first has ended')
      assert.equal(await together(wide, await customer(wide)), 2)
    } finally {
      await Promise.all([narrow.stop(), wide.stop()])
    }
  },

  'limits.requestMs': async (worlds) => {
    const begun = 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{'
    const from = performance.now()
    const { answers } = await talk(worlds.tuned.url, begun, { withinMs: 8_000 })
    const ms = performance.now() - from
    assert.equal(answers[0]?.status, 408)
    assert.ok(ms >= 1_400 && ms < 4_000, `${ms} ms`)
    assert.deepEqual((await talk(worlds.plain.url, begun, { withinMs: 4_000 })).answers, [])
  },

  'limits.headerBytes': async (worlds) => {
    const headers = { 'x-large': 'y'.repeat(10_000) }
    assert.equal((await send(`${worlds.tuned.url}/healthz`, { headers, fresh: true })).status, 431)
    assert.equal((await send(`${worlds.plain.url}/healthz`, { headers, fresh: true })).status, 200)
  },

  'limits.connectMs': async (worlds) => {
    const listener = await deafListener()
    try {
      await worlds.tuned.api.expect(201, 'POST', '/api/providers', {
        name: 'deaf',
        kind: 'openai-compatible',
        baseUrl: `http://127.0.0.1:${listener.port}/v1`,
        apiKey: 'sk',
      })
      await model(worlds, 'deaf', 'deaf')
      const from = performance.now()
      const refused = await call(worlds, 'deaf')
      const ms = performance.now() - from
      assert.ok(refused.status === 504 || refused.status === 502, refused.text)
      assert.ok(ms >= 350 && ms < 4_000, `${ms} ms`)
    } finally {
      listener.stop()
    }
  },

  'limits.firstByteMs': async (worlds) => {
    await model(worlds, 'timed', 'one')
    worlds.upstream.on('timed', silentBeforeHead)
    const { result, ms } = await timedOut(worlds, false)
    assert.equal(result.status, 504, result.text)
    assert.match(result.text, /firstByte|first byte/i)
    assert.ok(ms >= 650 && ms < 5_000, `${ms} ms`)
  },

  'limits.silenceMs': async (worlds) => {
    await model(worlds, 'timed', 'one')
    worlds.upstream.on('timed', silentAfter(2))
    const { result, ms } = await timedOut(worlds, true)
    assert.match(result.text, /provider_timeout/)
    assert.match(result.text, /silence|silent/i)
    assert.ok(ms >= 550 && ms < 5_000, `${ms} ms`)
  },

  'limits.keepAliveMs': async (worlds) => {
    await model(worlds, 'timed', 'one')
    worlds.upstream.on('timed', async (exchange) => {
      openStream(exchange)
      await new Promise((resolve) => setTimeout(resolve, 500))
      exchange.response.write(chunk('timed', { content: ' the' }))
      endStream(exchange, usage(0, 1))
    })
    const { result } = await timedOut(worlds, true)
    const comments = result.text.split('\n').filter((line) => line.startsWith(':'))
    assert.ok(comments.length >= 2 && comments.length <= 4, `${comments.length} comments in 500 ms`)
  },

  'cors.origins': async (worlds) => {
    const ask = async (gateway: Worlds['tuned'], origin: string): Promise<string | undefined> =>
      header(
        await send(`${gateway.url}/v1/chat/completions`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        }),
        'access-control-allow-origin',
      )
    assert.equal(await ask(worlds.tuned, 'https://app.example'), 'https://app.example')
    assert.equal(await ask(worlds.tuned, 'https://other.example'), undefined)
    assert.equal(await ask(worlds.plain, 'https://other.example'), '*')
  },

  'prices.approveAbove': async ({ upstream }) => {
    assert.deepEqual(await pendingAfterUpgrade(upstream, {}), ['openai/gpt-5-nano'])
    assert.deepEqual(await pendingAfterUpgrade(upstream, { prices: { approveAbove: 0.5 } }), [])
    assert.deepEqual(await pendingAfterUpgrade(upstream, { prices: { approveAbove: 0.49 } }), ['openai/gpt-5-nano'])
  },

  'retention.days': async () => assert.deepEqual(await retained({ days: 3 }, [1, 2, 5, 9]), [1, 2]),

  'retention.bytes': async () => {
    const kept = await retained(
      { bytes: 1_000_000 },
      Array.from({ length: 4_000 }, (_, i) => i / 1_000),
    )
    assert.ok(kept.length > 500 && kept.length < 3_500, `${kept.length} of 4,000 records in a million bytes`)
    assert.equal(kept[0], 0, 'the newest is kept')
  },

  'log.level': async (worlds) => {
    const served = await call(worlds, 'plain')
    await eventually(() => assert.ok(worlds.tuned.output.includes(header(served, 'x-request-id') ?? '-')))
    const customer = await worlds.plain.customer('1.00')
    const quiet = await worlds.plain.chat(customer.key, { model: 'plain', max_tokens: 5, messages: say() })
    await worlds.plain.api.record(header(quiet, 'x-request-id') ?? '')
    assert.ok(!worlds.plain.output.includes(header(quiet, 'x-request-id') ?? '-'), 'no line for what was served')
  },
}
