import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ROUTES, ROUTE_NAMES, type RouteSpec } from '@faregate/contract'
import { startHarness, type Harness } from './support/harness.ts'

interface Operation {
  operationId: string
  summary: string
  'x-permission': string
  parameters?: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, unknown> } }> }
  responses: Record<string, { content?: Record<string, unknown> }>
}

describe('GET /api/openapi.json', () => {
  let api: Harness
  let document: {
    openapi: string
    paths: Record<string, Record<string, Operation>>
    components: { securitySchemes: object }
    security: unknown
  }
  before(async () => {
    api = await startHarness()
    const answer = await api.call('GET', '/api/openapi.json', { token: undefined })
    assert.equal(answer.status, 200)
    document = JSON.parse(answer.text) as typeof document
  })
  after(() => api.close())

  it('describes every route of the contract and no other, in OpenAPI 3.1, with its authentication', () => {
    assert.match(document.openapi, /^3\.1/)
    assert.deepEqual(document.security, [{ bearer: [] }])
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const declared = ROUTE_NAMES.map((name) => `${ROUTES[name].method} ${ROUTES[name].path}`)
    assert.deepEqual(described.toSorted(), declared.toSorted())
  })

  it('says of each what it takes, answers and needs, and how it is refused', () => {
    for (const name of ROUTE_NAMES) {
      const route: RouteSpec = ROUTES[name]
      const operation = document.paths[route.path]?.[route.method.toLowerCase()]
      assert.ok(operation !== undefined, name)
      assert.equal(operation.operationId, name)
      assert.equal(operation['x-permission'], route.permission)
      assert.ok(operation.responses[String(route.status)] !== undefined, `${name} has no ${route.status}`)
      for (const status of ['401', '403'])
        assert.ok('application/problem+json' in (operation.responses[status]?.content ?? {}), `${name} ${status}`)
      const members = Object.keys(operation.requestBody?.content['application/json']?.schema.properties ?? {})
      assert.deepEqual(members, Object.keys(route.body?.shape ?? {}))
      const header = operation.parameters?.some((parameter) => parameter.in === 'header' && parameter.name === 'idempotency-key') ?? false
      assert.equal(header, route.method === 'POST', name)
    }
  })
})
