import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt } from '@faregate/core'
import { createDocuments } from '../../src/openapi/documents.ts'
import { Mock } from '../../src/openapi/mock.ts'
import { promptDocument } from '../../src/prompt/document.ts'

const PROMPT: Prompt = {
  model: 'm',
  system: 'a word of the publisher alone',
  user: '{{text}} {{words}}',
  variables: { text: { type: 'string', description: 'What is told' }, words: { type: 'integer', default: 100 } },
  output: { type: 'object', required: ['title'], properties: { title: { type: 'string', enum: ['a title'] } } },
}

const documentOf = (prompt: Partial<Prompt> = {}) => promptDocument('sum', { prefix: '/sum', prompt: { ...PROMPT, ...prompt } })

test('a prompt is described by its variables and its output, in a document that is valid, and always the same; not by what it asks', async () => {
  const text = documentOf()
  assert.equal(text, documentOf())
  assert.ok(!text.includes('publisher alone'))
  const { findings, design } = await createDocuments().read(text)
  assert.deepEqual(findings, [])
  assert.equal(design?.title, 'sum')
  const { post } = (JSON.parse(text) as { paths: Record<'/', { post: Record<string, Record<string, unknown>> }> }).paths['/']
  const { content } = post['requestBody'] as { content: Record<string, { schema: Record<string, unknown> }> }
  assert.deepEqual(content['application/json']?.schema, {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: { text: { type: 'string', description: 'What is told' }, words: { type: 'integer', default: 100 } },
  })
})

test('the document is a mock: an answer of the form that the prompt gives', () => {
  const answer = new Mock(documentOf()).answer('POST', '')
  assert.deepEqual((JSON.parse(answer?.body ?? '{}') as { output: unknown }).output, { title: 'a title' })
  const plain = new Mock(documentOf({ output: undefined })).answer('POST', '/')
  assert.equal(typeof (JSON.parse(plain?.body ?? '{}') as { output: unknown }).output, 'string')
})

test('what breaks callers is told: a variable that is required now, a value less; what helps them is not', async () => {
  const { compare } = createDocuments()
  const changed = (variables: Prompt['variables']) => documentOf({ variables: { ...PROMPT.variables, ...variables } })
  const breaking = async (before: string, after: string) => (await compare(before, after)).map((change) => change.breaking)
  assert.deepEqual(await breaking(documentOf(), changed({ tone: { type: 'string' } })), [true])
  assert.deepEqual(await breaking(documentOf(), changed({ tone: { type: 'string', default: 'calm' } })), [false])
  const choice = (values: string[]) => changed({ text: { type: 'string', enum: values } })
  assert.ok((await breaking(choice(['a', 'b']), choice(['a']))).includes(true))
})
