import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDocuments, fieldChanges, mergedRoutes } from '@faregate/lifecycle'
import { WEATHER } from './documents.ts'

const documents = createDocuments()

function changesOf(from: string, to: string) {
  assert.ok(WEATHER.includes(from), from)
  return changesBetween(WEATHER, WEATHER.replace(from, to))
}

async function changesBetween(from: string, to: string) {
  const before = (await documents.read(from)).design?.document
  const { changes, findings } = await documents.read(to, before)
  assert.deepEqual(
    findings.filter(({ level }) => level === 'error'),
    [],
  )
  return changes
}

/** What is changed in the document, and whether a client that was right before may fail now. */
const CASES: [what: string, from: string, to: string, breaking: boolean, at: string][] = [
  ['an operation goes', '  /status:\n', '  /state:\n', true, 'GET /status'],
  [
    'a parameter becomes required',
    'in: query, schema',
    'in: query, required: true, schema',
    true,
    'GET /forecast/{city}, query parameter days',
  ],
  [
    'a parameter goes',
    '      parameters:\n        - { name: days, in: query, schema: { type: integer, maximum: 7 } }\n',
    '',
    true,
    'GET /forecast/{city}, query parameter days',
  ],
  ['a bound of a parameter narrows', 'maximum: 7', 'maximum: 3', true, 'GET /forecast/{city}, query parameter days'],
  ['a bound of a parameter widens', 'maximum: 7', 'maximum: 14', false, 'GET /forecast/{city}, query parameter days'],
  ['a parameter takes another type', 'type: integer', 'type: string', true, 'GET /forecast/{city}, query parameter days'],
  ['a parameter takes more', 'type: integer', 'type: number', false, 'GET /forecast/{city}, query parameter days'],
  ['a parameter takes anything', 'type: integer, ', '', false, 'GET /forecast/{city}, query parameter days'],
  [
    'a member of an answer is anything',
    'city: { type: string }',
    "city: { description: 'It' }",
    true,
    'GET /forecast/{city}, answer 200, body.city',
  ],
  ['a member of an answer goes', '        city: { type: string }\n', '', true, 'GET /forecast/{city}, answer 200, body.city'],
  [
    'a member of an answer comes',
    '        sky:',
    '        rain: { type: number }\n        sky:',
    false,
    'GET /forecast/{city}, answer 200, body.rain',
  ],
  [
    'a member of an answer may be missing',
    'required: [city, celsius]',
    'required: [city]',
    true,
    'GET /forecast/{city}, answer 200, body.celsius',
  ],
  [
    'an answer says what it did not',
    'enum: [clear, clouds]',
    'enum: [clear, clouds, fog]',
    true,
    'GET /forecast/{city}, answer 200, body.sky',
  ],
  ['an answer says less', 'enum: [clear, clouds]', 'enum: [clear]', false, 'GET /forecast/{city}, answer 200, body.sky'],
  ['an answer is never null', ', nullable: true', '', false, 'GET /forecast/{city}, answer 200, body.celsius'],
  [
    'a type of an answer goes',
    'application/json: { example: { ok: true } }',
    'text/plain: { example: ok }',
    true,
    'GET /status, answer 200',
  ],
]

