import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

/** A token of output costs 0.001; a call asks for ten and gets ten. */
const PRICE = { input: '0', output: '1000' }
const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const LEVELS = ['key', 'user', 'team', 'org']
const withoutPostgres = await postgresMissing()

interface ShownCap {
  level: string
  amount: string
  used: string
  held: string
  available: string
  resetsAt: string | null
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`caps of end users, teams and organizations, on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    let gateway: Gateway

    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(10, { usage: usage(0, 10) }))
      upstream.on('endless', stream(1_000_000, { everyMs: 1 }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: configuration(upstream, { plain: { price: PRICE }, endless: { price: PRICE, sliceTokens: 8 } }),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
    })
    after(async () => {
      await gateway?.stop()
      await upstream?.close()
      await database?.drop()
    })

    /** A customer with 1.00 whose key, end users, team and organization have the caps that are given, each for good. */
    async function capped(caps: Partial<Record<string, string>>): Promise<Customer & { team: string }> {
      const { api } = gateway
      const cap = (level: string) => (caps[level] === undefined ? null : { amount: caps[level], period: 'total' as const })
      const customer = await gateway.customer('1.00')
      const { organization, application, keyId } = customer
      await api.expect(200, 'PATCH', `/api/keys/${keyId}`, { cap: cap('key') })
      await api.expect(200, 'PATCH', `/api/organizations/${organization}`, { cap: cap('org'), userCap: cap('user') })
      const body = { name: 'Research', cap: cap('team') }
      const { id: team } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/teams`, body)
      await api.expect(200, 'PATCH', `/api/applications/${application}`, { team })
      return { ...customer, team }
    }

    async function capsOf(key: string, user = 'ann'): Promise<ShownCap[]> {
      const answer = await send(`${gateway.url}/v1/key?user=${user}`, { headers: { authorization: `Bearer ${key}` } })
      return json(answer)['caps'] as ShownCap[]
    }

    const codeOf = async (key: string, more: Record<string, unknown> = {}): Promise<unknown> => {
      const answer = await gateway.chat(key, { ...BODY, ...more })
      return answer.status === 200 ? 200 : json(answer)['code']
    }

    test('M26: the first that lacks room is named, in the order key, user, team, organization; the others are in `also`', async () => {
      const caps: Partial<Record<string, string>> = { key: '0.004', user: '0.004', team: '0.004', org: '0.004' }
      for (const [index, level] of LEVELS.entries()) {
        const customer = await capped(caps)
        const refused = json(await gateway.chat(customer.key, { ...BODY, user: 'ann' }))
        assert.deepEqual([refused['code'], refused['also'] ?? []], [`cap_${level}`, LEVELS.slice(index + 1).map((later) => `cap_${later}`)])
        const ids = { key: customer.keyId, user: 'ann', team: customer.team, org: customer.organization }
        const scope = refused['scope'] as { level: string; id: string; balance: string }
        assert.deepEqual([scope.level, scope.id, scope.balance], [level, ids[level as keyof typeof ids], 'cap'])
        delete caps[level]
      }
    })

    test('M3, M9: a call counts against all of them at once, and a refund gives back to all of them', async () => {
      const customer = await capped({ key: '0.02', user: '0.03', team: '0.04', org: '0.05' })
      const served = await gateway.chat(customer.key, { ...BODY, user: 'ann' })
      assert.equal(served.status, 200)
      await assertSettled(gateway.api, customer.organization)
      const seen = await capsOf(customer.key)
      assert.deepEqual(
        seen.map(({ level, amount, used, held }) => [level, nano(amount), nano(used), nano(held)]),
        LEVELS.map((level, index) => [level, BigInt(index + 2) * 10_000_000n, 10_000_000n, 0n]),
      )
      const request = header(served, 'x-request-id') ?? ''
      await gateway.api.record(request)
      await gateway.api.expect(201, 'POST', `/api/requests/${request}/refund`, { reason: 'test', amount: '0.004' })
      for (const { used } of await capsOf(customer.key)) assert.equal(nano(used), 6_000_000n)
      await assertSettled(gateway.api, customer.organization)
    })

    test('each end user has a cap of its own, and a request that names none has none', async () => {
      const { key } = await capped({ user: '0.01' })
      assert.equal(await codeOf(key, { user: 'ann' }), 200)
      assert.equal(await codeOf(key, { user: 'ann' }), 'cap_user')
      for (const user of ['bob', 'ann@example.com', 'a '.repeat(300), '€🙂']) assert.equal(await codeOf(key, { user }), 200, user)
      assert.equal(await codeOf(key), 200)
    })

    test('the applications of a team share its cap, and one that leaves it no longer counts', async () => {
      const customer = await capped({ team: '0.01' })
      const sibling = await gateway.api.application(customer.organization, 'sibling')
      await gateway.api.expect(200, 'PATCH', `/api/applications/${sibling}`, { team: customer.team })
      const { key } = await gateway.api.key(sibling)
      assert.equal(await codeOf(customer.key), 200)
      assert.equal(await codeOf(key), 'cap_team')
      await gateway.api.expect(409, 'DELETE', `/api/teams/${customer.team}`)
      await gateway.api.expect(200, 'PATCH', `/api/applications/${sibling}`, { team: null })
      assert.equal(await codeOf(key), 200)
      const { organization } = await gateway.customer()
      const foreign = { id: '' }
      Object.assign(foreign, await gateway.api.expect(201, 'POST', `/api/organizations/${organization}/teams`, { name: 'Foreign' }))
      await gateway.api.expect(400, 'PATCH', `/api/applications/${sibling}`, { team: foreign.id })
    })

    test('M8: a cap that is raised or lowered moves the running period, of every end user as well', async () => {
      const customer = await capped({ user: '0.01', org: '0.05' })
      for (const user of ['ann', 'bob']) assert.equal(await codeOf(customer.key, { user }), 200)
      const path = `/api/organizations/${customer.organization}`
      await gateway.api.expect(200, 'PATCH', path, { userCap: { amount: '0.02', period: 'total' } })
      for (const user of ['ann', 'bob']) assert.equal(await codeOf(customer.key, { user }), 200)
      for (const user of ['ann', 'bob']) assert.equal(await codeOf(customer.key, { user }), 'cap_user')
      await gateway.api.expect(200, 'PATCH', path, { userCap: null })
      assert.equal(await codeOf(customer.key, { user: 'ann' }), 200)
      assert.equal(await codeOf(customer.key, { user: 'ann' }), 'cap_org')
      await gateway.api.expect(200, 'PATCH', path, { cap: null })
      assert.equal(await codeOf(customer.key, { user: 'ann' }), 200)
    })

    test('M13: a stream ends where the cap of the team does, every slice counts against all, and the charge is what was delivered', async () => {
      const customer = await capped({ user: '0.9', team: '0.05', org: '0.9' })
      const body = { model: 'endless', max_tokens: 200, stream: true, user: 'ann', messages: say() }
      const answer = await gateway.chat(customer.key, body)
      const refusal = answer.text.split('\n').find((line) => line.includes('stream_funds_exhausted')) ?? ''
      assert.match(refusal, /cap_team/, answer.text.slice(-600))
      const { posted } = await assertSettled(gateway.api, customer.organization)
      assert.ok(nano(posted) <= 50_000_000n && nano(posted) >= 40_000_000n, posted)
      for (const { used, held } of await capsOf(customer.key)) assert.deepEqual([nano(used), nano(held)], [nano(posted), 0n])
    })
  })
}
