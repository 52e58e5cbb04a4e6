import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { settingRoutes } from '@faregate/contract/settings'
import { SETTING_NAMES } from '@faregate/core'
import { z } from 'zod'
import { createDatabase, postgresMissing } from '../../../tests/support/postgres.ts'
import { schemaAt, type SchemaNode } from '../src/config/json-schema.ts'
import { chat, opened, type Opened } from './support/server.ts'
import { upstream } from './support/upstream.ts'

const noPostgres = await postgresMissing()

const MODELS = { m: { deployments: [{ provider: 'up', model: 'm' }], price: { input: '1', output: '1' } } }

async function served(t: TestContext, more: Record<string, unknown> = {}, environment: NodeJS.ProcessEnv = {}): Promise<Opened> {
  const up = await upstream(t)
  const providers = [{ name: 'up', kind: 'openai-compatible', baseUrl: up.url, apiKey: 'sk-up' }]
  return opened(t, { providers, models: MODELS, ...more }, environment)
}

async function patch(server: Opened, body: unknown): Promise<Record<string, unknown>> {
  const answer = await server.api('PATCH', '/api/settings', body)
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  return JSON.parse(text) as Record<string, unknown>
}

test('maxOutputWhenAbsent of a PATCH is the limit of the next request; null brings the default back', async (t) => {
  const server = await served(t)
  const { key } = await server.customer()
  const clamped = async () => (await chat(server.url, key, { model: 'm' })).headers.get('faregate-clamped')
  assert.equal(await clamped(), 'max_tokens=16384')
  await patch(server, { maxOutputWhenAbsent: 50 })
  assert.equal(await clamped(), 'max_tokens=50')
  await patch(server, { maxOutputWhenAbsent: null })
  assert.equal(await clamped(), 'max_tokens=16384')
})

test('sliceTokens of a PATCH is what the next stream holds', async (t) => {
  const server = await served(t)
  const { key } = await server.customer()
  const hold = async () => {
    const body = { model: 'm', stream: true, max_tokens: 5_000, messages: [{ role: 'user', content: 'Hello' }] }
    const headers = { authorization: `Bearer ${key}` }
    const answer = await fetch(`${server.url}/v1/explain`, { method: 'POST', headers, body: JSON.stringify(body) })
    return Number(((await answer.json()) as { hold: string }).hold)
  }
  const before = await hold()
  await patch(server, { sliceTokens: 24 })
  assert.equal(Math.round((before - (await hold())) * 1e6), 1_000)
})

test('allModels of a PATCH makes provider/model callable, and false takes it away', async (t) => {
  const server = await served(t)
  const priced = await server.api('POST', '/api/prices', { provider: 'up', model: 'unlisted', price: { input: '1', output: '1' } })
  assert.equal(priced.status, 201)
  const { key } = await server.customer()
  const status = async () => (await chat(server.url, key, { model: 'up/unlisted' })).status
  assert.equal(await status(), 404)
  await patch(server, { allModels: true })
  assert.equal(await status(), 200)
  await patch(server, { allModels: false })
  assert.equal(await status(), 404)
})

test('cors.origins of a PATCH decides which pages may call', async (t) => {
  const server = await served(t)
  const allowed = async (origin: string) => {
    const headers = { origin, 'access-control-request-method': 'POST' }
    const answer = await fetch(`${server.url}/v1/chat/completions`, { method: 'OPTIONS', headers })
    return answer.headers.get('access-control-allow-origin')
  }
  assert.equal(await allowed('https://other.example'), '*')
  await patch(server, { cors: { origins: ['https://app.example'] } })
  assert.deepEqual([await allowed('https://app.example'), await allowed('https://other.example')], ['https://app.example', null])
})

