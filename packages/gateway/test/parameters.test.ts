import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withParameters } from '../src/call/parameters.ts'

const TABLE: [what: string, body: string, parameters: Record<string, unknown>, expected: string][] = [
  ['a member that is absent is added', '{"model":"m"}', { temperature: 0.2 }, '{"model":"m","temperature":0.2}'],
  ['a member that the caller sent stays', '{"temperature": 1}', { temperature: 0.2 }, '{"temperature": 1}'],
  [
    'an object adds what the own one lacks',
    '{"options":{"top_k":1}}',
    { options: { top_k: 5, seed: 7 } },
    '{"options":{"top_k":1,"seed":7}}',
  ],
  ['an object that is absent is added whole', '{}', { options: { seed: 7 } }, '{"options":{"seed":7}}'],
  ['null is something that the caller said', '{"seed":null}', { seed: 7 }, '{"seed":null}'],
]

for (const [what, body, parameters, expected] of TABLE) {
  test(`default parameters: ${what}`, () => assert.equal(withParameters(Buffer.from(body), parameters).toString(), expected))
}

test('without parameters the very same bytes go on', () => {
  const body = Buffer.from('{}')
  assert.equal(withParameters(body, undefined), body)
})
