import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readShow, readTags, show, tags } from '../../src/ollama/models.ts'
import { bodyOf } from './support.ts'

test('a list of models has what clients show of each, never without a tag, and is read back', () => {
  const list = tags([{ name: 'gpt-5', created: 1_700_000_000 }, { name: 'qwen3:8b' }])
  const [first] = list.models
  assert.deepEqual(
    [first?.['name'], first?.['model'], first?.['modified_at']],
    ['gpt-5:latest', 'gpt-5:latest', '2023-11-14T22:13:20.000Z'],
  )
  assert.match(String(first?.['digest']), /^[0-9a-f]{64}$/)
  assert.deepEqual(readTags(bodyOf(list)), [
    { name: 'gpt-5:latest', created: 1_700_000_000 },
    { name: 'qwen3:8b', created: 0 },
  ])
})

test("an upstream's list is read as far as it can be, and what is none is none", () => {
  assert.deepEqual(readTags(bodyOf({ models: [{ name: 'a:latest' }, { model: 'b', modified_at: 'never' }, 3, {}] })), [
    { name: 'a:latest' },
    { name: 'b' },
  ])
  for (const body of [{ error: 'no' }, { models: {} }, []]) assert.equal(readTags(bodyOf(body)), undefined)
})

test('a model is shown with what it can do and how much it takes, and is read back', () => {
  const model = { name: 'm', capabilities: ['completion', 'vision'], contextLength: 4096 }
  assert.deepEqual(readShow(bodyOf(show(model))), { capabilities: ['completion', 'vision'], contextLength: 4096 })
  assert.deepEqual(readShow(bodyOf(show({ name: 'm' }))), { capabilities: ['completion'] })
  assert.deepEqual(readShow(bodyOf({ model_info: { 'gemma3.context_length': 131_072, 'gemma3.block_count': 3 } })), {
    contextLength: 131_072,
  })
  assert.equal(readShow(bodyOf({ error: 'model not found' })), undefined)
})
