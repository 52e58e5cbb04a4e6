import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const withoutPostgres = await postgresMissing()

interface Person {
  id: string
  keyId: string
  key: string
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`keys of members, on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    let gateway: Gateway
    let people = 0

    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(10, { usage: usage(0, 10) }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: configuration(upstream, { plain: { price: { input: '0', output: '1000' } } }),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
    })
    after(async () => {
      await gateway?.stop()
      await upstream?.close()
      await database?.drop()
    })

    /** A member of the customer's organization, with a key. */
    async function person(
      customer: Customer,
      role: string,
      more: Record<string, unknown> = {},
      key: Record<string, unknown> = {},
    ): Promise<Person> {
      const body = { name: 'Ann', email: `ann${++people}@example.com`, role, ...more }
      const path = `/api/organizations/${customer.organization}/members`
      const { id } = await gateway.api.expect<{ id: string }>(201, 'POST', path, body)
      const made = await gateway.api.key(customer.application, { member: id, ...key })
      return { id, keyId: made.id, key: made.key }
    }

    const refusalOf = (answer: Answer) => {
      const { code, fixes, scope } = json(answer) as {
        code: string
        scope: { id: string; level: string }
        fixes: { action: string; by: string; canYou: boolean; path?: string; command?: string }[]
      }
      return { code, scope, fix: fixes[0] }
    }

    test('the cap of a member holds over all of its keys and in the place of that of end users; the fix raises it', async () => {
      const customer = await gateway.customer('1.00')
      const cap = { amount: '0.01', period: 'month' }
      await gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
        userCap: { amount: '0.001', period: 'month' },
      })
      const ann = await person(customer, 'developer', { cap })
      const second = await gateway.api.key(customer.application, { member: ann.id })
      assert.equal((await gateway.chat(ann.key, { ...BODY, user: 'somebody' })).status, 200)
      const { code, scope, fix } = refusalOf(await gateway.chat(second.key, BODY))
      assert.deepEqual([code, scope.level, scope.id], ['cap_user', 'user', ann.id])
      assert.ok(fix)
      assert.deepEqual([fix.by, fix.path], ['org_admin', `/api/members/${ann.id}`])
      const ran = await faregate(String(fix.command).split(' ').slice(1), gateway)
      assert.equal(ran.code, 0, ran.stderr)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      assert.equal((await gateway.chat(second.key, BODY)).status, 200)
      const seen = json(await send(`${gateway.url}/v1/key`, { headers: { authorization: `Bearer ${second.key}` } }))
      assert.deepEqual(seen['member'], { id: ann.id, name: 'Ann', role: 'developer' })
    })

    test('`canYou` says whether the role of the member allows the fix', async () => {
      const customer = await gateway.customer('1.00')
      const path = `/api/organizations/${customer.organization}/roles`
      const custom = await gateway.api.expect<{ id: string }>(201, 'POST', path, { name: 'keys', permissions: ['keys:write'] })
      const can = async (role: string, key: Record<string, unknown>) => {
        const { key: text } = await person(customer, role, {}, key)
        return refusalOf(await gateway.chat(text, BODY)).fix?.canYou
      }
      const [model, cap] = [{ models: ['other'] }, { cap: { amount: '0.001', period: 'day' } }]
      assert.deepEqual(await Promise.all(['org_admin', 'developer', custom.id, 'viewer'].map((role) => can(role, model))), [
        true,
        true,
        true,
        false,
      ])
      assert.deepEqual(await Promise.all(['developer', 'billing_admin'].map((role) => can(role, cap))), [true, false])
      const nobodys = await gateway.api.key(customer.application, { models: ['other'] })
      assert.equal(refusalOf(await gateway.chat(nobodys.key, BODY)).fix?.canYou, false)
      await gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, { cap: { amount: '0.001', period: 'day' } })
      assert.deepEqual(await Promise.all(['org_admin', 'developer'].map((role) => can(role, {}))), [true, false])
    })

    test('a role that is narrowed to a team mends what belongs to that team, and nothing else', async () => {
      const { organization } = await gateway.customer('1.00')
      const base = `/api/organizations/${organization}`
      const cap = { amount: '0.001', period: 'day' }
      const team = (name: string) => gateway.api.expect<{ id: string }>(201, 'POST', `${base}/teams`, { name, cap })
      const [own, other] = [await team('own'), await team('other')]
      const body = { name: 'Ann', email: `ann${++people}@example.com`, role: 'team_admin', team: own.id }
      const { id: member } = await gateway.api.expect<{ id: string }>(201, 'POST', `${base}/members`, body)
      const can = async (of: { id: string }) => {
        const { id } = await gateway.api.expect<{ id: string }>(201, 'POST', `${base}/applications`, { name: 'bot', team: of.id })
        const { key } = await gateway.api.key(id, { member })
        const { code, fix } = refusalOf(await gateway.chat(key, BODY))
        return [code, fix?.by, fix?.canYou]
      }
      assert.deepEqual(await can(own), ['cap_team', 'team_admin', true])
      assert.deepEqual(await can(other), ['cap_team', 'team_admin', false])
      await gateway.api.expect(200, 'PATCH', `/api/members/${member}`, { team: null })
      assert.deepEqual(await can(other), ['cap_team', 'team_admin', true])
    })

    test('the keys of a member are revoked with the membership, within a second', async () => {
      const customer = await gateway.customer('1.00')
      const ann = await person(customer, 'developer')
      assert.equal((await gateway.chat(ann.key, BODY)).status, 200)
      await gateway.api.expect(204, 'DELETE', `/api/members/${ann.id}`)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      assert.equal(refusalOf(await gateway.chat(ann.key, BODY)).code, 'key_revoked')
    })
  })
}
