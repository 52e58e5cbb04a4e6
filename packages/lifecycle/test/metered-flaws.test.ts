import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { flawsOf, releaseChanges } from '@faregate/lifecycle'

const UNITS = { pointer: '/pages', price: '0.01', most: 10 }

const problems = (route: Partial<ApiRoute>) =>
  flawsOf({ prefix: '/tides', upstream: { baseUrl: 'https://tides.example' }, routes: [{ method: 'GET', path: '/a', ...route }] }).map(
    ({ path }) => path.slice(2).join('.'),
  )

for (const [what, route, wrong] of [
  ['a price by size alone is a price', { metered: { received: '0.05' } }, []],
  ['beside the price of a call', { price: '0.01', metered: { sent: '0.05', units: UNITS } }, []],
  ['nothing is measured', { metered: {} }, ['metered']],
  ['what is free costs nothing', { free: true, metered: { sent: '0.05' } }, ['free']],
  ['nothing costs nothing', { metered: { sent: '0' } }, ['metered.sent']],
  ['nobody holds for more than the most', { metered: { units: { ...UNITS, otherwise: 11 } } }, ['metered.units.otherwise']],
  ['what is held is an amount', { metered: { units: { ...UNITS, price: '999999999', most: 2 } } }, ['metered.units.most']],
] as const satisfies [string, Partial<ApiRoute>, string[]][])
  test(`${what}: ${wrong.length === 0 ? 'nothing is wrong' : `${wrong.join()} is wrong`}`, () => assert.deepEqual(problems(route), wrong))

test('a release that costs by other things than the one before says so', () => {
  const was = { prefix: '/tides', routes: [{ method: 'GET', path: '/a', price: '0.01' }] as ApiRoute[] }
  const is = { ...was, routes: [{ method: 'GET', path: '/a', price: '0.01', metered: { received: '0.05' } }] as ApiRoute[] }
  const [change] = releaseChanges(was, is, [])
  assert.match(JSON.stringify(change), /a call cost 0\.01 and costs 0\.01 and 0\.05 for a million bytes received/)
})
