import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProviderKey } from '@faregate/core'
import { drawFor, keyName, orderOf } from '../src/call/order.ts'
import { Parking } from '../src/call/parking.ts'
import type { Candidate } from '../src/locate.ts'

const random = (): number => 0.5

function candidate(name: string, weight: number, keys: [id: string, priority: number][] = [['k', 0]], tier?: number): Candidate {
  const providerKeys: ProviderKey[] = keys.map(([id, priority]) => ({ id, secret: id, weight: 1, priority }))
  return { deployment: { provider: name, model: 'm', weight, priority: tier }, provider: { name, keys: providerKeys } } as Candidate
}

const names = ({ choices }: ReturnType<typeof orderOf>): string[] =>
  choices.map(({ candidate: { provider }, key }) => `${provider.name}/${key?.id}`)

test('the heavier deployment tends to come first', () => {
  assert.deepEqual(names(orderOf([candidate('a', 1), candidate('b', 9)], new Parking(), random, 0)), ['b/k', 'a/k'])
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
        new Parking(),
        random,
        0,
      ),
    ),
    ['a/first', 'a/second'],
  )
})

test('deployments of a lower priority number come first, whatever they weigh; the next come after them', () => {
  const order = orderOf([candidate('spare', 9, [['k', 0]], 1), candidate('usual', 1, [['k', 0]])], new Parking(), random, 0)
  assert.deepEqual(names(order), ['usual/k', 'spare/k'])
})

const TWO_KEYS = candidate('a', 1, [
  ['x', 1],
  ['y', 2],
])

function parked(ids: string[], stated?: number): Parking {
  const parking = new Parking()
  for (const key of TWO_KEYS.provider.keys.filter(({ id }) => ids.includes(id))) {
    const reason = { code: 'provider_rate_limited' as const, guessMs: 1_000, ...(stated === undefined ? {} : { statedMs: stated }) }
    parking.park(keyName(TWO_KEYS, key), 0, reason)
  }
  return parking
}

test('a key that is parked is left out, exactly until its time is over', () => {
  assert.deepEqual(names(orderOf([TWO_KEYS], parked(['x'], 1_000), random, 999)), ['a/y'])
  assert.deepEqual(names(orderOf([TWO_KEYS], parked(['x'], 1_000), random, 1_000)), ['a/x', 'a/y'])
})

test('where all are parked by a guess they are tried all the same: a wrong guess must not refuse what could be served', () => {
  assert.deepEqual(names(orderOf([TWO_KEYS], parked(['x', 'y']), random, 1)), ['a/x', 'a/y'])
})

test('where every upstream itself said how long to wait, nothing is tried, and the shortest wait is told', () => {
  const parking = parked(['x', 'y'], 5_000)
  const [x] = TWO_KEYS.provider.keys
  assert.ok(x)
  parking.park(keyName(TWO_KEYS, x), 0, { code: 'provider_rate_limited', guessMs: 1_000, statedMs: 2_000 })
  assert.deepEqual(orderOf([TWO_KEYS], parking, random, 500), { choices: [], wait: { ms: 1_500, code: 'provider_rate_limited' } })
})

test('for one subject the order is the same each time; over many of them it follows the weights', () => {
  const candidates = [candidate('a', 1), candidate('b', 3)]
  const firstOf = (subject: string): string => names(orderOf(candidates, new Parking(), drawFor(subject), 0))[0] ?? ''
  const subjects = Array.from({ length: 2_000 }, (_, index) => `app_${index}`)
  for (const subject of subjects.slice(0, 20)) assert.equal(firstOf(subject), firstOf(subject))
  const light = subjects.filter((subject) => firstOf(subject) === 'a/k').length
  assert.ok(light > 400 && light < 600, `${light} of 2000 for a quarter of the weight`)
})
