import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BODY, world } from '../people/world.ts'
import { ENGINES } from '../support/engines.ts'
import { json, send } from '../support/http.ts'

/**
 * How many calls a day so many users make: 60 make one, 40 make two, one makes five. Of the 101, in order, the 51st has one (half of
 * them had at most that), the 100th has two (99 of 100), the last has five.
 */
const USERS: [users: number, calls: number][] = [
  [60, 1],
  [40, 2],
  [1, 5],
]
const LIMITS = [
  { kind: 'requests', amount: 6, per: 'day', by: 'user' },
  { kind: 'tokens', amount: 220, per: 'day', by: 'user' },
] as const

/** By hand. A call uses ten tokens. Proposed is one and a half times the peak, 7.5 rounded up; of 75 tokens, what is in force is more. */
const EXPECTED: Record<string, { p50: string; p99: string; peak: string; proposal: string }> = {
  'requests-day-user': { p50: '1', p99: '2', peak: '5', proposal: '8' },
  'tokens-day-user': { p50: '10', p99: '20', peak: '50', proposal: '220' },
}

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `what was used of a limit, on ${engineName}`,
    { skip },
    block((engine) => {
      const made = world(engine)

      test('is told as half of the time, 99 of 100 times and at most, three numbers that differ', async () => {
        const customer = await made.gateway.customer('10.00', { limits: [...LIMITS] })
        const calls = USERS.flatMap(([users, each]) =>
          Array.from({ length: users }, (_, index) => Array<string>(each).fill(`user-${each}-${index}`)),
        ).flat()
        assert.equal(calls.length, 145)
        for (let from = 0; from < calls.length; from += 20) {
          const some = calls.slice(from, from + 20)
          const answers = await Promise.all(some.map((user) => made.gateway.chat(customer.key, { ...BODY, user })))
          for (const { status, text } of answers) assert.equal(status, 200, text)
        }
        for (const [limit, { proposal, ...usage }] of Object.entries(EXPECTED)) {
          const subject = { kind: 'limit', level: 'key', id: customer.keyId, limit }
          const headers = { authorization: `Bearer ${customer.key}` }
          const asked = await send(`${made.gateway.url}/v1/limit-requests`, { body: { subject, reason: 'r' }, headers })
          const path = `/api/limit-requests/${String(json(asked)['id'])}`
          const shown = await made.gateway.api.expect<Record<string, unknown>>(200, 'GET', path)
          assert.deepEqual(shown['usage'], { per: 'day', days: 30, ...usage, complete: true }, limit)
          assert.equal((shown['proposal'] as { value: string }).value, proposal, limit)
        }
      })
    }),
  )
}
