import assert from 'node:assert/strict'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { besideRunning } from './beside-running.ts'
import { waitAsTold } from './carry-out.ts'
import { callOf } from './envelopes.ts'
import { callAt, type Surface } from './surfaces.ts'
import { sender } from './world.ts'
import type { Case } from './world.ts'

function assertLimitHeaders(refused: Answer): void {
  assert.match(header(refused, 'ratelimit') ?? '', /;r=0/)
  assert.match(header(refused, 'ratelimit-policy') ?? '', /^"key-/)
}

/** Refusals by limits, mended by waiting. */
export const LIMIT_CASES: Record<string, Case> = {
  async rate_limited(world) {
    const customer = await world.gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'second' }] })
    const again = sender(world, customer)
    const served: Answer[] = []
    const refusedAmong = async (call: () => Promise<Answer>): Promise<Answer> => {
      const answers = await Promise.all(Array.from({ length: 8 }, call))
      served.push(...answers.filter(({ status }) => status === 200))
      return answers.find(({ status }) => status === 429) ?? assert.fail('eight at once are more than one a second')
    }
    const refused = await refusedAmong(again)
    assert.deepEqual((json(refused)['limit'] as Record<string, unknown>)['kind'], 'rate')
    assertLimitHeaders(refused)
    return {
      answer: refused,
      customer,
      served,
      repeat: (surface) => refusedAmong(() => callAt(world.gateway, surface, callOf({ customer }))),
      explained: async (surface) => {
        const slow = await world.gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'minute' }] })
        assert.equal((await sender(world, slow)()).status, 200)
        const explained = await callAt(world.gateway, surface, callOf({ customer: slow }))
        return { explained, refused: await sender(world, slow)() }
      },
      mend: () => waitAsTold(refused).then(again),
    }
  },

  async concurrency_limited(world) {
    const customer = await world.gateway.customer('1.00', { limits: [{ kind: 'concurrency', amount: 1 }] })
    const { refused, served, repeat } = await besideRunning(world, customer)
    assertLimitHeaders(refused)
    const explained = (surface: Surface) => repeat(surface).then((found) => ({ explained: found, refused }))
    return { answer: refused, customer, served, repeat, explained, mend: () => waitAsTold(refused).then(sender(world, customer)) }
  },
}
