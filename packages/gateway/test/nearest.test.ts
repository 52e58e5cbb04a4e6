import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '@faregate/gateway'

const MODELS = ['gpt-5-nano', 'gpt-5-mini', 'claude-opus', 'llama-4']

for (const [typed, expected] of [
  ['gpt-5-nan', ['gpt-5-nano', 'gpt-5-mini']],
  ['GPT-5-NANO', ['gpt-5-nano', 'gpt-5-mini']],
  ['claude', ['claude-opus']],
  ['something else entirely', []],
] as const) {
  test(`the nearest names to ${typed} are ${expected.length === 0 ? 'none' : expected.join(', ')}`, () => {
    assert.deepEqual(nearest(typed, MODELS), expected)
  })
}
