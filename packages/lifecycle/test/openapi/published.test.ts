import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { publishedDocument } from '../../src/index.ts'
import { isJson, jsonOf, type Json } from '../../src/openapi/json.ts'

const INNER = 'https://inner.example'
const server = { servers: [{ url: INNER }] }
const security = { security: [{ inner: [] }] }
const callback = { done: { '{$request.body#/url}': { ...server, post: { ...server, responses: { 200: { description: 'Ok' } } } } } }

const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Weather', version: '1' },
  ...server,
  ...security,
  paths: {
    '/forecast/{city}': {
      ...server,
      get: {
        ...server,
        ...security,
        callbacks: callback,
        responses: {
          200: {
            description: 'It',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Place' } } },
            links: { next: { operationId: 'status', server: { url: INNER } } },
          },
          400: { $ref: '#/components/responses/Next' },
        },
      },
      delete: { responses: { 204: { description: 'Gone' } } },
      trace: { responses: {} },
    },
    '/status': { $ref: '#/components/pathItems/Status' },
    '/secret': { get: { responses: {} } },
  },
  webhooks: { changed: { ...server, post: { responses: {} } } },
  components: {
    schemas: { Place: { type: 'object', properties: { servers: { type: 'array' }, security: { type: 'string' } } } },
    securitySchemes: { inner: { type: 'apiKey', in: 'header', name: 'x-inner' } },
    pathItems: { Status: { ...server, get: { ...security, responses: { 200: { description: 'It runs' } } } } },
    callbacks: { done: { '{$request.body#/url}': { ...server } } },
    links: { next: { operationId: 'status', server: { url: INNER } } },
    responses: { Next: { description: 'Next', links: { next: { server: { url: INNER } } } } },
  },
}

const ROUTES: ApiRoute[] = [
  { method: 'GET', path: '/forecast/{town}', price: '0.002' },
  { method: '*', path: '/status', free: true },
]

function published(more: Partial<Parameters<typeof publishedDocument>[1]> = {}): Json {
  const publication = {
    url: 'https://gateway.example/weather',
    routes: ROUTES,
    currency: 'USD',
    deprecated: false,
    tokenUrl: 'https://gateway.example/token',
    ...more,
  }
  return jsonOf(JSON.parse(publishedDocument(JSON.stringify(DOCUMENT), publication)))
}

function at(root: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((value, name) => (isJson(value) ? value[name] : undefined), root)
}

test("the gateway is its only server, and the gateway's key its only security; nothing names what is behind it", () => {
  const document = published()
  assert.deepEqual(document['servers'], [{ url: 'https://gateway.example/weather' }])
  assert.deepEqual(document['security'], [{ faregate: [] }])
  assert.equal(at(document, 'components', 'securitySchemes', 'faregate', 'scheme'), 'bearer')
  const text = JSON.stringify(document)
  assert.ok(!text.includes(INNER) && !text.includes('x-inner'), text)
  // What only looks alike stays.
  assert.deepEqual(at(document, 'components', 'schemas'), DOCUMENT.components.schemas)
})

test('what a document tells other tools is left out wherever it stands; what only looks alike stays', () => {
  const hint = { 'x-google-backend': { address: INNER }, 'X-Internal': INNER }
  const schema = {
    ...hint,
    type: 'object',
    properties: { 'x-kept': { ...hint, type: 'string', default: { 'x-kept': 1 } } },
    required: ['x-kept'],
    examples: [{ 'x-kept': 'a' }],
  }
  const response = {
    ...hint,
    description: 'Ok',
    headers: { 'x-kept': { ...hint, schema: { type: 'string' } } },
    content: { 'application/json': { ...hint, schema, examples: { 'x-kept': { ...hint, value: { 'x-kept': 1 } } } } },
  }
  const operation = { ...hint, parameters: [{ ...hint, in: 'header', name: 'x-kept' }], responses: { ...hint, default: response } }
  const document = {
    openapi: '3.1.0',
    info: { ...hint, title: 'T', version: '1', contact: { ...hint, name: 'C' } },
    ...hint,
    tags: [{ ...hint, name: 'a' }],
    paths: { ...hint, '/status': { ...hint, get: operation } },
    webhooks: { 'x-kept': { ...hint, post: { responses: { 200: { $ref: '#/components/responses/x-kept' } } } } },
    components: { ...hint, responses: { 'x-kept': response } },
  }
  const text = publishedDocument(JSON.stringify(document), {
    url: '/a',
    routes: ROUTES,
    currency: 'USD',
    deprecated: false,
    tokenUrl: 'https://gateway.example/token',
  })
  assert.ok(!text.includes(INNER) && !/x-(google|internal)/i.test(text), text)
  const kept = (value: unknown) => JSON.stringify(value).split('"x-kept"').length - 1
  const [before, after] = [document, JSON.parse(text) as unknown].map(kept)
  assert.equal(after, before)
})

test('of its components only those are in it that something refers to that is in it', () => {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  const answer = (name: string) => ({ responses: { 200: { description: 'Ok', content: { 'application/json': { schema: ref(name) } } } } })
  const document = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { '/status': { get: answer('Pet') }, '/secret': { get: answer('Hidden') } },
    components: {
      schemas: {
        Pet: { type: 'object', discriminator: { propertyName: 'kind', mapping: { d: 'Dog' } }, properties: { owner: ref('Owner') } },
        Owner: { type: 'object', properties: { pets: { type: 'array', items: ref('Pet') } } },
        Dog: { type: 'object' },
        Cat: { allOf: [ref('Pet'), ref('Fur')] },
        Fur: { type: 'string' },
        Hidden: { properties: { deep: ref('Deep') } },
        Deep: { type: 'string' },
      },
      parameters: { nobody: { in: 'query', name: 'a' } },
    },
  }
  const text = publishedDocument(JSON.stringify(document), {
    url: '/a',
    routes: ROUTES,
    currency: 'USD',
    deprecated: false,
    tokenUrl: 'https://gateway.example/token',
  })
  const components = jsonOf(jsonOf(JSON.parse(text))['components'])
  assert.deepEqual(Object.keys(components), ['schemas', 'securitySchemes'])
  assert.deepEqual(Object.keys(jsonOf(components['schemas'])), ['Pet', 'Owner', 'Dog', 'Cat', 'Fur'])
})

test('only what a route serves is in it, with what a call costs', () => {
  const document = published()
  assert.deepEqual(Object.keys(jsonOf(document['paths'])), ['/forecast/{city}', '/status'])
  const item = jsonOf(at(document, 'paths', '/forecast/{city}'))
  assert.deepEqual(Object.keys(item), ['get'])
  assert.deepEqual(at(item, 'get', 'x-faregate-price'), { amount: '0.002', currency: 'USD' })
  assert.deepEqual(at(document, 'paths', '/status', 'get', 'x-faregate-price'), { amount: '0.00', currency: 'USD' })
})

test('what is switched off is not in it, also where a route that is served would take it', () => {
  const off: ApiRoute[] = [
    { method: 'GET', path: '/status', off: true },
    { method: 'GET', path: '/*', free: true },
  ]
  assert.deepEqual(Object.keys(jsonOf(published({ routes: off })['paths'])), ['/forecast/{city}', '/secret'])
})

test('operations of an API that goes are deprecated, and only those', () => {
  assert.equal(at(published({ deprecated: true }), 'paths', '/status', 'get', 'deprecated'), true)
  assert.equal(at(published(), 'paths', '/status', 'get', 'deprecated'), undefined)
})
