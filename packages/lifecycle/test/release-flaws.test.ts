import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { releaseFlaws } from '@faregate/lifecycle'

const PRICED: ApiRoute[] = [{ method: 'GET', path: '/a', price: '0.01' }]
const FREE: ApiRoute[] = [{ method: 'GET', path: '/a', free: true }]
const PLAN = { name: 'pro', exclusive: true, listed: true, free: false }

/** What is published, how it could be paid for, and what is said against it. */
const CASES: [what: string, routes: ApiRoute[], circumstances: Parameters<typeof releaseFlaws>[1], codes: string[]][] = [
  ['a priced route that can be paid', PRICED, { plans: [], payable: true }, []],
  ['a free one that nobody has to pay', FREE, { plans: [], payable: false }, []],
  ['a route of which nothing is said', [{ method: 'GET', path: '/a' }], { plans: [], payable: true }, ['price_missing']],
  ['nobody told how to pay', PRICED, { plans: [], payable: false }, ['unpayable']],
  ['a plan that is free', PRICED, { plans: [{ ...PLAN, free: true }], payable: false }, []],
  ['a plan that anybody may have', PRICED, { plans: [PLAN], payable: true }, []],
  ['sold by a plan that nobody may have', PRICED, { plans: [{ ...PLAN, listed: false }], payable: true }, ['unsold']],
  [
    'in a plan that is not listed, and sold without one',
    PRICED,
    { plans: [{ ...PLAN, listed: false, exclusive: false }], payable: true },
    [],
  ],
  ['nothing behind it', FREE, { plans: [], payable: true, dead: 'ECONNREFUSED' }, ['upstream_dead']],
]

for (const [what, routes, circumstances, codes] of CASES) {
  test(`the doctor of releases: ${what}`, () => {
    assert.deepEqual(
      releaseFlaws(routes, circumstances).map(({ code }) => code),
      codes,
    )
  })
}

test('of many routes without a price some are named, the others counted', () => {
  const routes = Array.from({ length: 8 }, (_, i): ApiRoute => ({ method: 'GET', path: `/${i}` }))
  assert.match(releaseFlaws(routes, { plans: [], payable: true })[0]?.detail ?? '', /^GET \/0, .*GET \/4 and 3 more:/)
})
