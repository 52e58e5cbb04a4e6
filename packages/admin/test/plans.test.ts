import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

const PLAN = { name: 'pro', price: '3.00', period: 'month', models: ['gpt-*'] }

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(`plans and subscriptions on ${kind}`, () => {
    let api: Harness
    let tenant: Tenant
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
      await post('/api/plans', PLAN)
    })
    after(() => api?.close())

    const call = (method: string, path: string, body?: unknown, token?: string) =>
      api.call(method, path, { ...(body === undefined ? {} : { body }), ...(token === undefined ? {} : { token }) })

    async function post(path: string, body: unknown) {
      const answer = await call('POST', path, body)
      assert.equal(answer.status, 201, answer.text)
      return answer.body
    }
    const subscribe = (body: Record<string, unknown>) => post(`/api/organizations/${tenant.organization}/subscriptions`, body)
    const event = (id: unknown, body: unknown) => post(`/api/subscriptions/${String(id)}/events`, body)
    const available = async () => (await call('GET', `/api/organizations/${tenant.organization}/balance`)).body.available

    it('a plan has versions that never change, and a subscriber stays on the one bought', async () => {
      const made = await subscribe({ plan: 'pro' })
      assert.deepEqual([made.version, made.state, made.periods], [1, 'active', 1])
      assert.equal(await available(), '6.00', '10.00, a request for 1.00, a period for 3.00')
      const second = await post('/api/plans', { ...PLAN, price: '4.00' })
      assert.equal(second.version, 2)
      const shown = await call('GET', `/api/subscriptions/${String(made.id)}`)
      assert.equal(shown.body.version, 1)
      const versions = (await call('GET', '/api/plans/pro')).body.data as { version: number; price: string }[]
      assert.deepEqual(
        versions.map(({ version, price }) => [version, price]),
        [
          [2, '4.00'],
          [1, '3.00'],
        ],
      )
      await event(made.id, { event: 'cancel', at: 'now' })
    })

    it('a change is previewed, paid to the second, and made', async () => {
      const had = await available()
      const made = await subscribe({ plan: 'pro' })
      await post('/api/plans', { ...PLAN, name: 'max', price: '34.00' })
      const path = `/api/subscriptions/${String(made.id)}/plan`
      const preview = await post(path, { plan: 'max', preview: true })
      assert.equal((preview.preview as Record<string, unknown>).due, '30.00')
      assert.equal((preview.subscription as Record<string, unknown>).plan, 'pro')
      const short = await call('POST', path, { plan: 'max' })
      assert.deepEqual([short.status, short.body.code], [402, 'insufficient_balance'])
      await post(`/api/organizations/${tenant.organization}/grants`, { amount: '30.00', reason: 'top up' })
      const changed = await post(path, { plan: 'max' })
      assert.deepEqual(
        [(changed.subscription as Record<string, unknown>).plan, (changed.subscription as Record<string, unknown>).state],
        ['max', 'active'],
      )
      assert.equal(await available(), (Number(had) - 4).toFixed(2))
      const back = await post(path, { plan: 'own-plan' })
      assert.equal((back.preview as Record<string, unknown>).due, '-34.00')
      await event(made.id, { event: 'cancel', at: 'now' })
    })

    it('a change of plan moves the quotas of the running period', async () => {
      const quotas = (limit: number) => [{ counts: 'requests', models: '*', limit }]
      await post('/api/plans', { name: 'few', price: '0', period: 'free', models: ['*'], quotas: quotas(5) })
      await post('/api/plans', { name: 'many', price: '0', period: 'free', models: ['*'], quotas: quotas(50) })
      const made = await subscribe({ plan: 'few' })
      await post(`/api/subscriptions/${String(made.id)}/plan`, { plan: 'many' })
      const account = await api.store.read
        .selectFrom('accounts')
        .select(['granted', 'unit'])
        .where('id', 'like', `quota:${String(made.id)}:%`)
        .executeTakeFirst()
      assert.deepEqual(account, { granted: 50n, unit: 'quota:requests' })
      await event(made.id, { event: 'cancel', at: 'now' })
    })

    it('an approval is asked for with a reason, decided, asked for again, and revoked', async () => {
      const path = `/api/organizations/${tenant.organization}/subscriptions`
      const silent = await call('POST', path, { plan: 'asking-plan' })
      assert.deepEqual([silent.status, silent.body.pointer], [400, '/reason'])
      const { id, blocker } = await subscribe({ plan: 'asking-plan', reason: 'why' })
      assert.equal(blocker, 'approval_pending')
      const decide = (body: unknown) => call('POST', `/api/subscriptions/${String(id)}/decision`, body)
      assert.equal((await decide({ decision: 'reject' })).status, 400, 'a rejection has a reason')
      assert.equal((await decide({ decision: 'reject', reason: 'no' })).body.blocker, 'approval_rejected')
      assert.equal((await decide({ decision: 'approve' })).status, 409)
      assert.equal((await event(id, { event: 'reapply', reason: 'please' })).blocker, 'approval_pending')
      assert.equal((await decide({ decision: 'approve' })).body.state, 'active')
      assert.equal((await decide({ decision: 'revoke', reason: 'misuse' })).body.blocker, 'approval_rejected')
      const bound = await mintToken(api, ['subscriptions:read', 'subscriptions:write'], tenant.organization)
      const own = await call('POST', `/api/subscriptions/${String(id)}/decision`, { decision: 'approve' }, bound)
      assert.equal(own.status, 403, 'nobody approves their own')
    })

    it('what a bound token cannot say: a plan that is not listed, and history elsewhere', async () => {
      await post('/api/plans', { ...PLAN, name: 'hidden', listed: false })
      const bound = await mintToken(api, ['subscriptions:write'], tenant.organization)
      const path = `/api/organizations/${tenant.organization}/subscriptions`
      assert.equal((await call('POST', path, { plan: 'hidden' }, bound)).status, 404)
      const told = await call('POST', path, { plan: 'pro', paidUntil: '2030-01-01T00:00:00Z' }, bound)
      assert.deepEqual([told.status, told.body.pointer], [400, '/paidUntil'])
    })

    it('cancel, renew, pause and resume, each once and only where they can happen', async () => {
      const { id } = await subscribe({ plan: 'own-plan' })
      assert.equal((await event(id, { event: 'pause' })).state, 'paused')
      assert.equal((await call('POST', `/api/subscriptions/${String(id)}/events`, { event: 'pause' })).status, 409)
      assert.equal((await event(id, { event: 'resume' })).state, 'active')
      const ending = await event(id, { event: 'cancel' })
      assert.deepEqual([ending.state, ending.cancelAt], ['active', ending.paidUntil])
      assert.equal((await event(id, { event: 'renew' })).cancelAt, null)
      assert.equal((await event(id, { event: 'cancel', at: 'now' })).state, 'cancelled')
      assert.equal((await event(id, { event: 'renew' })).state, 'active')
    })

    it('what is sent twice with one idempotency key makes one subscription', async () => {
      const path = `/api/organizations/${tenant.organization}/subscriptions`
      const send = () => api.call('POST', path, { body: { plan: 'own-plan' }, idempotencyKey: 'twice' })
      const [first, second] = [await send(), await send()]
      assert.deepEqual([first.status, second.status, first.body.id], [201, 201, second.body.id])
    })

    it('a free plan has no price, and no other is free', async () => {
      for (const body of [
        { ...PLAN, price: '0' },
        { ...PLAN, period: 'free' },
      ]) {
        const refused = await call('POST', '/api/plans', body)
        assert.deepEqual([refused.status, refused.body.pointer], [400, '/price'])
      }
    })

    it('verifies after all of it', async () => {
      assert.deepEqual((await api.store.verify()).violations, [])
    })
  })
}
