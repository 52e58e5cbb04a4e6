import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Said } from './support.ts'

interface Shown {
  id: string
  state: string
  approval: string
}

/** How the tests of the commands run a command line. */
interface Lines {
  does: (...args: string[]) => Promise<Said>
  runs: (...args: string[]) => Promise<Said>
  answered: <T>(...args: string[]) => Promise<T>
}

/** The commands that sell plans, run one after the other. */
export function plansAndSubscriptions({ does, runs, answered }: Lines): void {
  describe('plans and subscriptions', () => {
    test('a plan is made and listed, with all that it can say', async () => {
      await does('org', 'create', 'planned')
      await does('grant', 'planned', '5')
      const said = await does('plan', 'create', 'team', '--price', '1.00', '--model', 'demo', '--quota', 'requests:demo:100:1.5')
      assert.match(said.stdout, /^team v1: 1\.00 each month\./)
      const more = [
        '--trial-days',
        '3',
        '--grace-days',
        '1',
        '--credit',
        '2',
        '--price-factor',
        '0.5',
        '--exclusive',
        '--unlisted',
        '--feature',
        'chat',
        '--override',
        'rare-1=2',
      ]
      await does('plan', 'create', 'rare', '--price', '9', '--period', 'year', '--model', 'rare-*', ...more)
      await does('plan', 'create', 'asking', '--period', 'free', '--model', 'demo', '--approval')
      assert.match((await does('plan', 'list')).stdout, /team +1 +1\.00 +month +demo +100 requests of demo/)
      for (const wrong of [
        ['--period', 'never'],
        ['--quota', 'requests:100'],
        ['--feature', 'singing'],
        ['--override', 'demo'],
      ]) {
        assert.equal((await runs('plan', 'create', 'wrong', ...wrong)).code, 2, wrong.join(' '))
      }
    })

    test('a subscription goes through its life', async () => {
      const { id } = await answered<Shown>('subscription', 'create', 'planned', 'team', '--once')
      assert.match((await does('subscription', 'list', 'planned')).stdout, /team v1 +active/)
      assert.match((await does('subscription', 'change', id, 'rare', '--preview')).stdout, /to rare v1 would cost 8\./)
      assert.match((await does('subscription', 'change', id, 'team')).stdout, /to team v1 cost 0\.00 now/)
      for (const [event, state] of [
        ['pause', 'paused'],
        ['resume', 'active'],
        ['cancel', 'active'],
        ['renew', 'active'],
      ] as const) {
        assert.equal((await answered<Shown>('subscription', event, id)).state, state, event)
      }
      assert.match((await does('subscription', 'cancel', id, '--now')).stdout, /is cancelled/)
      const elsewhere = ['--once', '--started', '2026-01-01', '--paid-until', '2026-01-31']
      assert.match((await does('subscription', 'create', 'planned', 'team', ...elsewhere)).stdout, /team v1 is expired/)
    })

    test('an approval is given, refused and taken back', async () => {
      const { id } = await answered<Shown>('subscription', 'create', 'planned', 'asking', '--reason', 'research')
      for (const [decision, approval] of [
        ['reject', 'rejected'],
        ['reapply', 'pending'],
        ['approve', 'approved'],
        ['revoke', 'revoked'],
      ] as const) {
        assert.equal((await answered<Shown>('subscription', decision, id, '--reason', 'because')).approval, approval, decision)
      }
    })
  })
}
