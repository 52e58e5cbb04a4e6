import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { charge, createTenant, recordOf, type Tenant } from './support/world.ts'

interface Group {
  requests: number
  cost: string
  [member: string]: unknown
}

for (const kind of KINDS) {
  describe(`records on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let one: Tenant
    let two: Tenant
    before(async () => {
      api = await startHarness(kind)
      one = await createTenant(api, 'one')
      two = await createTenant(api, 'two')
      const { organization, application, key } = one
      api.store.records.request(
        recordOf({
          id: 'req_x1',
          organization,
          application,
          key,
          at: api.clock.now() + 86_400_000,
          model: 'other',
          cost: 500_000_000n,
          providerCost: null,
        }),
      )
      const attempts = [
        {
          provider: 'first',
          model: 'm',
          status: 500,
          outcome: 'failed' as const,
          error: 'provider_error' as const,
          buckets: {},
          latencyMs: 1,
          ttftMs: null,
        },
        {
          provider: 'second',
          model: 'm',
          status: 200,
          outcome: 'served' as const,
          error: null,
          buckets: { input: 1 },
          latencyMs: 1,
          ttftMs: 1,
        },
      ]
      api.store.records.request(
        recordOf({ id: 'req_x2', organization, application, key, at: api.clock.now(), user: 'bob', cost: 0n, attempts }),
      )
    })
    after(() => api.close())

    const usage = async (query: string) => (await api.call('GET', `/api/usage?${query}`)).body

    it('adds up usage: requests, buckets, cost, provider cost', async () => {
      const total = await usage('')
      assert.deepEqual(total, { currency: 'USD', requests: 4, buckets: { input: 31, output: 15 }, cost: '2.50', providerCost: '1.20' })
    })

    it('filters usage by each of its filters', async () => {
      for (const [query, requests] of [
        [`organization=${one.organization}`, 3],
        [`application=${two.application}`, 1],
        [`key=${one.key}`, 3],
        ['model=other', 1],
        ['user=bob', 1],
        [`to=${new Date(api.clock.now() + 1).toISOString()}`, 3],
        ['from=2026-11-23', 1],
        ['from=2026-12-01&organization=', 0],
      ] as const) {
        assert.equal((await usage(query)).requests, requests, query)
      }
      assert.equal((await api.call('GET', '/api/usage?organisation=x')).status, 400)
      assert.equal((await api.call('GET', '/api/usage?groupBy=colour')).status, 400)
    })

    it('groups usage by organization, application, key, model, provider, user and day', async () => {
      const groups = async (by: string) =>
        ((await usage(`groupBy=${by}`)).groups as Group[]).map((group) => [group[by.split(',')[0] ?? ''], group.requests])
      assert.deepEqual(
        new Map((await groups('organization')) as [string, number][]),
        new Map([
          [one.organization, 3],
          [two.organization, 1],
        ]),
      )
      assert.equal((await groups('application')).length, 2)
      assert.equal((await groups('key')).length, 2)
      assert.deepEqual(await groups('model'), [
        ['file-model', 3],
        ['other', 1],
      ])
      assert.deepEqual(await groups('provider'), [
        ['file-provider', 3],
        ['second', 1],
      ])
      assert.deepEqual(await groups('user'), [
        ['ann', 3],
        ['bob', 1],
      ])
      assert.deepEqual(await groups('day'), [
        ['2026-11-22', 3],
        ['2026-11-23', 1],
      ])
      assert.equal((await groups('day,model')).length, 2)
    })

    it('pages and filters requests', async () => {
      const first = await api.call('GET', '/api/requests?limit=3')
      assert.equal((first.body.data as unknown[]).length, 3)
      const second = await api.call('GET', `/api/requests?limit=3&cursor=${String(first.body.next)}`)
      assert.equal((second.body.data as unknown[]).length, 1)
      assert.equal(second.body.next, null)
      assert.deepEqual(
        ((await api.call('GET', '/api/requests?user=bob')).body.data as { id: string }[]).map(({ id }) => id),
        ['req_x2'],
      )
    })

    it('shows a request with its attempts', async () => {
      const { body } = await api.call('GET', '/api/requests/req_x2')
      assert.deepEqual([body.outcome, body.cost, body.delivery, body.user], ['served', '0.00', 'confirmed', 'bob'])
      assert.deepEqual(
        (body.attempts as { provider: string }[]).map(({ provider }) => provider),
        ['first', 'second'],
      )
    })

    it('shows a request that was recorded a moment ago', async () => {
      api.store.records.request(recordOf({ id: 'req_now', at: api.clock.now(), organization: one.organization, cost: 0n, model: 'now' }))
      assert.equal((await api.call('GET', '/api/requests/req_now')).status, 200)
      await api.store.write(async (trx) => void (await trx.deleteFrom('requests').where('id', '=', 'req_now').execute()))
    })

    it('M24: shows what the ledger knows of a request whose record was lost, as unconfirmed', async () => {
      const memo = { organization: one.organization, application: one.application, key: one.key, model: 'file-model' }
      await charge(api, one.organization, 'req_lost', 250_000_000n, memo)
      const { status, body } = await api.call('GET', '/api/requests/req_lost')
      assert.equal(status, 200)
      assert.deepEqual([body.cost, body.delivery, body.model, body.key], ['0.25', 'unconfirmed', 'file-model', one.key])
      const diagnosis = await api.call('GET', '/api/diagnose/req_lost')
      assert.match(diagnosis.text, /The record was lost/)
    })

    it('lists, counts and shows refusals', async () => {
      const { body } = await api.call('GET', `/api/denials?code=insufficient_balance&key=${one.key}`)
      assert.deepEqual(
        (body.data as { id: string; detail: string }[]).map(({ id, detail }) => [id, detail]),
        [[one.denial, 'too little']],
      )
      const grouped = await api.call('GET', '/api/denials?groupBy=code,day')
      assert.deepEqual(grouped.body.groups, [{ code: 'insufficient_balance', day: '2026-11-22', count: 2 }])
      const decision = await api.call('GET', `/api/denials/${one.denial}`)
      assert.deepEqual(decision.body.trace, [{ check: 'reserve', result: 'denied' }])
    })

    it('diagnoses a refusal in six steps, each ok, failed or unknown, with the fix', async () => {
      for (const id of [one.denial, 'req_one_refused']) {
        const { body } = await api.call('GET', `/api/diagnose/${id}`)
        const steps = body.steps as { step: string; result: string; fix: string | null; detail: string }[]
        assert.deepEqual(
          steps.map(({ step, result }) => [step, result]),
          [
            ['billing', 'failed'],
            ['subscription', 'unknown'],
            ['permissions', 'ok'],
            ['configuration', 'unknown'],
            ['rate_limits', 'ok'],
            ['logs_and_usage', 'unknown'],
          ],
        )
        assert.equal(steps[0]?.fix, `faregate grant ${one.organization} 5.00`)
        assert.equal(body.code, 'insufficient_balance')
      }
    })

    it('diagnoses a served request as ok', async () => {
      const { body } = await api.call('GET', `/api/diagnose/${one.request}`)
      const results = new Map((body.steps as { step: string; result: string }[]).map(({ step, result }) => [step, result]))
      assert.deepEqual(
        [results.get('billing'), results.get('permissions'), results.get('configuration'), results.get('logs_and_usage')],
        ['ok', 'ok', 'ok', 'ok'],
      )
      assert.equal(body.code, null)
    })
  })
}