describe('what differs is told, and whether it breaks callers', () => {
  for (const [what, from, to, breaking, at] of CASES) {
    test(what, async () => {
      const changes = await changesOf(from, to)
      const found = changes.find((one) => one.at === at)
      assert.ok(found !== undefined, JSON.stringify(changes))
      assert.equal(found.breaking, breaking, JSON.stringify(found))
      const lastBreaking = changes.findLastIndex((one) => one.breaking)
      assert.ok(
        changes.slice(0, lastBreaking + 1).every((one) => one.breaking),
        'what breaks comes first',
      )
    })
  }

  test('what was of any type and is of one breaks whoever sends it, and nobody who gets it', async () => {
    const open = WEATHER.replace('type: integer, ', '').replace('city: { type: string }', "city: { description: 'It' }")
    assert.deepEqual(
      (await changesBetween(open, WEATHER)).filter(({ what }) => what.startsWith('its type')).map(({ at, breaking }) => [at, breaking]),
      [
        ['GET /forecast/{city}, query parameter days', true],
        ['GET /forecast/{city}, answer 200, body.city', false],
      ],
    )
  })

  test('every member that is now the same schema is compared with what it was', async () => {
    const with2 = (ids: string) => WEATHER.replace('        city: {', `${ids}        city: {`).concat('    Id: { type: string }\n')
    const before = with2('        a: { type: string }\n        b: { type: integer }\n')
    const reference = "{ $ref: '#/components/schemas/Id' }"
    const changes = await changesBetween(before, with2(`        a: ${reference}\n        b: ${reference}\n`))
    assert.deepEqual(
      changes.map(({ at, breaking }) => [at, breaking]),
      [['GET /forecast/{city}, answer 200, body.b', true]],
    )
  })

  test('schemas that contain themselves at different depths come to an end', async () => {
    const named = "{ $ref: '#/components/schemas/Forecast' }"
    const deeper = `{ type: object, properties: { next: ${named} } }`
    const deepest = `{ type: object, properties: { next: ${deeper} } }`
    const changes = await changesBetween(
      WEATHER.replace(`next: ${named}`, `next: ${deeper}`),
      WEATHER.replace(`next: ${named}`, `next: ${deepest}`),
    )
    assert.ok(changes.length > 0 && changes.every(({ at }) => at.length < 200))
  })

  test('what a parameter of the path is called tells nobody anything', async () => {
    const before = (await documents.read(WEATHER)).design?.document
    const renamed = WEATHER.replace('/forecast/{city}', '/forecast/{town}').replace('name: city', 'name: town')
    const { changes, gone } = await documents.read(renamed, before)
    assert.deepEqual([changes, gone], [[], []])
  })

  test('words alone break nothing', async () => {
    const changes = await changesOf('summary: Whether it runs', 'summary: Whether it is up')
    assert.deepEqual(changes, [{ kind: 'documentation', breaking: false, at: 'GET /status', what: 'another summary' }])
    assert.deepEqual(await changesOf('title: Weather', 'title: Wind'), [])
  })
})

test('routes keep what a call costs, new ones cost what is said, and what no document described stays', () => {
  const known = [
    { method: 'GET', path: '/a/{id}', price: '0.01', chargeOn: ['2xx'] },
    { method: 'GET', path: '/old', price: '0.02' },
    { method: '*', path: '/own/*', price: '0.03' },
  ] as const
  const designed = [
    { method: 'GET', path: '/a/{name}' },
    { method: 'POST', path: '/new' },
  ] as const
  const merged = mergedRoutes(
    known.map((route) => ({ ...route, ...('chargeOn' in route ? { chargeOn: [...route.chargeOn] } : { chargeOn: undefined }) })),
    designed,
    [{ method: 'GET', path: '/old' }],
    { free: true },
    '2026-01-31T00:00:00Z',
  )
  assert.deepEqual(
    merged.routes.map(({ method, path, price, free }) => [method, path, price, free]),
    [
      ['GET', '/a/{name}', '0.01', undefined],
      ['POST', '/new', undefined, true],
      ['*', '/own/*', '0.03', undefined],
    ],
  )
  assert.deepEqual([merged.added, merged.removed], [[designed[1]], [{ method: 'GET', path: '/old' }]])
})

test('definitions are compared member by member, routes by their names', () => {
  const before = { prefix: '/a', upstream: { baseUrl: 'http://a' }, routes: [{ method: 'GET', path: '/x', price: '1' }] }
  const after = {
    prefix: '/a',
    upstream: { baseUrl: 'http://b' },
    routes: [
      { method: 'GET', path: '/y', price: '1' },
      { method: 'GET', path: '/x', price: '2' },
    ],
  }
  assert.deepEqual(fieldChanges(before, after), [
    { field: 'upstream.baseUrl', before: 'http://a', after: 'http://b' },
    { field: 'routes.GET /x.price', before: '1', after: '2' },
    { field: 'routes.GET /y.served', before: null, after: true },
    { field: 'routes.GET /y.price', before: null, after: '1' },
  ])
  assert.deepEqual(fieldChanges(after, after), [])
})

test('only the routes of an API are told apart by method and path: in a schema anything may be called so', () => {
  const prompt = { prompt: { output: { type: 'object', default: { routes: [null] } } } }
  assert.deepEqual(fieldChanges(prompt, prompt), [])
  assert.deepEqual(
    fieldChanges({}, prompt).map(({ field }) => field),
    ['prompt.output.type', 'prompt.output.default.routes'],
  )
})
