import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileContract } from '../../src/contract/compile.ts'
import { Contract } from '../../src/contract/contract.ts'
import { jsonOf, type Json } from '../../src/openapi/json.ts'
import { readDesign } from '../../src/openapi/design.ts'

/** The contract of a document as it is imported: in the words of OpenAPI 3.1. */
function contractOf(document: Json): Contract {
  const { design, findings } = readDesign(JSON.stringify(document))
  assert.ok(design !== undefined, JSON.stringify(findings))
  return new Contract(compileContract(jsonOf(JSON.parse(design.document))))
}

const ANSWERS = { 200: { description: 'It' } }

function queried(...parameters: Json[]): (query: string) => string[] {
  const get = { operationId: 'a', summary: 'a', parameters, responses: ANSWERS }
  const contract = contractOf({ openapi: '3.1.0', info: { title: 'A', version: '1' }, paths: { '/a': { get } } })
  return (query) => {
    const found = contract.operation('GET', '/a')?.requestHead({ query, headers: {}, hasBody: false }) ?? []
    return found.map(({ at, rule }) => `${at} ${rule}`)
  }
}

/** What is said of a body by a schema. */
function bodied(schema: Json, more: Json = {}, openapi = '3.1.0'): (body: unknown) => string {
  const put = { operationId: 'a', summary: 'a', requestBody: { content: { 'application/json': { schema } } }, responses: ANSWERS }
  const contract = contractOf({ openapi, info: { title: 'A', version: '1' }, paths: { '/a': { put } }, ...more })
  return (body) => {
    const found = contract.operation('PUT', '/a')?.requestBody({ 'content-type': 'application/json' }, Buffer.from(JSON.stringify(body)))
    return found === undefined ? 'right' : `${found.at} ${found.rule}`
  }
}

