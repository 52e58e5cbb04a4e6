import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { BUCKETS, UNIT_BUCKETS } from '@faregate/core'
import { configurationJsonSchema, type SchemaNode } from '../src/config/json-schema.ts'
import { configurationSchema } from '../src/config/schema.ts'
import { retentionOf } from '../src/start/installation.ts'
import { assertFieldRows, fieldSettings } from './support/fields-of-apis.ts'
import { AT_MONTH_END, ELSEWHERE, FROM_OUTSIDE } from './support/proven-elsewhere.ts'
import { chat, opened, type Opened } from './support/server.ts'
import { upstream } from './support/upstream.ts'

/** Each setting of the configuration and the test that would fail if it did nothing. The last test compares this with the schema. */
const PROOFS = new Map<string, string>()

function proves(title: string, settings: string[], run: (t: TestContext) => Promise<void> | void): void {
  for (const setting of settings) PROOFS.set(setting, title)
  test(title, run)
}

const MEMBERS = { deployments: [{ provider: 'up', model: 'm' }], price: { input: '1', output: '1' } }

const provider = (url: string, more: Record<string, unknown> = {}) => ({
  name: 'up',
  kind: 'openai-compatible',
  baseUrl: url,
  apiKey: 'sk-up',
  ...more,
})

interface Explained {
  hold: string
  maxOutputTokens: number
  sliced: boolean
  verdict: unknown
}

