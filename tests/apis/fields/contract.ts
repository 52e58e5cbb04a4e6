import type { Field, Fields, KeptSeen, Seen, TriedSeen } from './field.ts'

/** A document with a rule that the call of these fields breaks, in its query and in its answer. */
export const STRICT = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Strict', version: '1' },
  paths: {
    '/a': {
      get: {
        operationId: 'a',
        parameters: [{ name: 'days', in: 'query', schema: { type: 'integer' } }],
        responses: { 200: { description: 'It', content: { 'application/json': { schema: { required: ['never'] } } } } },
      },
    },
  },
})

const status = async ({ call }: Seen): Promise<number> => (await call('/a?days=many')).status

/** Fields that need a document: an API has one by importing it. */
export const CONTRACT_FIELDS: Fields = {
  'validation.request': {
    document: STRICT,
    a: () => ({ validation: { request: 'report' } }),
    b: () => ({ validation: { request: 'enforce' } }),
    see: status,
  },
  'validation.response': {
    document: STRICT,
    a: () => ({ validation: { response: 'report' } }),
    b: () => ({ validation: { response: 'enforce' } }),
    see: status,
  },
}

const CALL = { name: 'one', method: 'GET', path: '/a', expect: { status: 200 } }

/** Two saved calls that differ in one member. */
function saved(a: object, b: object): Field<TriedSeen> {
  const definition = (member: object) => () => ({ checks: { calls: [{ ...CALL, ...member }] } })
  return { a: definition(a), b: definition(b), see: ({ tried }) => tried() }
}

const failing = { ...CALL, expect: { status: 599 } }

/** Fields of the calls that are saved with an API. */
export const SAVED_FIELDS: Fields<TriedSeen> = {
  'checks.calls[].name': saved({ ...failing, name: 'one' }, { ...failing, name: 'two' }),
  'checks.calls[].method': saved(
    { expect: { status: 200, equal: { '/method': 'PUT' } } },
    { method: 'PUT', expect: { status: 200, equal: { '/method': 'PUT' } } },
  ),
  'checks.calls[].path': saved({}, { path: '/status/404' }),
  'checks.calls[].headers': saved(
    { headers: { 'x-one': '1' }, expect: { status: 200, present: ['/headers/x-one'] } },
    { headers: { 'x-two': '1' }, expect: { status: 200, present: ['/headers/x-one'] } },
  ),
  'checks.calls[].body': saved(
    { method: 'POST', body: { a: 1 }, expect: { status: 200, equal: { '/bytes': 7 } } },
    { method: 'POST', body: { a: 22 }, expect: { status: 200, equal: { '/bytes': 7 } } },
  ),
  'checks.calls[].expect.status': saved({}, { expect: { status: 201 } }),
  'checks.calls[].expect.headers[]': saved(
    { expect: { status: 200, headers: ['content-type'] } },
    { expect: { status: 200, headers: ['x-never'] } },
  ),
  'checks.calls[].expect.present[]': saved(
    { expect: { status: 200, present: ['/url'] } },
    { expect: { status: 200, present: ['/never'] } },
  ),
  'checks.calls[].expect.equal': saved(
    { expect: { status: 200, equal: { '/method': 'GET' } } },
    { expect: { status: 200, equal: { '/method': 'PUT' } } },
  ),
}

/** Those, and what they are made for. */
export const CHECK_FIELDS: Fields<KeptSeen> = {
  ...SAVED_FIELDS,

  'checks.beforePublish': {
    a: () => ({ checks: { calls: [failing], beforePublish: false } }),
    b: () => ({ checks: { calls: [failing], beforePublish: true } }),
    see: ({ republished }) => republished(),
  },
}
