import type { Fields, Seen } from './field.ts'

/** A document with a rule that the call of these fields breaks, in its query and in its answer. */
const STRICT = JSON.stringify({
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
