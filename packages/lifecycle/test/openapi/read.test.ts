import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, test } from 'node:test'
import { createDocuments } from '@faregate/lifecycle'
import { lineOf, WEATHER } from './documents.ts'

const documents = createDocuments()

const SWAGGER = {
  swagger: '2.0',
  info: { title: 'Tides', version: '1' },
  host: 'tides.example',
  basePath: '/v1',
  schemes: ['https'],
  paths: {
    '/tides/{coast}': {
      post: {
        operationId: 'tide',
        summary: 'Sets one',
        consumes: ['application/json'],
        parameters: [
          { name: 'coast', in: 'path', required: true, type: 'string' },
          { name: 'body', in: 'body', schema: { $ref: '#/definitions/Tide' } },
        ],
        responses: { 200: { description: 'Done', schema: { $ref: '#/definitions/Tide' } } },
      },
    },
  },
  definitions: { Tide: { type: 'object', properties: { metres: { type: 'number' } } } },
}

const small = (version: string, more: object = {}): string =>
  JSON.stringify({
    openapi: version,
    info: { title: 'Small', version: '1' },
    paths: {
      '/a': {
        get: { operationId: 'a', summary: 'A', responses: { 200: { description: 'A', content: { 'text/plain': { example: 'a' } } } } },
      },
    },
    ...more,
  })

async function rules(text: string): Promise<string[]> {
  const { findings } = await documents.read(text)
  return findings.map(({ rule, line }) => `${rule}:${line}`)
}

describe('a document becomes routes', () => {
  test('of OpenAPI 3.0 in YAML, with its server and nothing to be said', async () => {
    const { design, findings } = await documents.read(WEATHER)
    assert.deepEqual(findings, [])
    assert.ok(design !== undefined)
    const { document, ...facts } = design
    assert.deepEqual(facts, {
      title: 'Weather',
      version: '1.2',
      openapi: '3.0.3',
      routes: [
        { method: 'GET', path: '/forecast/{city}' },
        { method: 'GET', path: '/status' },
      ],
      server: 'https://eu.weather.example/v3/',
    })
    const kept = JSON.parse(document) as { openapi: string; components: { schemas: { Forecast: { properties: { celsius: unknown } } } } }
    assert.match(kept.openapi, /^3\.1/)
    assert.deepEqual(kept.components.schemas.Forecast.properties.celsius, { type: ['number', 'null'] })
  })

  test('of Swagger 2.0 in JSON', async () => {
    const { design, findings } = await documents.read(JSON.stringify(SWAGGER, null, 2))
    assert.deepEqual(
      findings.filter(({ level }) => level === 'error'),
      [],
    )
    assert.deepEqual([design?.routes, design?.server], [[{ method: 'POST', path: '/tides/{coast}' }], 'https://tides.example/v1'])
    assert.match(design?.document ?? '', /"requestBody"/)
  })

  for (const version of ['3.0.4', '3.1.1', '3.2.0']) {
    test(`of OpenAPI ${version}`, async () => {
      const { design, findings } = await documents.read(small(version))
      assert.deepEqual([findings, design?.openapi, design?.routes], [[], version, [{ method: 'GET', path: '/a' }]])
    })
  }

  test('whose names of parameters no route takes get other ones, and slashes at the end go', async () => {
    const text = WEATHER.replace('/forecast/{city}:', '/forecast/{the.city}/:').replace('name: city', 'name: the.city')
    assert.deepEqual((await documents.read(text)).design?.routes[0], { method: 'GET', path: '/forecast/{the_city}' })
  })
})