test('publicUrl and billing of a PATCH stand in the next refusal', async (t) => {
  const server = await served(t)
  const { key } = await server.customer({}, '0.000001')
  const before = await chat(server.url, key, { model: 'm' })
  assert.ok(((await before.json()) as { type: string }).type.startsWith(`${server.url}/problems/`))
  await patch(server, {
    publicUrl: 'https://gateway.example/',
    billing: { topUpUrl: 'https://pay.example/', contact: 'billing@example.com' },
  })
  const answer = await chat(server.url, key, { model: 'm' })
  const problem = (await answer.json()) as { type: string; fixes: { contact?: string }[] }
  assert.equal(problem.type, 'https://gateway.example/problems/insufficient-balance')
  assert.equal(problem.fixes[0]?.contact, 'billing@example.com')
  assert.match(answer.headers.get('link') ?? '', /<https:\/\/pay\.example\/>; rel="payment"/)
})

test('what the file or a variable sets is shown with its place and is read-only; only the very member counts', async (t) => {
  const server = await served(t, { billing: { contact: 'billing@example.com' } }, { FAREGATE_SLICE_TOKENS: '99' })
  const settings = (await (await server.api('GET', '/api/settings')).json()) as {
    billing: Record<string, { value: unknown; managedBy: { source: string; file?: string; line?: number } }>
    sliceTokens: unknown
  }
  assert.deepEqual(settings.sliceTokens, { value: 99, managedBy: { source: 'environment', variable: 'FAREGATE_SLICE_TOKENS' } })
  assert.deepEqual(settings.billing['topUpUrl'], { value: null, managedBy: { source: 'default' } })
  const { file, line } = settings.billing['contact']?.managedBy ?? {}
  assert.match(file ?? '', /faregate\.yaml$/)
  assert.ok((line ?? 0) > 1)
  const refused = await server.api('PATCH', '/api/settings', { billing: { contact: 'other@example.com' } })
  const problem = (await refused.json()) as Record<string, unknown>
  assert.deepEqual([refused.status, problem['code'], problem['file'], problem['line']], [409, 'managed_by_file', file, line])
  await patch(server, { billing: { topUpUrl: 'https://pay.example/' } })
})

test('a setting that one process changes is in force at another within a second, and after a restart', { skip: noPostgres }, async (t) => {
  const database = await createDatabase()
  t.after(() => database.drop())
  const environment = { FAREGATE_DATABASE_URL: database.url, FAREGATE_SECRET: randomBytes(32).toString('hex') }
  // The servers are closed with the inner test, before the database is dropped.
  await t.test('two processes on one database', async (within) => {
    const one = await opened(within, undefined, environment)
    const other = await opened(within, undefined, environment)
    await patch(one, { billing: { contact: 'billing@example.com' } })
    const changedAt = performance.now()
    const contactAt = async (server: Opened) => {
      const settings = (await (await server.api('GET', '/api/settings')).json()) as { billing: { contact: { value: string | null } } }
      return settings.billing.contact.value
    }
    while ((await contactAt(other)) === null) assert.ok(performance.now() - changedAt < 1_000)
    const later = await opened(within, undefined, environment)
    assert.equal(await contactAt(later), 'billing@example.com')
  })
})

test('the management API takes for a setting what the file takes', () => {
  const body = z.toJSONSchema(settingRoutes.updateSettings.body, { io: 'input' }) as SchemaNode
  for (const name of SETTING_NAMES) {
    const member = name.split('.').reduce<SchemaNode | undefined>((node, part) => node?.properties?.[part], body)
    assert.deepEqual(bounds(withoutNull(member)), bounds(schemaAt(name.split('.'))), name)
  }
})

function withoutNull(node: (SchemaNode & { anyOf?: SchemaNode[] }) | undefined): SchemaNode | undefined {
  if (node?.anyOf !== undefined) return node.anyOf.find(({ type }) => type !== 'null')
  const types = Array.isArray(node?.type) ? node.type.filter((type) => type !== 'null') : []
  return types[0] === undefined ? node : { ...node, type: types[0] }
}

/** What a schema takes, without what it says of itself. */
function bounds(node: SchemaNode | undefined) {
  const { type, minimum, maximum, pattern, items } = node ?? {}
  return { type, minimum, maximum, pattern, items }
}
