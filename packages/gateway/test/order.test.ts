import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProviderKey } from '@faregate/core'
import { Cooldowns, keyName, orderOf } from '../src/call/order.ts'
import type { Candidate } from '../src/locate.ts'

const random = { bytes: () => new Uint8Array(), fraction: () => 0.5 }

function candidate(name: string, weight: number, keys: [id: string, priority: number][] = [['k', 0]]): Candidate {
  const providerKeys: ProviderKey[] = keys.map(([id, priority]) => ({ id, secret: id, weight: 1, priority }))
  return { deployment: { provider: name, model: 'm', weight }, provider: { name, keys: providerKeys } } as Candidate
}

const names = (choices: ReturnType<typeof orderOf>): string[] =>
  choices.map(({ candidate: { provider }, key }) => `${provider.name}/${key?.id}`)

test('the heavier deployment tends to come first', () => {
  assert.deepEqual(names(orderOf([candidate('a', 1), candidate('b', 9)], new Cooldowns(), random, 0)), ['b/k', 'a/k'])
})

test('keys of a lower priority number come first', () => {
  assert.deepEqual(
    names(
      orderOf(
        [
          candidate('a', 1, [
            ['second', 2],
            ['first', 1],
          ]),
        ],
        new Cooldowns(),
        random,
        0,
      ),
    ),
    ['a/first', 'a/second'],
  )
})

test('a key that rests is tried last, not left out, and returns when its time is over', () => {
  const cooldowns = new Cooldowns()
  const only = candidate('a', 1, [
    ['x', 1],
    ['y', 2],
  ])
  const [key] = only.provider.keys
  if (key === undefined) throw new Error('no key')
  cooldowns.rest(keyName(only, key), 0, 1000)
  assert.deepEqual(names(orderOf([only], cooldowns, random, 999)), ['a/y', 'a/x'])
  assert.deepEqual(names(orderOf([only], cooldowns, random, 1000)), ['a/x', 'a/y'])
})