async function explain(server: Opened, key: string, body: Record<string, unknown>): Promise<Explained> {
  const sent = { messages: [{ role: 'user', content: 'Hello' }], ...body }
  const answer = await fetch(`${server.url}/v1/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(sent),
  })
  return (await answer.json()) as Explained
}

proves(
  "a provider is called at its baseUrl with its key, by the deployment's own name of the model",
  [
    'providers[].name',
    'providers[].kind',
    'providers[].baseUrl',
    'providers[].apiKey',
    'models.*.deployments[].provider',
    'models.*.deployments[].model',
  ],
  async (t) => {
    const up = await upstream(t)
    const server = await opened(t, {
      providers: [provider(up.url)],
      models: { alias: { ...MEMBERS, deployments: [{ provider: 'up', model: 'its-own-name' }] } },
    })
    const { key } = await server.customer()
    const answer = await chat(server.url, key, { model: 'alias' })
    assert.equal(answer.headers.get('faregate-provider'), 'up')
    const [call] = up.received
    assert.deepEqual(
      [call?.path, call?.headers.authorization, call?.body['model']],
      ['/base/v1/chat/completions', 'Bearer sk-up', 'its-own-name'],
    )
    const demo = await opened(t, { providers: [{ name: 'up', kind: 'demo' }], models: { alias: MEMBERS } })
    assert.match(await (await chat(demo.url, (await demo.customer()).key, { model: 'alias' })).text(), /built-in demo/)
  },
)

proves(
  'keys are taken by priority, and by weight within one',
  ['providers[].keys[].key', 'providers[].keys[].priority', 'providers[].keys[].weight'],
  async (t) => {
    const up = await upstream(t)
    const keys = [
      { key: 'sk-later', priority: 1 },
      { key: 'sk-rare', priority: 0, weight: 1 },
      { key: 'sk-often', priority: 0, weight: 1_000_000 },
    ]
    const server = await opened(t, {
      providers: [{ name: 'up', kind: 'openai-compatible', baseUrl: up.url, keys }],
      models: { m: MEMBERS },
    })
    const { key } = await server.customer()
    for (let call = 0; call < 8; call++) await (await chat(server.url, key, { model: 'm' })).text()
    assert.deepEqual(new Set(up.received.map(({ headers }) => headers.authorization)), new Set(['Bearer sk-often']))
  },
)

proves('deployments share the calls by weight', ['models.*.deployments[].weight'], async (t) => {
  const up = await upstream(t)
  const deployments = [
    { provider: 'up', model: 'rare', weight: 1 },
    { provider: 'up', model: 'often', weight: 1_000_000 },
  ]
  const server = await opened(t, { providers: [provider(up.url)], models: { m: { ...MEMBERS, deployments } } })
  const { key } = await server.customer()
  for (let call = 0; call < 8; call++) await (await chat(server.url, key, { model: 'm' })).text()
  assert.deepEqual(new Set(up.received.map(({ body }) => body['model'])), new Set(['often']))
})

proves(
  'deployments are called by priority, and with their own parameters',
  ['models.*.deployments[].priority', 'models.*.deployments[].parameters.*'],
  async (t) => {
    const up = await upstream(t)
    const deployments = [
      { provider: 'up', model: 'spare', weight: 1_000_000, priority: 1 },
      { provider: 'up', model: 'usual', weight: 1, parameters: { temperature: 0.25 } },
    ]
    const server = await opened(t, { providers: [provider(up.url)], models: { m: { ...MEMBERS, deployments } } })
    const { key } = await server.customer()
    for (let call = 0; call < 4; call++) await (await chat(server.url, key, { model: 'm' })).text()
    await (await chat(server.url, key, { model: 'm', temperature: 1 })).text()
    const said = up.received.map(({ body }) => [body['model'], body['temperature']])
    assert.deepEqual(said, [...Array.from({ length: 4 }, () => ['usual', 0.25]), ['usual', 1]])
  },
)

/** A body that can cause every input bucket. */
const EVERY_INPUT = {
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hello', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      ],
    },
  ],
}

/** What a chat can cause. */
const OF_CHATS = BUCKETS.filter((bucket) => bucket === 'request' || !UNIT_BUCKETS.some((unit) => unit === bucket))

proves(
  'the price of each bucket changes what is held, and what is charged for what upstream reports',
  OF_CHATS.map((bucket) => `models.*.price.${bucket}`),
  async (t) => {
    const up = await upstream(t)
    const base = { input: '1', output: '1' }
    const priced = Object.fromEntries(
      OF_CHATS.map((bucket) => [
        bucket,
        { ...MEMBERS, hiddenOutput: true, price: { ...base, [bucket]: bucket === 'request' ? '10000' : '50' } },
      ]),
    )
    const server = await opened(t, { providers: [provider(up.url)], models: { ...priced, base: { ...MEMBERS, hiddenOutput: true } } })
    const { key } = await server.customer({}, '1000.00')
    const measure = async (model: string) => {
      const body = { model, max_tokens: 400, modalities: ['text', 'audio'], ...EVERY_INPUT }
      const { hold } = await explain(server, key, body)
      const answer = await chat(server.url, key, body)
      return { hold: Number(hold), cost: Number(answer.headers.get('faregate-cost')) }
    }
    const plain = await measure('base')
    assert.equal(plain.cost, 0.0009)
    for (const bucket of OF_CHATS) {
      const dear = await measure(bucket)
      assert.ok(dear.hold > plain.hold, `${bucket} changes the hold`)
      // OpenAI's shape reports no cache writes of one hour.
      if (bucket !== 'cacheWrite1h') assert.ok(dear.cost > plain.cost, `${bucket} changes the cost`)
    }
  },
)

proves(
  'output limits: of the model, of the model where the caller gives none, and in general',
  ['models.*.maxOutput', 'models.*.maxOutputWhenAbsent', 'maxOutputWhenAbsent', 'models.*.outputLimitMember'],
  async (t) => {
    const up = await upstream(t)
    const server = await opened(t, {
      maxOutputWhenAbsent: 700,
      providers: [provider(up.url)],
      models: {
        general: MEMBERS,
        small: { ...MEMBERS, maxOutput: 300 },
        own: { ...MEMBERS, maxOutputWhenAbsent: 500 },
        renamed: { ...MEMBERS, outputLimitMember: 'max_completion_tokens' },
      },
    })
    const { key } = await server.customer()
    const limit = async (model: string) => (await explain(server, key, { model })).maxOutputTokens
    assert.deepEqual([await limit('general'), await limit('small'), await limit('own')], [700, 300, 500])
    await (await chat(server.url, key, { model: 'general' })).text()
    await (await chat(server.url, key, { model: 'renamed' })).text()
    assert.deepEqual([up.received[0]?.body['max_tokens'], up.received[1]?.body['max_completion_tokens']], [700, 700])
  },
)

proves(
  'M13: slices of a stream, in general and of the model; hidden output is held whole',
  ['sliceTokens', 'models.*.sliceTokens', 'models.*.hiddenOutput'],
  async (t) => {
    const up = await upstream(t)
    const server = await opened(t, {
      sliceTokens: 100,
      providers: [provider(up.url)],
      models: { general: MEMBERS, own: { ...MEMBERS, sliceTokens: 10 }, hidden: { ...MEMBERS, hiddenOutput: true } },
    })
    const { key } = await server.customer()
    const hold = async (model: string) => Number((await explain(server, key, { model, stream: true, max_tokens: 1000 })).hold)
    const [general, own, hidden] = [await hold('general'), await hold('own'), await hold('hidden')]
    assert.equal(Math.round((general - own) * 1e6), 90)
    assert.equal(Math.round((hidden - general) * 1e6), 900)
  },
)

proves('what a deployment cannot be told is refused by name, or left out and listed', ['models.*.unsupported'], async (t) => {
  const up = await upstream(t)
  const models = { strict: MEMBERS, yielding: { ...MEMBERS, unsupported: 'drop' } }
  const server = await opened(t, { providers: [provider(up.url)], models })
  const { key } = await server.customer()
  const ask = (model: string) =>
    fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ model, max_tokens: 5, container: 'c', messages: [{ role: 'user', content: 'Hello' }] }),
    })
  assert.equal((await ask('strict')).status, 400)
  const served = await ask('yielding')
  assert.deepEqual([served.status, served.headers.get('faregate-dropped')], [200, '/container'])
  assert.equal(up.received.length, 1)
})

proves('allModels opens provider/model without an entry', ['allModels'], async (t) => {
  const up = await upstream(t)
  for (const allModels of [true, false]) {
    const server = await opened(t, { allModels, providers: [provider(up.url)], models: { m: MEMBERS } })
    const priced = await server.api('POST', '/api/prices', { provider: 'up', model: 'unlisted', price: { input: '1', output: '1' } })
    assert.ok(priced.ok, await priced.text())
    const { key } = await server.customer()
    assert.equal((await chat(server.url, key, { model: 'up/unlisted' })).status, allModels ? 200 : 404)
  }
})

proves('refusals for lack of balance name whom the operator set', ['billing.topUpUrl', 'billing.contact'], async (t) => {
  const server = await opened(t, { billing: { topUpUrl: 'https://pay.example/', contact: 'billing@example.com' } })
  const { key } = await server.customer({}, '0.000001')
  const answer = await chat(server.url, key)
  assert.equal(answer.status, 402)
  assert.match(answer.headers.get('link') ?? '', /<https:\/\/pay\.example\/>; rel="payment"/)
  assert.match(await answer.text(), /billing@example\.com/)
})

proves(
  'limits.firstByteMs and limits.silenceMs end a provider that stalls, and are named',
  ['limits.firstByteMs', 'limits.silenceMs'],
  async (t) => {
    const up = await upstream(t, (response, body) => {
      if (body['model'] === 'mute') return
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{')
    })
    const models = Object.fromEntries(
      ['mute', 'stalling'].map((model) => [model, { ...MEMBERS, deployments: [{ provider: 'up', model }] }]),
    )
    const server = await opened(t, { limits: { firstByteMs: 400, silenceMs: 500 }, providers: [provider(up.url)], models })
    const { key } = await server.customer()
    for (const [model, limit] of [
      ['mute', 400],
      ['stalling', 500],
    ] as const) {
      const answer = await chat(server.url, key, { model })
      const problem = (await answer.json()) as { code: string; limit: Record<string, unknown> }
      assert.deepEqual([answer.status, problem.code], [504, 'provider_timeout'])
      assert.ok(Object.values(problem.limit).includes(limit), JSON.stringify(problem.limit))
    }
  },
)

proves('limits.connectMs ends a connection that is never made', ['limits.connectMs'], async (t) => {
  // It accepts the connection and never answers the TLS handshake, so that none is made.
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const server = await opened(t, {
    limits: { connectMs: 300 },
    providers: [provider(`https://127.0.0.1:${port}/v1`)],
    models: { m: MEMBERS },
  })
  const { key } = await server.customer()
  const answer = await chat(server.url, key, { model: 'm' })
  assert.equal(answer.status, 504)
  assert.match(await answer.text(), /300/)
})

