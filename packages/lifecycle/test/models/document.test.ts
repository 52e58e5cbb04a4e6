import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelPolicy } from '@faregate/core'
import { createDocuments } from '../../src/openapi/documents.ts'
import { modelsDocument } from '../../src/models/document.ts'

const documentOf = (models: Record<string, string>, policy?: ModelPolicy) => modelsDocument('assist', { prefix: '/assist', models, policy })

test('models are described by their names and their policy, in a document that is valid, and always the same; not by what is behind them', async () => {
  const text = documentOf(
    { fast: 'secret-model' },
    { maxTokens: 50, features: ['chat', 'embeddings', 'images', 'audio', 'rerank', 'moderations'] },
  )
  assert.equal(
    text,
    documentOf({ fast: 'secret-model' }, { maxTokens: 50, features: ['chat', 'embeddings', 'images', 'audio', 'rerank', 'moderations'] }),
  )
  assert.ok(!text.includes('secret-model'))
  const { findings, design } = await createDocuments().read(text)
  assert.deepEqual(findings, [])
  assert.equal(design?.routes.length, 21)
})

test('a name that goes, a lower bound and a feature that is taken away break callers; more of them does not', async () => {
  const documents = createDocuments()
  const before = documentOf({ fast: 'a', smart: 'b' }, { maxTokens: 50 })
  const breaks = async (after: string) => (await documents.compare(before, after)).some(({ breaking }) => breaking)
  assert.equal(await breaks(documentOf({ fast: 'a' }, { maxTokens: 50 })), true)
  assert.equal(await breaks(documentOf({ fast: 'a', smart: 'b' }, { maxTokens: 40 })), true)
  assert.equal(await breaks(documentOf({ fast: 'a', smart: 'b' }, { maxTokens: 50, features: ['chat', 'tools'] })), true)
  assert.equal(await breaks(documentOf({ fast: 'a', smart: 'b' }, { maxTokens: 50, features: ['embeddings'] })), true)
  assert.equal(await breaks(documentOf({ fast: 'c', smart: 'b', wise: 'd' }, { maxTokens: 60 })), false)
})
