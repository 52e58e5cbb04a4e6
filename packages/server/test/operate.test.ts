import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { openServer } from '../src/start/start.ts'
import { chat, opened } from './support/server.ts'
import { upstream } from './support/upstream.ts'

const PRICED = { price: { input: '1', output: '1' } }

interface Tested {
  ok: boolean
  message: string
  status: number | null
}

test('providers, models and prices are connected at run time, at once and without a restart; the demo steps back', async (t) => {
  const up = await upstream(t)
  const server = await opened(t)
  const { key } = await server.customer()
  assert.equal(
    (await server.api('POST', '/api/providers', { name: 'up', kind: 'openai-compatible', baseUrl: up.url, apiKey: 'sk-run-time' })).status,
    201,
  )
  assert.equal(
    (await server.api('POST', '/api/models', { name: 'fresh', deployments: [{ provider: 'up', model: 'm' }], ...PRICED })).status,
    201,
  )
  assert.equal((await chat(server.url, key, { model: 'fresh' })).status, 200)
  assert.equal(up.received[0]?.headers.authorization, 'Bearer sk-run-time')
  assert.equal((await chat(server.url, key, { model: 'demo' })).status, 404)
  assert.doesNotMatch(await (await server.api('GET', '/api/providers')).text(), /sk-run-time/)
  assert.equal((await server.api('DELETE', '/api/models/fresh')).status, 204)
  assert.equal((await chat(server.url, key, { model: 'fresh' })).status, 404)
})

test('what the file defines is read-only, and the refusal names file and line', async (t) => {
  const server = await opened(t, {
    providers: [{ name: 'up', kind: 'demo' }],
    models: { m: { deployments: [{ provider: 'up', model: 'demo' }] } },
  })
  const answer = await server.api('PATCH', '/api/providers/up', { baseUrl: 'http://127.0.0.1:9' })
  const problem = (await answer.json()) as { code: string; file: string; line: number }
  assert.deepEqual([answer.status, problem.code, problem.line], [409, 'managed_by_file', 3])
  assert.ok(problem.file.endsWith('faregate.yaml'))
})

test('a revoked key is refused within the request that follows', async (t) => {
  const server = await opened(t)
  const { id, key } = await server.customer()
  assert.equal((await chat(server.url, key)).status, 200)
  await server.api('DELETE', `/api/keys/${id}`)
  assert.equal((await chat(server.url, key)).status, 401)
})

test('testing a provider makes one real call and says what came of it', async (t) => {
  const up = await upstream(t, (response, body) => {
    response.statusCode = body['model'] === 'bad' ? 401 : 200
    response.setHeader('content-type', 'application/json')
    response.end(body['model'] === 'good' ? '{"choices":[]}' : '{"error":{"message":"sk-up is wrong"}}')
  })
  const models = {
    page: { deployments: [{ provider: 'elsewhere', model: 'page' }], ...PRICED },
    good: { deployments: [{ provider: 'up', model: 'good' }], ...PRICED },
    bad: { deployments: [{ provider: 'down', model: 'bad' }], ...PRICED },
  }
  const providers = ['up', 'down', 'elsewhere'].map((name) => ({ name, kind: 'openai-compatible', baseUrl: up.url, apiKey: 'sk-up' }))
  const server = await opened(t, {
    providers: [...providers, { name: 'idle', kind: 'openai-compatible', baseUrl: up.url }, { name: 'demo', kind: 'demo' }],
    models,
  })
  const run = async (name: string) => (await (await server.api('POST', `/api/providers/${name}/test`)).json()) as Tested
  assert.deepEqual((({ ok, status }) => [ok, status])(await run('up')), [true, 200])
  const refused = await run('down')
  assert.deepEqual([refused.ok, refused.status], [false, 401])
  assert.match(refused.message, /provider_auth_failed/)
  assert.doesNotMatch(refused.message, /sk-up/)
  const elsewhere = await run('elsewhere')
  assert.deepEqual([elsewhere.ok, elsewhere.status], [false, 200])
  assert.match(elsewhere.message, /no answer of a model: check its base URL/)
  assert.match((await run('idle')).message, /No model is deployed/)
  assert.equal((await run('demo')).ok, true)
})

