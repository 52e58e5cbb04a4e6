import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { resetBeforeHead } from '../support/faults.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer } from '../support/gateway.ts'
import { json, send, type Answer } from '../support/http.ts'
import { answer, usage } from '../support/behaviours.ts'
import { say } from '../support/config.ts'
import { admitted, CALLED, FROM_BALANCE, identified, NO_LIMIT, permitted, VERSION, walletOf, type Row } from './trace-rows.ts'
import { BODY, codeOf, COARSE, getter, startWorld, type World } from './world.ts'

for (const { name, skip, block } of ENGINES)
  describe(
    `on ${name}, the trace of a refusal has every check in order, and what it compared`,
    { skip },
    block((engine) => {
      let world: World
      const traces: string[] = []

      before(async () => {
        world = await startWorld(engine.options)
      })
      after(async () => {
        await world?.stop()
      })

      /** The trace of a refusal, looked up by the operator. */
      async function traceOf(code: string, refused: Answer): Promise<Row[]> {
        const id = /dn_\w+/.exec(refused.text)?.[0]
        const found = json(
          await send(`${world.gateway.url}/denials/${id}`, { headers: { authorization: `Bearer ${world.gateway.token}` } }),
        ) as { code: string; trace: { check: string; result: string; facts: Record<string, unknown> }[] }
        assert.equal(found.code, code, refused.text.slice(0, 600))
        traces.push(JSON.stringify(found.trace))
        return found.trace.map(({ check, result, facts }) => [check, result, facts])
      }

      /** Versions count every change of the world: that there is one is said. */
      async function assertTrace(code: string, refused: Answer, expected: Row[]): Promise<void> {
        const rows = (await traceOf(code, refused)).map(([check, result, facts]): Row => {
          const { version } = facts
          return [check, result, typeof version === 'number' && version > 0 ? { ...facts, version: VERSION } : facts]
        })
        assert.deepEqual(rows, expected)
      }

      /** The number of the last entry that touched an organization: tests run one after another, so that it is the ledger's last. */
      async function lastSeq({ organization }: Customer): Promise<string> {
        const path = `/api/ledger/entries?organization=${organization}&limit=100`
        const { data } = await world.gateway.api.expect<{ data: { seq: string }[] }>(200, 'GET', path)
        return data.map(({ seq }) => seq).reduce((last, seq) => (BigInt(seq) > BigInt(last) ? seq : last))
      }

      test('authentication: no further than the credential, or the state of the key', async () => {
        const unknown = await world.gateway.chat('fg_unknown', BODY)
        await assertTrace('credential_invalid', unknown, [CALLED, ['credential', 'denied', { code: 'credential_invalid' }]])
        const customer = await world.gateway.customer('1.00')
        await world.gateway.api.call('PATCH', `/api/keys/${customer.keyId}`, { enabled: false })
        const [credential] = identified(customer)
        assert.ok(credential)
        await assertTrace('key_disabled', await world.gateway.chat(customer.key, BODY), [
          CALLED,
          credential,
          ['key', 'denied', { code: 'key_disabled', state: 'disabled', expiresAt: null }],
        ])
      })

      test('request and configuration: which member is wrong, and what is not configured', async () => {
        const customer = await world.gateway.customer('1.00')
        const invalid = await world.gateway.chat(customer.key, { ...BODY, max_tokens: 'ten' })
        await assertTrace('request_invalid', invalid, [
          CALLED,
          ...identified(customer),
          ['request', 'denied', { code: 'request_invalid', pointer: '/max_tokens' }],
        ])
        await assertTrace('gateway_misconfigured', await world.gateway.chat(customer.key, { ...BODY, model: 'orphan' }), [
          CALLED,
          ...identified(customer),
          ['request', 'ok', { model: 'orphan', stream: false, outputLimit: 10 }],
          ['configuration', 'denied', { code: 'gateway_misconfigured' }],
        ])
      })

      test('permission: each of its checks by itself, and the balance that would have refused next', async () => {
        const customer = await world.gateway.customer('0.004', { models: ['other'], scopes: ['models', 'key'], addresses: ['127.0.0.0/8'] })
        const [standing] = permitted(customer, 'plain')
        assert.ok(standing)
        await assertTrace('permission_denied', await world.gateway.chat(customer.key, BODY), [
          ...admitted(customer).slice(0, -4),
          standing,
          ['scope', 'ok', { required: 'models', granted: ['models', 'key'] }],
          ['address', 'ok', { required: '127.0.0.1', granted: ['127.0.0.0/8'] }],
          ['model', 'denied', { code: 'permission_denied', required: 'plain', granted: ['other'] }],
          [
            'balance',
            'denied',
            { code: 'insufficient_balance', ...walletOf(customer), required: '0.01', available: '0.004', held: '0.00', forecast: true },
          ],
        ])
      })

      test('subscription: sold by plan, to whoever has none', async () => {
        const { api } = world.gateway
        await api.expect(201, 'POST', '/api/models', { name: 'sold', deployments: [{ provider: 'fake', model: 'plain' }], ...COARSE })
        await api.expect(201, 'POST', '/api/plans', { name: 'sells', price: '0.10', period: 'month', models: ['sold'], exclusive: true })
        const customer = await world.gateway.customer('1.00')
        await assertTrace('subscription_required', await world.gateway.chat(customer.key, { ...BODY, model: 'sold' }), [
          ...admitted(customer, 'sold'),
          ['subscription', 'denied', { code: 'subscription_required' }],
        ])
      })

      test('quota, under its plan: what is left of it, beside the balance that would have done, as of an entry of the ledger', async () => {
        const { api } = world.gateway
        await api.expect(201, 'POST', '/api/models', { name: 'counted', deployments: [{ provider: 'fake', model: 'plain' }], ...COARSE })
        const quotas = [{ counts: 'requests', models: '*', limit: 1 }]
        await api.expect(201, 'POST', '/api/plans', { name: 'counts', price: '0', period: 'free', models: ['counted'], quotas })
        const customer = await world.gateway.customer('1.00')
        const subscribed = `/api/organizations/${customer.organization}/subscriptions`
        const { id } = await api.expect<{ id: string }>(201, 'POST', subscribed, { plan: 'counts' })
        const call = () => world.gateway.chat(customer.key, { ...BODY, model: 'counted' })
        assert.equal((await call()).status, 200)
        const refused = await call()
        const rows = await traceOf('quota_exhausted', refused)
        const [quota, balance] = rows.slice(-2)
        const { account, resetsAt, ...facts } = quota?.[2] ?? {}
        const seq = await lastSeq(customer)
        assert.deepEqual(rows.slice(-4, -2), [['subscription', 'ok', { plans: ['counts'], subscriptions: [id] }], NO_LIMIT])
        assert.match(String(account), new RegExp(`${id}.*@`))
        assert.ok(String(resetsAt) > new Date().toISOString())
        assert.deepEqual(
          [quota?.[0], quota?.[1], facts],
          ['quota', 'denied', { code: 'quota_exhausted', unit: 'quota:requests', required: '1', available: '0', held: '0', seq }],
        )
        const { available } = await api.balance(customer.organization)
        assert.deepEqual(balance, ['balance', 'ok', { ...walletOf(customer), required: '0.01', available, held: '0.00', seq }])
      })

      test('cap and balance: each with what it needed and what it had, as of an entry of the ledger', async () => {
        const { api } = world.gateway
        const customer = await world.gateway.customer('0.006', { cap: { amount: '0.004', period: 'total' } })
        await api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, { cap: { amount: '1.00', period: 'total' } })
        const refused = await world.gateway.chat(customer.key, BODY)
        const seq = String((await traceOf('cap_key', refused)).at(-1)?.[2]['seq'])
        assert.ok(BigInt(seq) >= BigInt(await lastSeq(customer)))
        const needed = { required: '0.01', held: '0.00', seq }
        await assertTrace('cap_key', refused, [
          ...admitted(customer),
          FROM_BALANCE,
          NO_LIMIT,
          [
            'cap',
            'denied',
            { code: 'cap_key', level: 'key', account: `cap:${customer.keyId}@total`, unit: 'cap:USD', ...needed, available: '0.004' },
          ],
          ['cap', 'ok', { level: 'org', account: `cap:org:${customer.organization}@total`, unit: 'cap:USD', ...needed, available: '1.00' }],
          ['balance', 'denied', { code: 'insufficient_balance', ...walletOf(customer), ...needed, available: '0.006' }],
        ])
      })

      test('rate limit: what it counts, how much it allows, and what was left', async () => {
        const customer = await world.gateway.customer('1.00', {
          limits: [
            { kind: 'requests', amount: 1, per: 'day' },
            { kind: 'tokens', amount: 90_000, per: 'day' },
          ],
        })
        const served = await world.gateway.chat(customer.key, BODY)
        assert.equal(served.status, 200)
        const rows = await traceOf('rate_limited', await world.gateway.chat(customer.key, BODY))
        const limit = { level: 'key', id: customer.keyId, per: 'day' }
        assert.deepEqual(
          rows.slice(-2).map(([check, result, { waitMs, remaining, required, ...facts }]) => {
            return [check, result, facts, typeof waitMs, remaining === 0, Number(required) > 0]
          }),
          [
            [
              'limit',
              'denied',
              { code: 'rate_limited', limit: 'key-requests-day', ...limit, kind: 'requests', amount: 1 },
              'number',
              true,
              true,
            ],
            ['limit', 'ok', { limit: 'key-tokens-day', ...limit, kind: 'tokens', amount: 90_000 }, 'undefined', false, true],
          ],
        )
        assert.deepEqual(rows.at(-3), FROM_BALANCE)
      })

      test('upstream: every attempt, after the hold that was taken for it, and that it was returned', async () => {
        const customer = await world.gateway.customer('1.00', { limits: [{ kind: 'concurrency', amount: 3 }] })
        world.upstream.on('plain', resetBeforeHead, resetBeforeHead, answer(usage(0, 5)))
        const refused = await world.gateway.chat(customer.key, BODY)
        world.upstream.on('plain', answer(usage(0, 5)))
        const rows = await traceOf('provider_error', refused)
        const at = rows.findIndex(([check]) => check === 'balance')
        const seq = rows[at]?.[2]['seq']
        const entry = await heldBy(refused)
        assert.equal(seq, entry)
        await assertTrace('provider_error', refused, [
          ...admitted(customer),
          FROM_BALANCE,
          [
            'limit',
            'ok',
            { limit: 'key-concurrency', level: 'key', id: customer.keyId, kind: 'concurrency', amount: 3, required: 1, remaining: 2 },
          ],
          ['balance', 'ok', { ...walletOf(customer), required: '0.01', seq }],
          ...rows.slice(at + 1, -1),
          ['settle', 'ok', { charged: '0.00' }],
        ])
        const attempts = rows.slice(at + 1, -1)
        assert.ok(attempts.length > 0)
        for (const attempt of attempts)
          assert.deepEqual(attempt, [
            'upstream',
            'denied',
            { code: 'provider_error', provider: 'fake', model: 'plain', status: null, outcome: 'failed' },
          ])
      })

      /** The number of the hold of a request. */
      async function heldBy(refused: Answer): Promise<string | undefined> {
        const { requestId } = json(refused) as { requestId: string }
        const path = `/api/ledger/entries?request=${requestId}`
        const { data } = await world.gateway.api.expect<{ data: { seq: string; kind: string }[] }>(200, 'GET', path)
        return data.find(({ kind }) => kind === 'hold')?.seq
      }

      test('in mid-stream: the balance that ended it, as of another entry than that of the first hold; what was delivered is charged', async () => {
        const customer = await world.gateway.customer('0.05')
        const refused = await world.gateway.chat(customer.key, { model: 'endless', max_tokens: 200, stream: true, messages: say() })
        const rows = await traceOf('stream_funds_exhausted', refused)
        const [held, upstream, short, settle] = rows.slice(-4)
        assert.deepEqual(held?.slice(0, 2), ['balance', 'ok'])
        assert.deepEqual(upstream, ['upstream', 'ok', { provider: 'fake', model: 'endless', status: 200, outcome: 'partial' }])
        const { required, available, seq, ...facts } = short?.[2] ?? {}
        assert.deepEqual([short?.[0], short?.[1]], ['balance', 'denied'])
        assert.deepEqual({ ...facts, held: 'some' }, { code: 'insufficient_balance', ...walletOf(customer), held: 'some' })
        assert.ok(Number(available) < Number(required) && BigInt(String(seq)) > BigInt(String(held?.[2]['seq'])))
        const { posted } = await world.gateway.api.balance(customer.organization)
        assert.deepEqual(settle, ['settle', 'ok', { charged: posted }])
      })

      test('a published API: its route, and every check of a call of it', async () => {
        const customer = await world.gateway.customer('0.004')
        const refused = await getter(world, customer)()
        const seq = await lastSeq(customer)
        await assertTrace('insufficient_balance', refused, [
          ['route', 'ok', { method: 'GET', path: '/weather/berlin' }],
          ...identified(customer),
          ['configuration', 'ok', { api: 'weather', route: 'GET /{city}', version: VERSION }],
          ['standing', 'ok', { organization: customer.organization, suspended: null }],
          ['scope', 'ok', { required: 'apis', granted: 'all' }],
          ['address', 'ok', { required: '127.0.0.1', granted: 'all' }],
          ['api', 'ok', { required: 'weather', granted: 'all' }],
          FROM_BALANCE,
          NO_LIMIT,
          [
            'balance',
            'denied',
            { code: 'insufficient_balance', ...walletOf(customer), required: '0.01', available: '0.004', held: '0.00', seq },
          ],
        ])
      })

      test('a published prompt: neither what it asks nor of whom', async () => {
        const customer = await world.gateway.customer('1.00')
        world.upstream.on('plain', resetBeforeHead, resetBeforeHead, answer(usage(0, 5)))
        const refused = await send(`${world.gateway.url}/greet`, { body: {}, headers: { authorization: `Bearer ${customer.key}` } })
        world.upstream.on('plain', answer(usage(0, 5)))
        const rows = await traceOf('provider_error', refused)
        assert.deepEqual(
          rows.map(([check]) => check).filter((check, index, all) => all.indexOf(check) === index),
          ['route', 'credential', 'key', 'request', 'configuration', 'standing', 'scope', 'address', 'api'].concat([
            'subscription',
            'limit',
            'balance',
            'upstream',
            'settle',
          ]),
        )
        assert.doesNotMatch(JSON.stringify(rows), /"plain"|"fake"/)
      })

      test('disclosure: the answer has it where the organization lets its callers have it, and the look-up by the key where amounts are told', async () => {
        const customer = await world.gateway.customer('0.004')
        for (const [disclosure, inAnswer, lookedUp] of [
          ['code', false, false],
          ['fixes', false, false],
          ['amounts', false, true],
          ['trace', true, true],
        ] as const) {
          await world.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, { disclosure })
          const refused = await world.gateway.chat(customer.key, BODY)
          assert.equal(codeOf(refused), 'insufficient_balance')
          const { trace, denialId } = json(refused) as { trace?: unknown[]; denialId: string }
          const own = await send(`${world.gateway.url}/denials/${denialId}`, { headers: { authorization: `Bearer ${customer.key}` } })
          const found = json(own)['trace'] as unknown[]
          assert.deepEqual([trace !== undefined, found.length > 0], [inAnswer, lookedUp], disclosure)
          if (inAnswer) assert.deepEqual(trace, found)
        }
      })

      test('none of them has a secret in it', () => {
        assert.ok(traces.length > 10)
        for (const secret of [/\bfg_/, /sk-upstream-test/, new RegExp(world.gateway.token)])
          for (const trace of traces) assert.doesNotMatch(trace, secret)
      })
    }),
  )