proves('limits.keepAliveMs: a silent stream gets a comment', ['limits.keepAliveMs'], async (t) => {
  const up = await upstream(t, (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
  })
  const server = await opened(t, { limits: { keepAliveMs: 100 }, providers: [provider(up.url)], models: { m: MEMBERS } })
  const { key } = await server.customer()
  const answer = await chat(server.url, key, { model: 'm', stream: true })
  for await (const piece of answer.body ?? []) {
    assert.match(Buffer.from(piece as Uint8Array).toString(), /^:/)
    break
  }
})

proves('retention is what the store keeps records by', ['retention.days', 'retention.bytes'], () => {
  const { retention } = configurationSchema.parse({ retention: { days: 7, bytes: 2_000_000 } })
  assert.deepEqual(retentionOf({ retention }), { maxAgeMs: 7 * 86_400_000, maxBytes: 2_000_000 })
})

test('no dead knobs: every setting of the schema is proven by a test, and nothing else is', () => {
  const settings = leaves(configurationJsonSchema(), '')
  const proven = [...PROOFS.keys(), ...Object.keys(ELSEWHERE), ...Object.values(FROM_OUTSIDE).flat(), ...AT_MONTH_END, ...fieldSettings()]
  assert.deepEqual(proven.toSorted(), settings.toSorted())
  for (const [setting, [file, title]] of Object.entries(ELSEWHERE)) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    assert.ok(text.includes(`test('${title}`), `${setting}: ${file} has no test "${title}…"`)
  }
  const monthEnd = readFileSync(new URL('../../../tests/knobs/invoices.ts', import.meta.url), 'utf8')
  for (const setting of AT_MONTH_END)
    assert.ok(monthEnd.includes(`'${setting}': `), `${setting}: tests/knobs/invoices.ts has no proof of it`)
  assertFieldRows()
  for (const [file, outside] of Object.entries(FROM_OUTSIDE)) {
    const text = readFileSync(new URL(`../../../tests/knobs/${file}`, import.meta.url), 'utf8')
    for (const setting of outside) {
      const shown = text.includes(`'${setting}': async`) || text.includes(`\n  ${setting}: async`)
      assert.ok(shown, `${setting}: tests/knobs/${file} has no proof of it`)
    }
  }
})

function leaves(node: SchemaNode, path: string): string[] {
  const within = (child: SchemaNode, name: string) => leaves(child, path === '' ? name : `${path}.${name}`)
  if (node.properties !== undefined) return Object.entries(node.properties).flatMap(([name, child]) => within(child, name))
  if (node.items?.properties !== undefined) return leaves(node.items, `${path}[]`)
  return typeof node.additionalProperties === 'object' ? leaves(node.additionalProperties, `${path}.*`) : [path]
}
