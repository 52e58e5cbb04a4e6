import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CATALOGUE, problemPath } from '@faregate/core'
import { z } from 'zod'
import {
  isPermission,
  MANAGEMENT_PROBLEMS,
  PERMISSION_NAMES,
  problemEntry,
  renderManagementProblem,
  ROUTES,
  ROUTE_NAMES,
  type RouteSpec,
} from '../src/index.ts'

const routes: [string, RouteSpec][] = ROUTE_NAMES.map((name) => [name, ROUTES[name]])

describe('the routes of the management API', () => {
  it('each declare a permission that exists, and each permission is needed by one', () => {
    for (const [name, { permission }] of routes) assert.ok(isPermission(permission), name)
    const needed = new Set(routes.map(([, { permission }]) => permission))
    assert.deepEqual(
      PERMISSION_NAMES.filter((name) => !needed.has(name)),
      [],
    )
  })

  it('have a path of their own under /api, whose parameters are declared', () => {
    const seen = new Set(routes.map(([, { method, path }]) => `${method} ${path}`))
    assert.equal(seen.size, routes.length)
    for (const [name, { path, params }] of routes) {
      assert.match(path, /^\/api\//)
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one)
      assert.deepEqual(Object.keys(params?.shape ?? {}), named, name)
    }
  })

  it('honour Idempotency-Key on every POST and nowhere else', () => {
    for (const [name, { method, idempotent = false }] of routes) assert.equal(idempotent, method === 'POST', name)
  })

  it('take a body on POST, PUT and PATCH alone, and refuse members that they do not know, in a query as well', () => {
    for (const [name, { method, body, query }] of routes) {
      assert.equal(body !== undefined, ['POST', 'PUT', 'PATCH'].includes(method), name)
      for (const schema of [body, query]) {
        const issues = schema?.safeParse({ surprise: 1 }).error?.issues ?? []
        assert.ok(schema === undefined || issues.some(({ code }) => code === 'unrecognized_keys'), name)
      }
    }
  })

  it('describe what they answer in JSON Schema', () => {
    for (const [name, { status, response, media }] of routes) {
      if (status === 204) assert.ok(response instanceof z.ZodUndefined, name)
      else if (media !== undefined) assert.equal(z.toJSONSchema(response).type, 'string', name)
      else assert.equal(z.toJSONSchema(response).type, 'object', name)
    }
  })
})

describe('the problems of the management API', () => {
  it('have codes of their own, beside the refusals of calls', () => {
    for (const code of Object.keys(MANAGEMENT_PROBLEMS)) assert.ok(!(code in CATALOGUE), code)
    assert.equal(problemEntry('insufficient_balance')?.status, 402)
    assert.equal(problemEntry('managed_by_file')?.status, 409)
    assert.equal(problemEntry('toString'), undefined)
  })

  it('render as a problem with the page of their code', () => {
    const context = { denialId: 'dn_1', requestId: 'req_1', publicUrl: 'https://gateway.example', asOf: '2026-11-22T13:00:00.000Z' }
    const { status, problem, headers } = renderManagementProblem(
      { code: 'managed_by_file', detail: 'there', file: 'f.yaml', line: 3 },
      context,
    )
    assert.equal(status, 409)
    assert.equal(problem.type, `https://gateway.example${problemPath('managed_by_file')}`)
    assert.deepEqual([problem.code, problem['file'], problem['line'], problem.denialId], ['managed_by_file', 'f.yaml', 3, 'dn_1'])
    assert.equal(headers['content-type'], 'application/problem+json')
    assert.match(headers['faregate-denial'] ?? '', /^managed_by_file;id="dn_1"/)
  })
})