test('testing an API takes the head of an answer for one, and waits for no end that never comes', { timeout: 20_000 }, async (t) => {
  const left = Promise.withResolvers<void>()
  const up = await upstream(t, (response) => {
    response.setHeader('content-type', 'text/event-stream')
    const ticking = setInterval(() => response.write('data: still here\n\n'), 20)
    response.on('close', () => {
      clearInterval(ticking)
      left.resolve()
    })
  })
  const server = await opened(t)
  const definition = {
    name: 'events',
    prefix: '/events',
    upstream: { baseUrl: up.url },
    routes: [{ method: 'GET', path: '/', free: true }],
  }
  assert.equal((await server.api('POST', '/api/apis', definition)).status, 201)
  const tested = (await (await server.api('POST', '/api/apis/events/test')).json()) as Tested
  assert.deepEqual({ ok: tested.ok, status: tested.status }, { ok: true, status: 200 })
  await left.promise
})

test('a backup is written beside the data while serving; restoring it backs up first and takes effect at once', async (t) => {
  const server = await opened(t)
  const { organization } = await server.customer()
  const made = (await (await server.api('POST', '/api/backup', { name: 'one.sqlite' })).json()) as { file: string; bytes: number }
  assert.equal(made.file, join(server.directory, 'backups', 'one.sqlite'))
  assert.ok(made.bytes > 0)
  await server.api('POST', `/api/organizations/${organization}/grants`, { amount: '7.00', reason: 'after the backup' })
  const restored = (await (await server.api('POST', '/api/restore', { file: 'one.sqlite' })).json()) as { previous: string }
  assert.ok(existsSync(restored.previous))
  const balance = (await (await server.api('GET', `/api/organizations/${organization}/balance`)).json()) as { granted: string }
  assert.equal(balance.granted, '1.00')
})

test('a provider key that cannot be opened leaves that provider out, says so in the log, and the rest serves', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  for (const name of ['broken', 'whole']) {
    await server.api('POST', '/api/providers', { name, kind: 'demo' })
    await server.api('POST', '/api/models', { name: `m-${name}`, deployments: [{ provider: name, model: 'demo' }] })
  }
  await server.close()
  const database = new Database(join(server.directory, 'faregate.sqlite'))
  const keys = JSON.stringify([{ id: 'k', sealed: 'v1.00000000.AAAA.AAAA', lastFour: 'xxxx', weight: 1, priority: 0 }])
  database.prepare(`UPDATE providers SET keys_sealed = ? WHERE name = 'broken'`).run(keys)
  database.close()
  let output = ''
  const again = await openServer({ data: server.directory, port: 0 }, {}, { write: (text) => (output += text) })
  t.after(() => again.close())
  assert.equal((await chat(again.url, key, { model: 'm-whole' })).status, 200)
  const refused = await chat(again.url, key, { model: 'm-broken' })
  const problem = (await refused.json()) as { code: string }
  assert.deepEqual([refused.status, problem.code], [500, 'gateway_misconfigured'])
  assert.match(output, /"provider":"broken".*cannot be opened/)
})

test('OPENAI_API_KEY connects OpenAI, the start says so, and --demo stays offline', async (t) => {
  const environment = { OPENAI_API_KEY: 'sk-proj-not-a-real-key' }
  const server = await opened(t, {}, environment)
  assert.match(server.output(), /openai: OPENAI_API_KEY found: real calls, real cost; --demo stays offline/)
  assert.ok(!server.output().includes('not-a-real-key'))
  const { key } = await server.customer()
  const explained = await fetch(`${server.url}/v1/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: '{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}',
  })
  const { verdict, priceVersion } = (await explained.json()) as { verdict: unknown; priceVersion: string }
  assert.equal(verdict, 'allow')
  assert.match(priceVersion, /^catalogue:/)
  await server.close()
  let output = ''
  const demo = await openServer({ data: server.directory, port: 0, demo: true }, environment, { write: (text) => (output += text) })
  t.after(() => demo.close())
  assert.match(output, /demo: built in, answers offline, nothing is sent anywhere \(--demo\)/)
  assert.doesNotMatch(output, /OPENAI_API_KEY/)
  assert.equal((await chat(demo.url, key)).status, 200)
})

test('the variables of AWS and Azure connect Bedrock and Azure OpenAI where they are whole, and the start names the one with the key', async (t) => {
  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIA0000000000000000',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-key',
    AWS_REGION: 'eu-central-1',
    AZURE_OPENAI_API_KEY: 'not-a-real-key',
  }
  const server = await opened(t, {}, environment)
  assert.match(server.output(), /bedrock: AWS_ACCESS_KEY_ID found: real calls, real cost; --demo stays offline/)
  assert.doesNotMatch(server.output(), /azure|not-a-real-key/i)
})

test('the data folder keeps its secrets from others', async (t) => {
  const server = await opened(t)
  const { root } = JSON.parse(readFileSync(join(server.directory, 'secrets.json'), 'utf8')) as { root: string }
  assert.ok(!server.output().includes(root))
})
