import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { lineOf, WEATHER } from '../../lifecycle/test/openapi/documents.ts'
import { startHarness, type Harness } from './support/harness.ts'

interface Finding {
  level: string
  rule: string
  line: number
}

describe('the design of APIs', () => {
  let api: Harness
  before(async () => {
    api = await startHarness('sqlite', {
      fetchDocument: async (url) =>
        url === 'https://weather.example/openapi.yaml' ? { text: WEATHER } : { refused: 'its address is not on the public internet' },
    })
  })
  after(() => api.close())

  it('refuses a broken document with every error and its line, and keeps nothing', async () => {
    const document = WEATHER.replace('operationId: status', 'operationId: forecast')
    const refused = await api.call('POST', '/api/apis/broken/import', { body: { document } })
    assert.deepEqual([refused.status, refused.body['code']], [400, 'document_invalid'], refused.text)
    const [finding] = refused.body['findings'] as Finding[]
    assert.deepEqual([finding?.rule, finding?.line], ['operation-id-repeated', lineOf(document, '/status') + 2])
    assert.match(String(refused.body['detail']), new RegExp(`^Line ${finding?.line}, column `))
    assert.equal((await api.call('GET', '/api/apis/broken/draft')).status, 404)
    assert.deepEqual(await api.store.read.selectFrom('api_documents').selectAll().execute(), [])
  })

  it('fetches a document by its URL, unless that leads elsewhere than to the public internet', async () => {
    const imported = await api.call('POST', '/api/apis/weather/import', { body: { url: 'https://weather.example/openapi.yaml' } })
    assert.equal(imported.status, 200, imported.text)
    const refused = await api.call('POST', '/api/apis/weather/import', { body: { url: 'http://127.0.0.1/openapi.yaml' } })
    assert.deepEqual([refused.status, refused.body['pointer']], [400, '/url'])
    assert.match(String(refused.body['detail']), /not on the public internet; send the text/)
    for (const body of [{}, { url: 'https://a.example', document: WEATHER }, { document: WEATHER, price: '1', free: true }])
      assert.equal((await api.call('POST', '/api/apis/weather/import', { body })).status, 400)
  })

  it('checks a document, and compares it with the one before; nothing is kept', async () => {
    const body = { document: WEATHER.replace('maximum: 7', 'maximum: 3'), before: WEATHER }
    const { body: checked } = await api.call('POST', '/api/documents/check', { body })
    assert.equal(checked['valid'], true)
    assert.deepEqual(checked['changes'], [
      { kind: 'changed', breaking: true, at: 'GET /forecast/{city}, query parameter days', what: 'maximum was 7 and is 3' },
    ])
    const broken = await api.call('POST', '/api/documents/check', { body: { document: 'openapi: 3.0.0' } })
    assert.deepEqual([broken.status, broken.body['valid']], [200, false])
    const other = await api.call('POST', '/api/documents/check', { body: { document: WEATHER, before: 'openapi: 3.0.0' } })
    assert.equal(other.body['code'], 'document_invalid')
  })

  it('takes documents that are larger than other bodies, and says how large they may be', async () => {
    const padded = `${WEATHER}\n# ${'x'.repeat(2 * 1024 * 1024)}\n`
    assert.equal((await api.call('POST', '/api/documents/check', { body: { document: padded } })).status, 200)
    const huge = await api.call('POST', '/api/apis/weather/import', { body: { document: 'x'.repeat(11 * 1024 * 1024) } })
    assert.deepEqual([huge.status, huge.body['code']], [413, 'request_too_large'])
    assert.match(String(huge.body['detail']), /limited to 10 MB/)
    const usual = await api.call('POST', '/api/apis', { body: { name: 'x'.repeat(2 * 1024 * 1024) } })
    assert.match(String(usual.body['detail']), /limited to 1 MB/)
  })

  it('refuses in a draft what is wrong, but not what is missing', async () => {
    for (const [body, pointer] of [
      [{ prefix: '/v1' }, '/prefix'],
      [{ prices: { 'GET /nowhere': '1' } }, '/prices'],
      [{ prices: { 'GET /status': '0' } }, '/routes/1/price'],
      [{ upstream: { baseUrl: 'ftp://x' } }, '/upstream/baseUrl'],
    ] as const) {
      const answer = await api.call('PATCH', '/api/apis/weather/draft', { body })
      assert.deepEqual([answer.status, answer.body['pointer']], [400, pointer], answer.text)
    }
    const begun = await api.call('PATCH', '/api/apis/fresh/draft', { body: {} })
    assert.deepEqual([begun.status, begun.body['upstream'], begun.body['prefix']], [200, null, '/fresh'])
    const refused = await api.call('POST', '/api/apis/fresh/releases', { body: { revision: 1 } })
    assert.deepEqual([refused.status, refused.body['pointer']], [400, '/upstream'])
  })

  it('says against a release what would have callers refused: sold by no plan, or with nobody told how to pay', async () => {
    const draft = await api.call('PATCH', '/api/apis/weather/draft', { body: { prices: { '*': '0.01' } } })
    const plan = { name: 'closed', price: '5.00', period: 'month', apis: ['weather'], exclusive: true, listed: false }
    const made = await api.call('POST', '/api/plans', { body: plan })
    assert.equal(made.status, 201, made.text)
    const refused = await api.call('POST', '/api/apis/weather/releases', { body: { revision: draft.body['revision'] } })
    assert.deepEqual(
      (refused.body['flaws'] as { code: string }[]).map(({ code }) => code),
      ['unsold'],
    )
  })
})
