import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Said } from './support.ts'

interface Shown {
  id: string
  state: string
  approval: string
}

/** How the tests of the commands run a command line. */
export interface Lines {
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

    test('what an organization sells is made for it', async () => {
      const { organization } = await answered<{ organization: string }>(
        'api',
        'add',
        'owned',
        'https://x.example',
        '--route',
        'GET / free',
        '--org',
        'planned',
      )
      await does('plan', 'create', 'owned', '--period', 'free', '--api', 'owned', '--org', 'planned')
      assert.match((await does('plan', 'list')).stdout, new RegExp(`owned +1 +${organization} +0`))
    })

    test('an approval is given, refused and taken back', async () => {
      assert.match((await does('plan', 'subscriptions', 'asking')).stdout, /Nobody has subscribed/)
      const { id } = await answered<Shown>('subscription', 'create', 'planned', 'asking', '--reason', 'research')
      assert.match((await does('plan', 'subscriptions', 'asking')).stdout, new RegExp(`${id} +org_\\w+ +v1 +incomplete +pending +research`))
      for (const [decision, approval] of [
        ['reject', 'rejected'],
        ['reapply', 'pending'],
        ['approve', 'approved'],
        ['revoke', 'revoked'],
      ] as const) {
        assert.equal((await answered<Shown>('subscription', decision, id, '--reason', 'because')).approval, approval, decision)
      }
    })

    test('end users and tags get caps of their own, which are listed and taken away', async () => {
      assert.match((await does('cap', 'set', 'planned', '--user', 'ann', '--cap', '1.00/day')).stdout, /^The user ann: 1\.00\/day\./)
      await does('cap', 'set', 'planned', '--tag', 'blue', '--cap', '2.00/month')
      assert.match((await does('cap', 'list', 'planned')).stdout, /user +ann +1\.00\/day\ntag +blue +2\.00\/month/)
      await does('cap', 'delete', 'planned', '--tag', 'blue')
      assert.doesNotMatch((await does('cap', 'list', 'planned')).stdout, /blue/)
      for (const wrong of [
        ['--user', 'ann', '--tag', 'blue', '--cap', '1/day'],
        ['--cap', '1/day'],
        ['--user', 'ann'],
      ]) {
        assert.equal((await runs('cap', 'set', 'planned', ...wrong)).code, 2, wrong.join(' '))
      }
    })

    test('more is asked for, shown, approved and rejected', async () => {
      const { id } = await answered<Shown>(
        'limit-request',
        'create',
        'planned',
        '--cap',
        'user:ann',
        '--value',
        '3.00',
        '--reason',
        'launch',
      )
      assert.match((await does('limit-request', 'list', 'planned')).stdout, /the spend cap of the end user "ann" +open +1\.00 +3\.00/)
      assert.match((await does('limit-request', 'show', id)).stdout, /in force +1\.00 USD a day\nasked for +3\.00 USD a day\nwhy +launch/)
      assert.match((await does('limit-request', 'approve', id, '--value', '2.00')).stdout, /is approved: .* is 2\.00 USD a day now\./)
      await does(
        'plan',
        'create',
        'limited',
        '--period',
        'free',
        '--model',
        'none',
        '--quota',
        'requests:none:5',
        '--limit',
        'requests=5/day',
      )
      assert.match((await does('plan', 'list')).stdout, /limited .* 5 requests of none +5 requests a day/)
      const { id: subscription } = await answered<Shown>('subscription', 'create', 'planned', 'limited')
      for (const of of [
        ['--quota', `${subscription}:requests:none`],
        ['--limit', `plan:requests-day:${subscription}`],
      ]) {
        const asked = await answered<Shown>('limit-request', 'create', 'planned', ...of, '--value', '9', '--reason', 'more')
        assert.match((await does('limit-request', 'reject', asked.id, '--reason', 'later')).stdout, /is rejected: .* stays as it is\./)
      }
      assert.equal((await runs('limit-request', 'reject', id)).code, 2)
      assert.equal((await runs('limit-request', 'list', 'planned', '--state', 'lost')).code, 2)
    })
  })
}