describe('what is wrong is told with its line, and nothing is imported', () => {
  for (const [what, from, to, rule] of [
    ['a member that is not there', "  version: '1.2'\n", '', 'structure'],
    [
      'a reference that leads nowhere',
      "'#/components/schemas/Forecast' }\n  /status",
      "'#/components/schemas/Weather' }\n  /status",
      'reference-unresolved',
    ],
    ['an operationId that is there twice', 'operationId: status', 'operationId: forecast', 'operation-id-repeated'],
    ['a parameter of the path that is not described', '- { name: city, in: path', '- { name: town, in: path', 'path-parameter-missing'],
    ['a path that no route can have', '/forecast/{city}:', '/forecast/{city}.json:', 'path-unserved'],
    ['a version that is not read', 'openapi: 3.0.3', 'openapi: 4.0.0', 'version-unknown'],
  ] as const) {
    test(what, async () => {
      assert.ok(WEATHER.includes(from))
      const text = WEATHER.replace(from, to)
      const { design, findings } = await documents.read(text)
      assert.equal(design, undefined)
      const found = findings.find((one) => one.rule === rule)
      assert.ok(found !== undefined, JSON.stringify(findings))
      assert.equal(found.level, 'error')
      assert.ok(found.line >= 1 && found.line <= text.split('\n').length)
    })
  }

  test('on the line where it stands', async () => {
    const circular = WEATHER.replace('    Forecast:\n', "    Loop: { $ref: '#/components/schemas/Loop' }\n    Forecast:\n")
    assert.deepEqual(await rules(circular), [`reference-circular:${lineOf(circular, 'Loop:')}`])
    const repeated = WEATHER.replace('operationId: status', 'operationId: forecast')
    assert.deepEqual(await rules(repeated), [`operation-id-repeated:${lineOf(repeated, '/status') + 2}`])
  })

  test('a text that is neither JSON nor YAML', async () => {
    for (const text of ['{"openapi": "3.0.0",,}', 'a: [1', 'just words', '', '[]', 'a: &a [*a, *a']) {
      const { design, findings } = await documents.read(text)
      assert.equal(design, undefined, text)
      assert.ok(findings.length > 0, text)
    }
  })

  test('what would surprise is a warning, and imported all the same', async () => {
    const text = WEATHER.replace('      operationId: status\n      summary: Whether it runs\n', '')
    const { design, findings } = await documents.read(text)
    assert.ok(design !== undefined)
    assert.deepEqual(
      findings.map(({ level, rule, line }) => [level, rule, line]),
      [
        ['warning', 'operation-id-missing', lineOf(text, '/status') + 1],
        ['warning', 'undocumented', lineOf(text, '/status') + 1],
      ],
    )
  })
})

describe('a hostile document does no harm', () => {
  test('a reference to a file or an address is refused; nothing is read and nothing fetched', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'faregate-openapi-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'secret.json')
    writeFileSync(file, JSON.stringify({ type: 'string', description: 'a secret of the machine' }))
    let asked = 0
    const server = createServer((_request, response) => void response.end(String(++asked))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/schema.json`
    for (const reference of [
      file,
      pathToFileURL(file).href,
      './secret.json',
      `../${file}`,
      address,
      'http://169.254.169.254/latest/meta-data',
      '//10.0.0.1/x',
    ]) {
      const text = WEATHER.replace("'#/components/schemas/Forecast' }\n  /status", `'${reference}' }\n  /status`)
      const { design, findings } = await documents.read(text)
      assert.equal(design, undefined)
      assert.deepEqual(
        findings.map(({ rule, line }) => [rule, line]),
        [['reference-outside', lineOf(text, `'${reference}'`)]],
      )
      assert.ok(!JSON.stringify(findings).includes('secret of the machine'))
    }
    assert.equal(asked, 0)
  })

  test('a few lines that stand for gigabytes are refused', async () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1}, *a${i - 1}, *a${i - 1}`}]`).join('\n')
    const { design, findings } = await documents.read(`openapi: 3.1.0\n${bomb}`)
    assert.equal(design, undefined)
    assert.equal(findings[0]?.level, 'error')
  })

  test('what is nested too deep, and what takes too long, is said to be so', async () => {
    const deep = small('3.1.0', { components: { schemas: { A: JSON.parse(`${'{"items":'.repeat(300)}{}${'}'.repeat(300)}`) as object } } })
    assert.equal((await documents.read(deep)).findings[0]?.rule, 'too-deep')
    assert.equal((await documents.read('['.repeat(200_000))).design, undefined)
    const impatient = createDocuments({ milliseconds: 1, megabytes: 64, entry: new URL('../../src/openapi/worker.ts', import.meta.url) })
    assert.equal((await impatient.read(WEATHER)).findings[0]?.rule, 'too-large')
  })

  test('a thread that cannot be started keeps nobody else from reading', async () => {
    const entry = new URL('../../src/openapi/worker.ts', import.meta.url)
    const limits = { milliseconds: 20_000, megabytes: 512, entry: new URL('https://example.com/no-thread-starts-here') }
    const unlucky = createDocuments(limits)
    assert.equal((await unlucky.read(WEATHER)).findings[0]?.rule, 'too-large')
    limits.entry = entry
    assert.ok((await unlucky.read(WEATHER)).design !== undefined)
  })

  test('a thousand operations are read', async () => {
    const operation = (i: number) => ({ get: { operationId: `o${i}`, summary: 'S', responses: { 200: { description: 'D' } } } })
    const paths = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`/things/${i}`, operation(i)]))
    assert.equal((await documents.read(small('3.1.0', { paths }))).design?.routes.length, 1000)
  })
})