describe('parameters are read as they are written', () => {
  const list = { type: 'array', items: { type: 'integer' }, maxItems: 2 }
  const object = { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'], additionalProperties: false }
  const cases: [what: string, parameter: Json, right: string[], wrong: string[]][] = [
    ['a list, each by itself', { schema: list }, ['p=1&p=2', 'p=1', ''], ['p=1&p=b', 'p=1&p=2&p=3']],
    ['a list with commas', { schema: list, explode: false }, ['p=1,2'], ['p=1,b', 'p=1,2,3']],
    ['a list with bars', { schema: list, explode: false, style: 'pipeDelimited' }, ['p=1|2', 'p=1%7C2'], ['p=1|b']],
    ['a list with spaces', { schema: list, explode: false, style: 'spaceDelimited' }, ['p=1%202', 'p=1+2'], ['p=1%20b']],
    ['an object with brackets', { schema: object, style: 'deepObject' }, ['p[x]=1', 'p%5Bx%5D=1'], ['p[x]=b', 'p[y]=1']],
    ['an object with commas', { schema: object, explode: false }, ['p=x,1'], ['p=x,b']],
    ['JSON', { content: { 'application/json': { schema: object } } }, ['p=%7B%22x%22:1%7D'], ['p=%7B%22x%22:%22b%22%7D', 'p=x']],
    ['one that is a number', { schema: { type: 'number' } }, ['p=1.5', 'p=-2'], ['p=b', 'p=', 'p=1&p=2']],
    ['one that is a truth', { schema: { type: 'boolean' } }, ['p=true'], ['p=maybe']],
    ['text that looks like a number', { schema: { type: 'string' } }, ['p=1', 'p=a+b'], []],
    ['one that must be there', { schema: { type: 'string' }, required: true }, ['p='], ['', 'q=1']],
  ]
  for (const [what, parameter, right, wrong] of cases) {
    test(what, () => {
      const said = queried({ name: 'p', in: 'query', ...parameter })
      for (const query of right) assert.deepEqual(said(query), [], query)
      for (const query of wrong) assert.equal(said(query).length, 1, query)
    })
  }
})

describe('schemas of all versions mean what they say there', () => {
  const City = { type: 'object', required: ['name'], properties: { name: { type: 'string', nullable: true }, size: { type: 'integer' } } }

  test('3.0: null where it is nullable, and limits that are excluded', () => {
    const limited = { ...City, properties: { ...City.properties, size: { type: 'integer', minimum: 0, exclusiveMinimum: true } } }
    const said = bodied({ $ref: '#/components/schemas/City' }, { components: { schemas: { City: limited } } }, '3.0.3')
    assert.deepEqual([said({ name: null }), said({ name: 'a', size: 1 })], ['right', 'right'])
    assert.deepEqual([said({ name: 1 }), said({ name: 'a', size: 0 })], ['/name type', '/size exclusiveMinimum'])
  })

  test('3.2: as 3.1', () => {
    const said = bodied({ type: ['string', 'null'], minLength: 2 }, {}, '3.2.0')
    assert.deepEqual([said(null), said('ab'), said('a')], ['right', 'right', ' minLength'])
  })

  test('2.0: bodies and parameters of Swagger', () => {
    const contract = contractOf({
      swagger: '2.0',
      info: { title: 'A', version: '1' },
      consumes: ['application/json'],
      produces: ['application/json'],
      paths: {
        '/a/{id}': {
          post: {
            operationId: 'a',
            parameters: [
              { name: 'id', in: 'path', required: true, type: 'integer' },
              { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/City' } },
            ],
            responses: { 200: { description: 'It', schema: { $ref: '#/definitions/City' } } },
          },
        },
      },
      definitions: { City: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    })
    const json = { 'content-type': 'application/json' }
    const head = { query: '', headers: json, hasBody: true }
    assert.equal(contract.operation('POST', '/a/b')?.requestHead(head)[0]?.at, '/id')
    const right = contract.operation('POST', '/a/1')
    assert.deepEqual(right?.requestHead(head), [])
    assert.equal(right?.requestBody(json, Buffer.from('{}'))?.rule, 'required')
    assert.equal(right?.answerBody(200, json, Buffer.from('{"name":1}'))?.at, '/name')
  })

  test('what is only read need not be sent, and what is only written need not be answered', () => {
    const both = {
      type: 'object',
      required: ['id', 'secret'],
      properties: { id: { type: 'integer', readOnly: true }, secret: { type: 'string', writeOnly: true } },
    }
    const content = { 'application/json': { schema: both } }
    const put = { operationId: 'a', requestBody: { content }, responses: { '2XX': { description: 'It', content } } }
    const operation = contractOf({ openapi: '3.1.0', info: { title: 'A', version: '1' }, paths: { '/a': { put } } }).operation('PUT', '/a')
    const json = { 'content-type': 'application/json; charset=utf-8' }
    assert.equal(operation?.requestBody(json, Buffer.from('{"secret":"x"}')), undefined)
    assert.equal(operation?.answerBody(201, json, Buffer.from('{"id":1}')), undefined)
    assert.equal(operation?.requestBody(json, Buffer.from('{"id":1}'))?.at, '/secret')
    assert.equal(operation?.answerBody(201, json, Buffer.from('{"secret":"x"}'))?.at, '/id')
  })

  test('a property that is called like a keyword is a property', () => {
    const said = bodied({
      type: 'object',
      properties: { default: { type: 'integer' }, $id: { type: 'string' }, required: { type: 'string' } },
    })
    assert.deepEqual(
      [said({ default: 1, $id: 'a' }), said({ default: 'x' }), said({ required: 1 })],
      ['right', '/default type', '/required type'],
    )
  })
})

describe('nobody makes the gateway stand still', () => {
  test('a pattern that would try every way is tried in one pass', () => {
    const said = bodied({ type: 'string', pattern: '^(a|a)*$' })
    assert.deepEqual([said('a'.repeat(500)), said(`${'a'.repeat(50_000)}b`)], ['right', ' pattern'])
  })

  test('a pattern that cannot be tried so is left out, and that is said', () => {
    const document = (pattern: string) => ({
      openapi: '3.1.0',
      paths: {
        '/a': { put: { requestBody: { content: { 'application/json': { schema: { type: 'string', pattern } } } }, responses: {} } },
      },
    })
    assert.deepEqual(compileContract(document('^a$')).unchecked, [])
    assert.deepEqual(compileContract(document('^(?=a)b')).unchecked, ['the pattern "^(?=a)b"'])
  })

  test('items that must differ are compared in one pass, whatever the order of their members', () => {
    const said = bodied({ type: 'array', uniqueItems: true })
    const many = Array.from({ length: 50_000 }, (_, id) => ({ id }))
    assert.equal(said(many), 'right')
    assert.equal(said([...many, { id: 7 }]), ' uniqueItems')
    assert.equal(
      said([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
      ' uniqueItems',
    )
  })

  test('a value that a schema would be asked of more and more often is given up, and counts as wrong', () => {
    const branch = (name: string) => ({
      type: 'object',
      allOf: [{ properties: { next: { $ref: '#/components/schemas/Tree' } } }, { required: [name] }],
    })
    const Tree = { anyOf: [branch('left'), branch('right')] }
    const said = bodied({ $ref: '#/components/schemas/Tree' }, { components: { schemas: { Tree } } })
    let deep: Json = {}
    for (let i = 0; i < 40; i++) deep = { next: deep }
    assert.equal(said({ left: 1, next: { right: 1 } }), 'right')
    assert.equal(said(deep), ' effort')
  })

  test('a schema that is none leaves the rest of the document as it is', () => {
    const made = compileContract({
      openapi: '3.1.0',
      paths: {
        '/a': { put: { requestBody: { content: { 'application/json': { schema: { type: 'nothing' } } } }, responses: {} } },
        '/b': { put: { requestBody: { content: { 'application/json': { schema: { type: 'string' } } } }, responses: {} } },
      },
    })
    assert.equal(made.unchecked.length, 1)
    assert.match(made.unchecked[0] ?? '', /^the body of PUT \/a: /)
    const json = { 'content-type': 'application/json' }
    assert.equal(new Contract(made).operation('PUT', '/b')?.requestBody(json, Buffer.from('1'))?.rule, 'type')
  })
})
