import assert from 'node:assert/strict'
import { answer, usage } from '../support/behaviours.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { eventually, gate, pause } from '../support/wait.ts'
import { fixesOf, sender } from './world.ts'
import type { Case } from './world.ts'

/** Waits for as long as the answer says, as the first fix asks, and says what it must. */
async function waitAsTold(refused: Answer): Promise<void> {
  const [wait] = fixesOf(refused)
  assert.equal(wait?.kind, 'wait')
  const seconds = Number(header(refused, 'retry-after'))
  assert.ok(seconds >= 1 && seconds <= 60, String(seconds))
  assert.match(header(refused, 'ratelimit') ?? '', /;r=0/)
  assert.match(header(refused, 'ratelimit-policy') ?? '', /^"key-/)
  await pause(seconds * 1_000)
}

/** Refusals by limits, mended by waiting. */
export const LIMIT_CASES: Record<string, Case> = {
  async rate_limited(world) {
    const customer = await world.gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'second' }] })
    const again = sender(world, customer)
    const answers = await Promise.all(Array.from({ length: 8 }, again))
    const refused = answers.find(({ status }) => status === 429)
    assert.ok(refused, 'eight at once are more than one a second')
    assert.deepEqual((json(refused)['limit'] as Record<string, unknown>)['kind'], 'rate')
    return {
      answer: refused,
      customer,
      delivered: true,
      mend: async () => {
        await waitAsTold(refused)
        return again()
      },
    }
  },

  async concurrency_limited(world) {
    const customer = await world.gateway.customer('1.00', { limits: [{ kind: 'concurrency', amount: 1 }] })
    const release = gate()
    world.upstream.on('plain', answer(usage(0, 1), { after: release.promise }), answer(usage(0, 1)))
    const again = sender(world, customer)
    const running = again()
    const refused = await eventually(async () => {
      const result = await again()
      assert.equal(result.status, 429, result.text)
      return result
    })
    return {
      answer: refused,
      customer,
      delivered: true,
      mend: async () => {
        release.open()
        await running
        await waitAsTold(refused)
        return again()
      },
    }
  },
}
