import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { done, list, look, namesOf } from './support/catalogue.ts'
import { opened, type Opened } from './support/server.ts'
import { upstream } from './support/upstream.ts'

const PROMPT = {
  model: 'm',
  system: 'A secret of the publisher.',
  user: 'Translate {{text}}, {{tone}}',
  variables: { text: { type: 'string' }, tone: { type: 'string', enum: ["it's calm", 'loud'], default: 'loud' } },
}

async function publishing(t: TestContext, more: Record<string, unknown> = {}): Promise<Opened> {
  const { url } = await upstream(t)
  const server = await opened(t, {
    providers: [{ name: 'up', kind: 'openai-compatible', baseUrl: url, apiKey: 'key-of-the-upstream' }],
    models: { m: { deployments: [{ provider: 'up', model: 'big' }], price: { input: '3', output: '9' } } },
    ...more,
  })
  await done(server, 'POST', '/api/apis', { name: 'translate', prompt: PROMPT, presentation: { title: 'Translations', tags: ['words'] } })
  await list(server, 'translate', { visibility: 'public', owner: 'The word team' })
  return server
}

const pageOf = async (server: Opened, path: string) => (await (await look(server, path)).json()) as Record<string, unknown>

test('a prompt is in the catalogue: its one route, what its model costs, a call with its variables, and nothing of what is asked', async (t) => {
  const server = await publishing(t)
  assert.deepEqual(await namesOf(server, '?q=translations&tag=words'), ['translate'])
  const shown = await pageOf(server, '/catalogue/translate.json')
  assert.deepEqual([shown['kind'], shown['title'], shown['routes'], shown['release']], ['prompt', 'Translations', 1, 1])
  assert.deepEqual(shown['endpoints'], [
    { method: 'POST', path: '/', price: null, metered: null, free: false, chargedFor: ['2xx'], webSocket: false, deprecated: null },
  ])
  assert.deepEqual(shown['rates'], { input: '3', output: '9' })
  assert.equal(
    shown['example'],
    `curl '${server.url}/translate' -H "Authorization: Bearer $FAREGATE_KEY" -H 'Content-Type: application/json' ` +
      String.raw`-d '{"text":"…","tone":"it'\''s calm"}'`,
  )
  const text = await (await look(server, '/catalogue/translate')).text()
  for (const part of ['Translations', 'input 3 USD', 'output 9 USD', 'The word team', 'openapi.json']) assert.ok(text.includes(part), part)
  for (const answer of [text, JSON.stringify(shown)]) assert.doesNotMatch(answer, /secret of the publisher|Translate \{\{/)
})

test('its document is made of it, with the rates of its model, which are those of the moment', async (t) => {
  const server = await publishing(t)
  const document = async () => {
    const { servers, paths } = (await pageOf(server, '/catalogue/translate/openapi.json')) as {
      servers: unknown
      paths: Record<string, Record<string, { 'x-faregate-price': unknown }>>
    }
    return [servers, Object.keys(paths), paths['/']?.['post']?.['x-faregate-price']]
  }
  const [servers, paths] = [[{ url: `${server.url}/translate` }], ['/']]
  assert.deepEqual(await document(), [servers, paths, { perMillion: { input: '3', output: '9' }, currency: 'USD' }])
  await done(server, 'POST', '/api/models', {
    name: 'other',
    deployments: [{ provider: 'up', model: 'small' }],
    price: { input: '5', output: '6' },
  })
  await done(server, 'PATCH', '/api/apis/translate', { prompt: { model: 'other' } })
  assert.deepEqual(await document(), [servers, paths, { perMillion: { input: '5', output: '6' }, currency: 'USD' }])
  await done(server, 'PATCH', '/api/models/other', { price: { input: '7', output: '8' } })
  assert.deepEqual(await document(), [servers, paths, { perMillion: { input: '7', output: '8' }, currency: 'USD' }])
})

test('its changelog tells of variables, and not of what the model is asked', async (t) => {
  const server = await publishing(t)
  await done(server, 'PATCH', '/api/apis/translate', { prompt: { system: 'Another secret.' } })
  const variables = { ...PROMPT.variables, language: { type: 'string' } }
  await done(server, 'PATCH', '/api/apis/translate', { prompt: { user: 'Translate {{text}} to {{language}}, {{tone}}', variables } })
  const { changelog } = (await pageOf(server, '/catalogue/translate.json')) as {
    changelog: { breaking: boolean; changes: { at: string }[] }[]
  }
  assert.deepEqual(
    changelog.map(({ breaking, changes }) => [breaking, changes.every(({ at }) => at.startsWith('POST /')), changes.length > 0]),
    [
      [true, true, true],
      [false, true, false],
      [false, true, false],
    ],
  )
  assert.doesNotMatch(JSON.stringify(changelog), /secret/)
})

test('one of the configuration file is shown as one of the database: presentation, listing and document', async (t) => {
  const told = { presentation: { title: 'Of the file' }, listing: { visibility: 'public', owner: 'The file' } }
  const server = await publishing(t, { apis: { filed: { prefix: '/filed', prompt: PROMPT, ...told } } })
  const shown = await pageOf(server, '/catalogue/filed.json')
  assert.deepEqual(
    [shown['title'], shown['owner'], shown['release'], shown['rates']],
    ['Of the file', 'The file', null, { input: '3', output: '9' }],
  )
  assert.deepEqual(Object.keys((await pageOf(server, '/catalogue/filed/openapi.json'))['paths'] as object), ['/'])
})

test('what the file and the management API cannot give a prompt is refused by its name', async (t) => {
  const server = await publishing(t)
  for (const [member, value] of Object.entries({
    retries: 1,
    upstreams: [{ baseUrl: 'http://a.example' }],
    rewrite: { from: '/a', to: '/b' },
  })) {
    const answer = await server.api('PATCH', '/api/apis/translate', { [member]: value })
    assert.deepEqual([answer.status, ((await answer.json()) as { pointer?: string }).pointer], [400, `/${member}`])
    await assert.rejects(publishing(t, { apis: { odd: { prefix: '/odd', prompt: PROMPT, [member]: value } } }), /belongs to a service/)
  }
})
