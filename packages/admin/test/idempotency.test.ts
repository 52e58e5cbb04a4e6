import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { LedgerUnavailable } from '@faregate/ledger'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { charge, createTenant, mintToken, type Tenant } from './support/world.ts'

for (const kind of KINDS) {
  describe(`Idempotency-Key on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
    })
    after(() => api.close())

    it('repeats the answer to a creation, and creates once', async () => {
      const path = `/api/organizations/${tenant.organization}/applications`
      const first = await api.call('POST', path, { body: { name: 'once' }, idempotencyKey: 'a' })
      const second = await api.call('POST', path, { body: { name: 'once' }, idempotencyKey: 'a' })
      assert.deepEqual([second.status, second.body], [201, first.body])
      const list = await api.call('GET', path)
      assert.equal((list.body.data as { name: string }[]).filter(({ name }) => name === 'once').length, 1)
    })

    it('answers a repeated key creation with the same id and without its secrets', async () => {
      const path = `/api/applications/${tenant.application}/keys`
      const first = await api.call('POST', path, { body: { name: 'k' }, idempotencyKey: 'k' })
      const second = await api.call('POST', path, { body: { name: 'k' }, idempotencyKey: 'k' })
      const { key, signingSecret, ...rest } = first.body
      assert.match(String(key), /^fg_/)
      assert.match(String(signingSecret), /^fgs_/)
      assert.deepEqual(second.body, rest)
      const kept = await api.store.read.selectFrom('idempotency').select('response').execute()
      assert.ok(
        kept.every(({ response }) => !response.includes(String(key))),
        'the key is not kept',
      )
      const token = await api.call('POST', '/api/tokens', { body: { name: 't', permissions: ['usage:read'] }, idempotencyKey: 't' })
      const again = await api.call('POST', '/api/tokens', { body: { name: 't', permissions: ['usage:read'] }, idempotencyKey: 't' })
      assert.deepEqual([again.body.id, again.body.token], [token.body.id, undefined])
    })

    it('refuses the same key with another body with 422', async () => {
      const grants = `/api/organizations/${tenant.organization}/grants`
      for (const [path, one, other] of [
        ['/api/organizations', { name: 'x' }, { name: 'y' }],
        [grants, { amount: '1.00', reason: 'r' }, { amount: '2.00', reason: 'r' }],
      ] as const) {
        assert.equal((await api.call('POST', path, { body: one, idempotencyKey: 'm' })).status, 201)
        const answer = await api.call('POST', path, { body: other, idempotencyKey: 'm' })
        assert.equal(answer.status, 422, answer.text)
        assert.equal(answer.body.code, 'idempotency_mismatch')
      }
    })

    it('takes the order of members for the same body', async () => {
      const path = `/api/organizations/${tenant.organization}/grants`
      const one = await api.call('POST', path, { body: { amount: '1.00', reason: 'order' }, idempotencyKey: 'order' })
      const other = await api.call('POST', path, { body: { reason: 'order', amount: '1.00' }, idempotencyKey: 'order' })
      assert.deepEqual(other.body, one.body)
    })

    it('is scoped to the credential and the path', async () => {
      const token = await mintToken(api, ['applications:write'])
      const path = `/api/organizations/${tenant.organization}/applications`
      const mine = await api.call('POST', path, { body: { name: 's' }, idempotencyKey: 's' })
      const theirs = await api.call('POST', path, { body: { name: 's' }, idempotencyKey: 's', token })
      const elsewhere = await api.call('POST', '/api/organizations', { body: { name: 's' }, idempotencyKey: 's' })
      assert.equal(new Set([mine.body.id, theirs.body.id, elsewhere.body.id]).size, 3)
    })

    it('a grant that is retried after its answer was lost grants once', async () => {
      const path = `/api/organizations/${tenant.organization}/grants`
      const balance = async () => (await api.call('GET', `/api/organizations/${tenant.organization}/balance`)).body.granted
      const ledger = api.deps.ledger
      let lost = false
      api.deps.ledger = {
        depth: 0,
        submit: async (operation, options) => {
          const outcome = await ledger.submit(operation, options)
          if (lost) return outcome
          lost = true
          throw new LedgerUnavailable('the answer was lost')
        },
      }
      const log = api.deps.log.error
      api.deps.log.error = () => {}
      const granted = Number(await balance())
      const first = await api.call('POST', path, { body: { amount: '1.00', reason: 'r' }, idempotencyKey: 'lost' })
      assert.equal(first.status, 503)
      assert.equal(first.body.code, 'ledger_unavailable')
      const second = await api.call('POST', path, { body: { amount: '1.00', reason: 'r' }, idempotencyKey: 'lost' })
      assert.equal(second.status, 201, second.text)
      assert.equal(Number(await balance()), granted + 1)
      const { body } = await api.call('GET', `/api/audit?subject=${String(second.body.id)}`)
      assert.equal((body.data as unknown[]).length, 1, 'and it is in the audit once')
      Object.assign(api.deps, { ledger })
      api.deps.log.error = log
    })

    it('a reversal and a refund are repeated with the same amount', async () => {
      const { body } = await api.call('POST', `/api/organizations/${tenant.organization}/grants`, { body: { amount: '2.00', reason: 'r' } })
      await charge(api, tenant.organization, 'req_again', 500_000_000n)
      for (const path of [`/api/grants/${String(body.id)}/reverse`, '/api/requests/req_again/refund']) {
        const first = await api.call('POST', path, { body: { reason: 'r' }, idempotencyKey: 'z' })
        const second = await api.call('POST', path, { body: { reason: 'r' }, idempotencyKey: 'z' })
        assert.equal(first.status, 201, first.text)
        assert.deepEqual(second.body, first.body)
      }
    })

    it('answers 409 while the first request with the key is still being carried out', async () => {
      let release = () => {}
      const running = new Promise<void>((resolve) => {
        release = resolve
      })
      let started = () => {}
      const reached = new Promise<void>((resolve) => {
        started = resolve
      })
      api.deps.testProvider = async () => {
        started()
        await running
        return { ok: true, message: 'late', status: 200, latencyMs: 1, model: null }
      }
      const path = '/api/providers/file-provider/test'
      const first = api.call('POST', path, { body: {}, idempotencyKey: 'p' })
      await reached
      const second = await api.call('POST', path, { body: {}, idempotencyKey: 'p' })
      assert.equal(second.status, 409)
      assert.equal(second.body.code, 'idempotency_in_progress')
      assert.equal(second.headers['x-should-retry'], 'true')
      release()
      assert.equal((await first).status, 200)
      assert.equal((await api.call('POST', path, { body: {}, idempotencyKey: 'p' })).headers['idempotent-replayed'], 'true')
    })

    it('two processes with one key make one change, and both get its answer', async () => {
      const path = '/api/organizations'
      const { idempotency } = api.deps.store.read
      const blind = idempotency.get
      let asked = 0
      // The other process's answer is committed between our look and our write.
      idempotency.get = async (scope, key) => (++asked === 2 ? undefined : blind(scope, key))
      const first = await api.call('POST', path, { body: { name: 'twice' }, idempotencyKey: 'race' })
      const second = await api.call('POST', path, { body: { name: 'twice' }, idempotencyKey: 'race' })
      idempotency.get = blind
      assert.equal(second.status, 201, second.text)
      assert.equal(second.body.id, first.body.id)
      const { body } = await api.call('GET', '/api/organizations?limit=500')
      assert.equal((body.data as { name: string }[]).filter(({ name }) => name === 'twice').length, 1)
    })

    it('forgets after 24 hours', async () => {
      const path = `/api/organizations/${tenant.organization}/applications`
      const first = await api.call('POST', path, { body: { name: 'day' }, idempotencyKey: 'day' })
      api.clock.time += 24 * 3_600_000 + 1
      const second = await api.call('POST', path, { body: { name: 'day' }, idempotencyKey: 'day' })
      assert.equal(second.status, 201, second.text)
      assert.notEqual(second.body.id, first.body.id)
    })
  })
}
