import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { capOfKey } from '@faregate/core'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { charge, createTenant, hold, mintToken, type Tenant } from './support/world.ts'

for (const kind of KINDS) {
  describe(`money on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
    })
    after(() => api.close())

    const grant = (body: unknown, organization = tenant.organization) =>
      api.call('POST', `/api/organizations/${organization}/grants`, { body })
    const balance = async (organization = tenant.organization) => (await api.call('GET', `/api/organizations/${organization}/balance`)).body

    it('M1: refuses an amount that is a JSON number, zero, negative, too precise or no number, and says which member', async () => {
      const number = await grant({ amount: 5, reason: 'r' })
      assert.equal(number.status, 400)
      assert.equal(number.body.detail, '/amount: send "5.00" as a string')
      assert.equal(number.body.pointer, '/amount')
      for (const amount of ['0', '0.00', '-1', '1.0000000001', '1e3', '', ' 1', '1234567890']) {
        const answer = await grant({ amount, reason: 'r' })
        assert.equal(answer.status, 400, amount)
        assert.equal(answer.body.code, 'request_invalid')
        assert.equal(answer.body.pointer, '/amount')
      }
    })

    it('refuses unknown members by JSON pointer, missing ones, and bodies that are no JSON', async () => {
      const unknown = await grant({ amount: '1', reason: 'r', prioritiy: 1 })
      assert.equal(unknown.status, 400)
      assert.equal(unknown.body.pointer, '/prioritiy')
      assert.equal(unknown.body.detail, '/prioritiy: unknown member')
      const nested = await api.call('POST', `/api/applications/${tenant.application}/keys`, {
        body: { name: 'k', cap: { amount: '1', period: 'day', 'a/b': 1 } },
      })
      assert.equal(nested.body.pointer, '/cap/a~1b')
      const missing = await grant({ amount: '1' })
      assert.equal(missing.body.pointer, '/reason')
      const url = `/api/organizations/${tenant.organization}/grants`
      const broken = await api.app.inject({ method: 'POST', url, headers: { authorization: 'Bearer fgo_operator' }, payload: '{"amount"' })
      assert.equal(broken.statusCode, 400)
      assert.match(broken.body, /request_invalid/)
      const large = await api.app.inject({
        method: 'POST',
        url,
        headers: { authorization: 'Bearer fgo_operator' },
        payload: 'x'.repeat(2_000_000),
      })
      assert.equal(large.statusCode, 413)
    })

    it('M2: shows a balance whose members add up, held money included', async () => {
      assert.deepEqual(await balance(), {
        currency: 'USD',
        granted: '10.00',
        expired: '0.00',
        posted: '1.00',
        held: '0.00',
        available: '9.00',
        overdraft: '0.00',
        mode: 'prepaid',
        creditLimit: '0.00',
        spendable: '9.00',
      })
      await hold(api, tenant.organization, 'req_running', 2_000_000_000n)
      const { held, available } = await balance()
      assert.deepEqual({ held, available }, { held: '2.00', available: '7.00' })
      await api.deps.ledger.submit({
        type: 'settle',
        request: 'req_running',
        slices: 1,
        cost: 0n,
        instance: api.store.instance.epoch,
        memo: '{}',
      })
    })

    it('M7: counts a grant as expired from its moment on, although nothing swept it', async () => {
      const other = await createTenant(api, `expiring_${kind}`)
      // On PostgreSQL the ledger's time is the database's; the balance is read at the gateway's.
      const expiresAt = new Date(Math.max(api.clock.now(), Date.now()) + 60_000)
      await grant({ amount: '3.00', reason: 'promotion', expiresAt: expiresAt.toISOString() }, other.organization)
      assert.equal((await balance(other.organization)).available, '12.00')
      const { time } = api.clock
      api.clock.time = expiresAt.getTime()
      const { expired, available } = await balance(other.organization)
      api.clock.time = time
      assert.deepEqual({ expired, available }, { expired: '3.00', available: '9.00' })
    })

    it('M7: reverses what is unspent of a grant, at most', async () => {
      const { body } = await grant({ amount: '4.00', reason: 'mistake' })
      const path = `/api/grants/${String(body.id)}/reverse`
      const part = await api.call('POST', path, { body: { amount: '1.50', reason: 'typo' } })
      assert.equal(part.status, 201, part.text)
      assert.equal(part.body.amount, '1.50')
      const tooMuch = await api.call('POST', path, { body: { amount: '2.51', reason: 'typo' } })
      assert.equal(tooMuch.status, 409)
      assert.equal(tooMuch.body.code, 'nothing_to_reverse')
      assert.equal(tooMuch.body.remaining, '2.50')
      const rest = await api.call('POST', path, { body: { reason: 'typo' } })
      assert.equal(rest.body.amount, '2.50')
      assert.equal((await api.call('POST', path, { body: { reason: 'typo' } })).status, 409)
      assert.equal((await api.call('GET', `/api/grants/${String(body.id)}`)).body.remaining, '0.00')
    })

    it('M8: a changed cap is in the running period at once', async () => {
      const cap = { amount: '0.50', period: 'month' }
      const answer = await api.call('PATCH', `/api/keys/${tenant.key}`, { body: { cap } })
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.body.cap, cap)
      const account = await api.store.read
        .selectFrom('accounts')
        .selectAll()
        .where('id', 'like', `${capOfKey(tenant.key)}@%`)
        .executeTakeFirstOrThrow()
      assert.equal(account.granted, 500_000_000n)
      await api.call('PATCH', `/api/keys/${tenant.key}`, { body: { cap: { amount: '0.25', period: 'month' } } })
      const lowered = await api.store.read.selectFrom('accounts').selectAll().where('id', '=', account.id).executeTakeFirstOrThrow()
      assert.equal(lowered.granted, 250_000_000n)
      assert.equal((await api.call('PATCH', `/api/keys/${tenant.key}`, { body: { cap: null } })).body.cap, null)
    })

    it('M9: refunds a request, at most its charge', async () => {
      await charge(api, tenant.organization, 'req_refund', 2_000_000_000n, { organization: tenant.organization })
      const path = '/api/requests/req_refund/refund'
      const part = await api.call('POST', path, { body: { amount: '0.50', reason: 'slow' } })
      assert.equal(part.status, 201, part.text)
      const tooMuch = await api.call('POST', path, { body: { amount: '1.51', reason: 'slow' } })
      assert.equal(tooMuch.status, 409)
      assert.equal(tooMuch.body.code, 'refund_exceeds_charge')
      assert.equal(tooMuch.body.remaining, '1.50')
      assert.equal((await api.call('POST', path, { body: { reason: 'slow' } })).body.amount, '1.50')
      assert.equal((await api.call('POST', '/api/requests/req_none/refund', { body: { reason: 'r' } })).status, 404)
      const entries = await api.call('GET', '/api/ledger/entries?request=req_refund')
      assert.deepEqual(
        (entries.body.data as { kind: string }[]).map(({ kind: one }) => one),
        ['refund', 'refund', 'post', 'hold'],
      )
    })

    it('verifies the ledger', async () => {
      const answer = await api.call('GET', '/api/ledger/verify')
      assert.equal(answer.status, 200)
      assert.equal(answer.body.ok, true, answer.text)
    })

    it('lists grants and entries of one organization only', async () => {
      const token = await mintToken(api, ['money:read'], tenant.organization)
      const { body } = await api.call('GET', '/api/ledger/entries?limit=500', { token })
      const accounts = new Set((body.data as { legs: { account: string }[] }[]).flatMap(({ legs }) => legs.map(({ account }) => account)))
      assert.ok(
        [...accounts].every((account) => account.startsWith('contra:') || account === `wallet:${tenant.organization}`),
        [...accounts].join(),
      )
      const grants = await api.call('GET', `/api/organizations/${tenant.organization}/grants`)
      assert.deepEqual(
        (grants.body.data as { reason: string }[]).map(({ reason }) => reason),
        ['mistake', 'welcome'],
      )
    })
  })
}
