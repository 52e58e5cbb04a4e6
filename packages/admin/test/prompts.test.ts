import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'

const PROMPT = {
  model: 'file-model',
  system: 'Into {{language}}.',
  user: '{{text}}',
  variables: { text: { type: 'string' }, language: { type: 'string', enum: ['de', 'en'], default: 'de' } },
  output: { type: 'object', properties: { text: { type: 'string' } } },
  maxTokens: 100,
  temperature: 0.5,
}

const SHOWN = {
  ...PROMPT,
  variables: {
    text: { type: 'string', description: null, enum: null, default: null },
    language: { type: 'string', description: null, enum: ['de', 'en'], default: 'de' },
  },
}

const NOTHING_SAID = { summary: null, description: null, categories: [], tags: [], contact: null, logo: null }

for (const kind of KINDS) {
  describe(`prompts on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api?.close())

    const call = async (status: number, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await api.call(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, status, answer.text)
      return answer.body
    }
    const inForce = (name = 'translate') => api.deps.snapshot().apis.get(name)

    it('a draft grows member by member, and null takes one away; nothing of it is in force', async () => {
      const begun = await call(200, 'PATCH', '/api/apis/translate/draft', { prompt: { system: 'Be brief.', user: 'Hello' } })
      assert.deepEqual([begun['kind'], begun['prefix'], begun['upstream'], begun['document']], ['prompt', '/translate', null, true])
      await call(200, 'PATCH', '/api/apis/translate/draft', { prompt: PROMPT })
      const grown = await call(200, 'PATCH', '/api/apis/translate/draft', { prompt: { temperature: null } })
      assert.deepEqual(grown['prompt'], { ...SHOWN, temperature: null })
      assert.equal(inForce(), undefined)
      const { data } = await call(200, 'GET', '/api/api-drafts')
      assert.deepEqual(
        (data as Record<string, unknown>[]).map((row) => [row['name'], row['revision'], row['routes']]),
        [['translate', 3, 1]],
      )
    })

    it('a draft that asks no model is no release; a whole one is, with its document, and is what is called', async () => {
      await call(200, 'PATCH', '/api/apis/empty/draft', { prompt: { user: 'Hello' } })
      const unfinished = await call(400, 'POST', '/api/apis/empty/releases', { revision: 1 })
      assert.deepEqual([unfinished['pointer'], /no model is asked/.test(String(unfinished['detail']))], ['/prompt/model', true])
      const release = await call(201, 'POST', '/api/apis/translate/releases', { revision: 3, note: 'first' })
      assert.deepEqual([release['number'], release['prompt']], [1, { ...SHOWN, temperature: null }])
      const { temperature: _none, ...prompt } = PROMPT
      const { prompt: called, document } = inForce() as { prompt?: unknown; document?: string }
      assert.deepEqual(called, prompt)
      assert.match(document ?? '', /^[0-9a-f]{64}$/)
      assert.deepEqual(Object.keys((await call(200, 'GET', '/api/apis/translate/document'))['paths'] as object), ['/'])
    })

    it('the doctor says what would have callers refused, and is overridden by name', async () => {
      for (const [model, code] of [
        ['a-dead-model', 'upstream_dead'],
        ['an-unpriced-model', 'price_missing'],
      ]) {
        const { revision } = await call(200, 'PATCH', '/api/apis/ill/draft', { prompt: { model, user: 'Hello' } })
        const refused = await call(409, 'POST', '/api/apis/ill/releases', { revision })
        assert.deepEqual(
          (refused['flaws'] as { code: string }[]).map((flaw) => flaw.code),
          [code],
        )
      }
      const { revision } = await call(200, 'GET', '/api/apis/ill/draft')
      const made = await call(201, 'POST', '/api/apis/ill/releases', { revision, override: ['price_missing'] })
      assert.deepEqual(made['overridden'], ['price_missing'])
    })

    it('a change is a release with another document; going back brings prompt and document back', async () => {
      const was = inForce()
      await call(200, 'PATCH', '/api/apis/translate', {
        prompt: { user: '{{text}}!', variables: { ...PROMPT.variables, text: { type: 'integer' } } },
      })
      assert.notEqual(inForce()?.document, was?.document)
      const release = await call(200, 'GET', '/api/apis/translate/releases/2')
      assert.ok((release['apiChanges'] as { breaking: boolean }[]).some(({ breaking }) => breaking))
      await call(200, 'POST', '/api/apis/translate/rollback', { release: 1 })
      assert.deepEqual(inForce(), was)
    })

    it('is created in one call, exported for the configuration file, and taken off', async () => {
      const made = await call(201, 'POST', '/api/apis', { name: 'made', kind: 'prompt', prefix: '/acme/made', prompt: PROMPT })
      assert.deepEqual([made['url'], made['release'], made['routes']], ['https://gateway.example/acme/made', 1, []])
      const { yaml } = await call(200, 'GET', '/api/export')
      assert.match(String(yaml), / {2}made:\n {4}prefix: \/acme\/made\n {4}prompt:\n {6}model: file-model\n/)
      const told = { presentation: { title: 'Pay ${AMOUNT}' }, prompt: { user: '{{text}}: ${HOME}' } }
      const changed = await call(200, 'PATCH', '/api/apis/made', told)
      assert.deepEqual(
        [changed['presentation'], inForce('made')?.presentation],
        [{ ...NOTHING_SAID, ...told.presentation }, told.presentation],
      )
      await call(200, 'PATCH', '/api/apis/made/listing', { visibility: 'public' })
      const { yaml: whole } = await call(200, 'GET', '/api/export')
      const { made: written } = (parse(String(whole)) as { apis: Record<string, Record<string, unknown>> }).apis
      assert.deepEqual(written, {
        prefix: '/acme/made',
        prompt: { ...PROMPT, user: '{{text}}: $${HOME}' },
        presentation: { title: 'Pay $${AMOUNT}' },
        listing: { visibility: 'public' },
      })
      await call(204, 'DELETE', '/api/apis/made')
      assert.equal(inForce('made'), undefined)
    })

    it('members of a service are none of a prompt, nor the other way round', async () => {
      for (const [member, value] of [
        ['routes', [{ method: 'GET', path: '/', free: true }]],
        ['timeouts', { firstByteMs: 5 }],
        ['encodedSlashes', 'pass'],
        ['upstreams', [{ baseUrl: 'https://x.example' }]],
        ['health', { failures: 2 }],
        ['retries', 1],
        ['addresses', { deny: ['10.0.0.1'] }],
        ['rewrite', { from: '/a', to: '/b' }],
        ['requestHeaders', { remove: ['x-a'] }],
        ['responseHeaders', { remove: ['x-a'] }],
        ['hostHeader', 'caller'],
        ['upstream', { baseUrl: 'https://x.example' }],
      ] as const) {
        for (const path of ['/api/apis/translate', '/api/apis/translate/draft'])
          assert.equal((await call(400, 'PATCH', path, { [member]: value }))['pointer'], `/${member}`)
      }
      assert.equal((await call(400, 'PATCH', '/api/apis/translate/draft', { prices: { '*': 'free' } }))['pointer'], '/prices')
    })
  })
}
