import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDocuments, Mock } from '@faregate/lifecycle'
import { WEATHER } from './documents.ts'

async function mockOf(text: string): Promise<Mock> {
  const { design } = await createDocuments().read(text)
  assert.ok(design !== undefined)
  return new Mock(design.document)
}

const json = (body: string | undefined): unknown => JSON.parse(body ?? '')

describe('a mock answers as the document says', () => {
  test('from a schema that contains itself, always alike', async () => {
    const mock = await mockOf(WEATHER)
    const answer = mock.answer('GET', '/forecast/berlin')
    assert.deepEqual([answer?.status, answer?.type], [200, 'application/json'])
    const body = json(answer?.body) as Record<string, unknown>
    assert.deepEqual([body['city'], body['celsius'], body['sky']], ['text', 0, 'clear'])
    assert.equal(typeof body['next'], 'object')
    assert.deepEqual(mock.answer('GET', '/forecast/paris'), answer)
  })

  test('from an example, where there is one, and the one that the caller prefers', async () => {
    assert.deepEqual(json((await mockOf(WEATHER)).answer('GET', '/status')?.body), { ok: true })
    const more = `description: It runs, content: { application/json: { examples: { up: { value: { ok: true } }, down: { value: { ok: false } } } } } }
        '503': { description: It does not`
    const mock = await mockOf(WEATHER.replace('description: It runs, content: { application/json: { example: { ok: true } } }', more))
    assert.deepEqual(json(mock.answer('GET', '/status')?.body), { ok: true })
    assert.deepEqual(json(mock.answer('GET', '/status', { example: 'down' })?.body), { ok: false })
    assert.deepEqual(mock.answer('GET', '/status', { code: '503' }), { status: 503 })
    assert.equal(mock.answer('GET', '/status', { code: '404' }), undefined)
  })

  test('with a status that ends a call, with no body where there cannot be one, and with no name that is not its own', async () => {
    const answers = `default: { description: Else, content: { text/plain: { examples: { a: { value: else } } } } }
        '204': { description: Nothing, content: { text/plain: { example: nobody sees it } } }`
    const mock = await mockOf(
      WEATHER.replace("'200': { description: It runs, content: { application/json: { example: { ok: true } } } }", answers),
    )
    const ask = (code: string, example?: string) => mock.answer('GET', '/status', { code, example })
    assert.deepEqual(mock.answer('GET', '/status'), { status: 204 })
    assert.deepEqual([ask('204'), ask('304')], [{ status: 204 }, { status: 304 }])
    assert.deepEqual(ask('502'), { status: 502, type: 'text/plain', body: 'else' })
    assert.deepEqual(ask('502', 'constructor'), ask('502'))
    for (const code of ['100', '199', '600', '20', '2XX', 'default', 'constructor', '__proto__']) assert.equal(ask(code), undefined, code)
  })

  test('not what it says nothing of', async () => {
    const mock = await mockOf(WEATHER)
    for (const [method, path] of [
      ['POST', '/status'],
      ['GET', '/nowhere'],
      ['GET', '/../status'],
      ['GET', ''],
    ] as const)
      assert.equal(mock.answer(method, path), undefined, `${method} ${path}`)
  })
})

describe('a mock costs little, whatever its document says', () => {
  const answering = (A: object): Mock =>
    new Mock(
      JSON.stringify({
        openapi: '3.1.0',
        info: { title: 'A', version: '1' },
        paths: {
          '/a': { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } } } },
        },
        components: { schemas: { A } },
      }),
    )
  const self = { $ref: '#/components/schemas/A' }
  const many = (count: number): [string, object][] => Array.from({ length: count }, (_, i) => [`m${i}`, self])

  test('a schema that contains itself many times is answered less deep, and whole that far', () => {
    const { body } = answering({ type: 'object', properties: Object.fromEntries(many(12)) }).answer('GET', '/a') ?? {}
    assert.ok((body ?? '').length < 200_000, `${body?.length}`)
    const members = Object.values(json(body) as Record<string, object>)
    assert.ok(members.length === 12 && members.every((one) => Object.keys(one).length === 12))
    const wide = { type: 'object', properties: Object.fromEntries(many(60_000)) }
    assert.deepEqual(json(answering(wide).answer('GET', '/a')?.body), {})
  })

  test('parts and choices that lead to themselves come to an end', () => {
    const started = performance.now()
    const parts = answering({ allOf: many(9).map(([, one]) => one), type: 'object', properties: { a: { const: 1 } } })
    assert.deepEqual(json(parts.answer('GET', '/a')?.body), { a: 1 })
    assert.ok(performance.now() - started < 2_000)
    assert.equal(json(answering({ oneOf: [self, self] }).answer('GET', '/a')?.body), null)
  })

  test('long texts are made no longer than they have to be, and repeated examples are not repeated without end', () => {
    const text = answering({ type: 'string', minLength: 50_000_000 }).answer('GET', '/a')?.body ?? ''
    assert.ok(text.length > 100 && text.length < 2_000, `${text.length}`)
    assert.equal(json(answering({ type: 'string', format: 'constructor' }).answer('GET', '/a')?.body), 'text')
    const example = { text: 'e'.repeat(40_000) }
    const copies = Array.from({ length: 1_000 }, (_, i): [string, object] => [`m${i}`, { example }])
    const repeated = answering({ type: 'object', properties: Object.fromEntries(copies) }).answer('GET', '/a')?.body ?? ''
    assert.ok(repeated.length < 200_000, `${repeated.length}`)
    assert.deepEqual(json(answering({ type: 'object', example }).answer('GET', '/a')?.body), example)
  })

  test('the same call is not worked out again', (t) => {
    const mock = answering({ type: 'object', properties: { a: { type: 'string' } } })
    const first = mock.answer('GET', '/a')
    const made = t.mock.method(Object, 'fromEntries').mock
    assert.deepEqual(mock.answer('GET', '/a'), first)
    assert.equal(made.callCount(), 0)
  })
})
