import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowsModel, keyState, type KeyEntry } from '@faregate/identity'
import { keyEntry } from './support.ts'

test('the state of a key: revoked is for good, then expired, then disabled', () => {
  const cases: [Partial<KeyEntry>, string][] = [
    [{}, 'active'],
    [{ expiresAt: 1001 }, 'active'],
    [{ expiresAt: 1000 }, 'expired'],
    [{ state: 'disabled' }, 'disabled'],
    [{ state: 'disabled', expiresAt: 1 }, 'expired'],
    [{ state: 'revoked', expiresAt: 1 }, 'revoked'],
  ]
  for (const [members, state] of cases) assert.equal(keyState(keyEntry(members), 1000), state, JSON.stringify(members))
})

test('a list of models allows what it names or matches, and nothing else', () => {
  const cases: [string[] | null, string, boolean][] = [
    [null, 'anything', true],
    [[], 'anything', false],
    [['gpt-5'], 'gpt-5', true],
    [['gpt-5'], 'gpt-5-nano', false],
    [['gpt-5'], 'GPT-5', false],
    [['gpt-5*'], 'gpt-5', true],
    [['gpt-5*'], 'gpt-5-nano', true],
    [['gpt-5*'], 'my-gpt-5', false],
    [['*'], '', true],
    [['openai/*'], 'openai/gpt-5', true],
    [['*-nano'], 'gpt-5-nano', true],
    [['*-nano'], 'gpt-5-nano-2', false],
    [['a*b*c'], 'a-b-c', true],
    [['a*b*c'], 'abc', true],
    [['a*b*c'], 'ac', false],
    [['a*b*c'], 'a-c-b', false],
    [['ab*ba'], 'aba', false],
    [['ab*ba'], 'abba', true],
    [['a**b'], 'ab', true],
    [['gpt.5'], 'gpt-5', false],
    [['gpt-5', 'claude-*'], 'claude-x', true],
  ]
  for (const [models, model, allowed] of cases)
    assert.equal(allowsModel(keyEntry({ models }), model), allowed, `${models?.join()} ${model}`)
})

test('a pattern of many stars is matched in linear time', () => {
  const entry = keyEntry({ models: [`${'a*'.repeat(60)}b`] })
  const before = performance.now()
  assert.equal(allowsModel(entry, 'a'.repeat(20_000)), false)
  assert.ok(performance.now() - before < 1000)
})
