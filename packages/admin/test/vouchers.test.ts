import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

interface Made {
  id: string
  code: string
}

for (const kind of KINDS) {
  describe(`vouchers on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let acme: Tenant
    let other: Tenant
    before(async () => {
      api = await startHarness(kind)
      acme = await createTenant(api, 'acme')
      other = await createTenant(api, 'other')
    })
    after(() => api.close())

    async function make(amount = '5.00', expiresAt = '2100-01-01T00:00:00Z'): Promise<Made> {
      const answer = await api.call('POST', '/api/vouchers', { body: { amount, expiresAt } })
      assert.equal(answer.status, 201, answer.text)
      return answer.body as unknown as Made
    }
    const redeem = (code: string, { organization } = acme, more = {}) =>
      api.call('POST', `/api/organizations/${organization}/vouchers/redeem`, { body: { code }, ...more })
    const granted = async ({ organization } = acme) =>
      Number((await api.call('GET', `/api/organizations/${organization}/balance`)).body['granted'])
    const see = async (id: string) => (await api.call('GET', `/api/vouchers/${id}`)).body

    it('shows the code once, and keeps nothing that leads to it', async () => {
      const body = { amount: '5.00', expiresAt: '2100-01-01T00:00:00Z' }
      const first = await api.call('POST', '/api/vouchers', { body, idempotencyKey: 'once' })
      const code = String(first.body['code'])
      assert.match(code, /^fgv_/)
      const repeated = await api.call('POST', '/api/vouchers', { body, idempotencyKey: 'once' })
      assert.deepEqual([repeated.body['id'], 'code' in repeated.body], [first.body['id'], false])
      const texts = [await api.call('GET', '/api/vouchers'), await api.call('GET', '/api/audit?limit=500')].map(({ text }) => text).join()
      assert.ok(!texts.includes(code) && !texts.includes(api.deps.hashSecret(code)))
    })

    it('becomes a grant of the amount, once, and says for whom', async () => {
      const { id, code } = await make('2.50')
      const earlier = await granted()
      const redeemed = await redeem(code)
      assert.equal(redeemed.status, 201, redeemed.text)
      const grant = String(redeemed.body['grant'])
      assert.deepEqual(redeemed.body, { voucher: id, organization: acme.organization, grant, amount: '2.50' })
      assert.equal(await granted(), earlier + 2.5)
      assert.equal((await api.call('GET', `/api/grants/${grant}`)).body['reason'], `voucher ${id}`)
      for (const again of [await redeem(code), await redeem(code, other)]) {
        assert.deepEqual([again.status, again.body['code'], again.body['state']], [409, 'voucher_unusable', 'redeemed'])
        assert.ok(!again.text.includes(acme.organization), 'it does not say for whom')
      }
      const seen = await see(id)
      assert.deepEqual([seen['state'], seen['organization'], seen['grant']], ['redeemed', acme.organization, grant])
      assert.equal((await api.call('DELETE', `/api/vouchers/${id}`)).status, 409)
    })

    it('answers the same again to the same idempotency key', async () => {
      const { code } = await make('1.00')
      const earlier = await granted()
      const [first, second] = [await redeem(code, acme, { idempotencyKey: 'r' }), await redeem(code, acme, { idempotencyKey: 'r' })]
      assert.deepEqual([first.status, second.status], [201, 201])
      assert.deepEqual(second.body, first.body)
      assert.equal(await granted(), earlier + 1)
    })

    it('is worthless from its moment on, and cannot be made for a moment that has passed', async () => {
      const expiresAt = new Date(api.clock.now() + 1_000).toISOString()
      const { id, code } = await make('5.00', expiresAt)
      api.clock.time += 1_000
      const late = await redeem(code)
      assert.deepEqual([late.status, late.body['state']], [409, 'expired'])
      assert.equal((await see(id))['state'], 'expired')
      const past = await api.call('POST', '/api/vouchers', { body: { amount: '1.00', expiresAt } })
      assert.deepEqual([past.status, past.body['pointer']], [400, '/expiresAt'])
    })

    it('can be withdrawn while nobody has redeemed it; a code that nobody made is not found', async () => {
      const { id, code } = await make()
      assert.equal((await api.call('DELETE', `/api/vouchers/${id}`)).status, 204)
      const late = await redeem(code)
      assert.deepEqual([late.status, late.body['state']], [409, 'withdrawn'])
      assert.equal((await api.call('DELETE', `/api/vouchers/${id}`)).body['state'], 'withdrawn')
      assert.equal((await redeem('fgv_guess')).status, 404)
    })

    it('is redeemed by a token of the organization, for its own alone, and made by none', async () => {
      const { code } = await make()
      const token = await mintToken(api, ['vouchers:redeem'], acme.organization)
      assert.equal((await redeem(code, other, { token })).status, 404)
      assert.equal((await redeem(code, acme, { token })).status, 201)
      assert.equal((await api.call('GET', '/api/vouchers', { token })).status, 403)
    })

    it('is credited exactly once by 200 who redeem it at once for two organizations', async () => {
      const { id, code } = await make('3.00')
      const sum = async () => (await granted()) + (await granted(other))
      const earlier = await sum()
      const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => redeem(code, index % 2 === 0 ? acme : other)))
      assert.equal(answers.filter(({ status }) => status === 201).length, 1)
      assert.equal(answers.filter(({ status, body }) => status === 409 && body['state'] === 'redeemed').length, 199)
      assert.equal(await sum(), earlier + 3)
      assert.equal((await see(id))['state'], 'redeemed')
    })

    it('ends once, although it is withdrawn while it is redeemed', async () => {
      for (let round = 0; round < 10; round++) {
        const { id, code } = await make('1.00')
        const earlier = await granted()
        const [redeemed, withdrawn] = await Promise.all([redeem(code), api.call('DELETE', `/api/vouchers/${id}`)])
        const credited = (await granted()) - earlier
        assert.deepEqual([redeemed.status, withdrawn.status], credited === 1 ? [201, 409] : [409, 204], redeemed.text)
        assert.equal((await see(id))['state'], credited === 1 ? 'redeemed' : 'withdrawn')
      }
    })

    it('leaves the ledger right', async () => {
      const { ok, violations } = (await api.call('GET', '/api/ledger/verify')).body
      assert.equal(ok, true, JSON.stringify(violations))
    })
  })
}
