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
