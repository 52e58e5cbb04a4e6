import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startHarness } from '../../admin/test/support/harness.ts'
import { KINDS, skipOf, type Kind } from '../../store/test/databases.ts'
import { eventually } from '../../../tests/support/wait.ts'
import { Renewals } from '../src/plans/renewals.ts'

const DAY = 86_400_000

async function world(context: TestContext, kind: Kind) {
  const api = await startHarness(kind)
  context.after(() => api.close())
  // Credit that was granted is there from the database's own time on.
  if (kind === 'postgres') api.clock.time = Date.now()
  const post = async (path: string, body: unknown) => {
    const answer = await api.call('POST', path, { body })
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const organization = String((await post('/api/organizations', { name: 'Acme' }))['id'])
  await post(`/api/organizations/${organization}/webhooks`, { url: 'https://receiver.example/hook', events: ['subscription.changed'] })
  return {
    api,
    post,
    organization,
    grant: (amount: string) => post(`/api/organizations/${organization}/grants`, { amount, reason: 'r' }),
    plan: (name: string, more: object) =>
      post('/api/plans', { name, price: '1.00', period: 'month', models: ['*'], graceDays: 3, ...more }),
    subscribe: async (plan: string, more: object = {}) =>
      String((await post(`/api/organizations/${organization}/subscriptions`, { plan, ...more }))['id']),
    /** Several processes that renew, until all of them have looked. */
    async renewed(processes = 2): Promise<void> {
      const log = { warn: (facts: object) => assert.fail(JSON.stringify(facts)), info: () => undefined }
      const all = Array.from({ length: processes }, () => new Renewals({ ...api.deps, log }))
      await eventually(async () => assert.deepEqual(await api.deps.store.read.subscriptions.toTurn(api.clock.now(), 9), []))
      await pause(50)
      await Promise.all(all.map((one) => one.close()))
    },
    /** What was told since the last look: state, blocker, approval, plan. */
    async told(): Promise<string[]> {
      const rows = await api.store.read
        .selectFrom('webhook_deliveries')
        .select('body')
        .where('state', '=', 'pending')
        .orderBy('event_id')
        .execute()
      await api.store.write(async (trx) => void (await trx.updateTable('webhook_deliveries').set({ state: 'delivered' }).execute()))
      return rows.map(({ body }) => {
        const { data } = JSON.parse(body) as { data: Record<string, unknown> }
        assert.equal(data['organization'], organization)
        return [data['state'], data['blocker'], data['approval'], `${String(data['plan'])} v${String(data['version'])}`]
          .filter((part) => part !== null && part !== 'none')
          .join(' ')
      })
    },
  }
}

for (const kind of KINDS) {
  describe(`subscription.changed, on ${kind}`, { skip: skipOf(kind) }, () => {
    it('tells of what somebody does: state, plan and approval; and of nothing else', async (context) => {
      const { api, grant, plan, subscribe, post, told } = await world(context, kind)
      // What happens later has a later id.
      api.clock.now = () => api.clock.time++
      await grant('20.00')
      await plan('pro', {})
      await plan('big', { price: '2.00' })
      await plan('asking', { price: '0', period: 'free', approval: true })
      const id = await subscribe('pro')
      assert.deepEqual(await told(), ['incomplete subscription_incomplete pro v1', 'active pro v1'])
      await post(`/api/subscriptions/${id}/events`, { event: 'pause' })
      await post(`/api/subscriptions/${id}/events`, { event: 'resume' })
      assert.deepEqual(await told(), ['paused subscription_paused pro v1', 'active pro v1'])
      await post(`/api/subscriptions/${id}/plan`, { plan: 'big' })
      assert.deepEqual(await told(), ['active big v1'])
      await post(`/api/subscriptions/${id}/events`, { event: 'cancel' })
      assert.deepEqual(await told(), [], 'until the end of its period it is as it was')
      const asked = await subscribe('asking', { reason: 'r' })
      await post(`/api/subscriptions/${asked}/decision`, { decision: 'approve' })
      assert.deepEqual(await told(), ['incomplete approval_pending pending asking v1', 'active approved asking v1'])
    })

    it('tells once, however many processes look, of what comes by the passing of time', async (context) => {
      const { api, plan, subscribe, renewed, told } = await world(context, kind)
      await plan('pro', { trialDays: 14 })
      await subscribe('pro')
      assert.deepEqual(await told(), ['trialing pro v1'])
      await renewed()
      assert.deepEqual(await told(), [])
      api.clock.time += 14 * DAY
      await renewed(4)
      assert.deepEqual(await told(), ['expired trial_ended pro v1'])
      await renewed()
      assert.deepEqual(await told(), [])
    })

    it('tells of grace and of its end, and not of a renewal that was paid', async (context) => {
      const { api, grant, plan, subscribe, renewed, told } = await world(context, kind)
      await grant('2.50')
      await plan('pro', {})
      await subscribe('pro')
      await told()
      api.clock.time += 31 * DAY
      await renewed()
      assert.deepEqual(await told(), [], 'the second period is paid')
      api.clock.time += 31 * DAY
      await renewed(3)
      assert.deepEqual(await told(), ['past_due pro v1'])
      api.clock.time += 4 * DAY
      await renewed(3)
      assert.deepEqual(await told(), ['past_due subscription_past_due pro v1'])
      api.clock.time += 31 * DAY
      await renewed()
      assert.deepEqual(await told(), ['unpaid subscription_unpaid pro v1'])
    })

    it('tells when a cancelled one ends', async (context) => {
      const { api, plan, subscribe, post, renewed, told, grant } = await world(context, kind)
      await grant('2.00')
      await plan('pro', {})
      const id = await subscribe('pro')
      await post(`/api/subscriptions/${id}/events`, { event: 'cancel' })
      await told()
      api.clock.time += 31 * DAY
      await renewed(3)
      assert.deepEqual(await told(), ['cancelled subscription_cancelled pro v1'])
    })
  })
}
