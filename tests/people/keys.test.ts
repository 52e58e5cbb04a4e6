import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const withoutPostgres = await postgresMissing()

/** What each scope is for. */
const USES: Record<string, { method: string; path: string; body?: Record<string, unknown> }> = {
  models: { method: 'POST', path: '/v1/chat/completions', body: BODY },
  count: { method: 'POST', path: '/v1/messages/count_tokens', body: { model: 'plain', messages: say() } },
  explain: { method: 'POST', path: '/v1/explain', body: BODY },
  list: { method: 'GET', path: '/v1/models' },
  key: { method: 'GET', path: '/v1/key' },
}

interface Refusal {
  code: string
  required: string[]
  granted: string[]
  fixes: { command: string; path: string }[]
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`what keys may be used for, on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    let gateway: Gateway
    let proxied: Gateway | undefined

    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(10, { usage: usage(0, 10) }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      const config = configuration(upstream, { plain: { price: { input: '0', output: '1000' } } })
      gateway = await startGateway({ config, ...(database === undefined ? {} : { databaseUrl: database.url }) })
      if (engine === 'SQLite') proxied = await startGateway({ config: { ...config, trustedProxies: ['127.0.0.1'] } })
    })
    after(async () => {
      await gateway?.stop()
      await proxied?.stop()
      await upstream?.close()
      await database?.drop()
    })

    function use(key: string, scope: string, from: Gateway = gateway, headers: Record<string, string> = {}): Promise<Answer> {
      const { method, path, body } = USES[scope] ?? { method: 'GET', path: '/' }
      return send(from.url + path, {
        method,
        headers: { authorization: `Bearer ${key}`, ...headers },
        ...(body === undefined ? {} : { body }),
      })
    }

    const refusalOf = (answer: Answer): Refusal => {
      const body = json(answer) as { error?: { details?: unknown } }
      return (body.error?.details ?? body) as Refusal
    }

    test('a scope allows what it stands for and nothing else; a key without scopes may do everything', async () => {
      const free = await gateway.customer('1.00')
      for (const scope of Object.keys(USES)) {
        assert.equal((await use(free.key, scope)).status, 200, scope)
        const { key } = await gateway.api.key(free.application, { scopes: [scope] })
        for (const other of Object.keys(USES)) {
          const answer = await use(key, other)
          assert.equal(answer.status, other === scope ? 200 : 403, `${scope} → ${other}: ${answer.text}`)
          if (other === scope) continue
          const { code, required, granted } = refusalOf(answer)
          assert.deepEqual([code, required, granted], ['permission_denied', [`scope:${other}`], [`scope:${scope}`]])
        }
      }
      await gateway.api.expect(400, 'POST', `/api/applications/${free.application}/keys`, { name: 'n', scopes: ['everything'] })
    })

    test('a key is refused from elsewhere than its addresses, for whatever it is used, and its fix lets it pass', async () => {
      const customer = await gateway.customer('1.00', { addresses: ['10.0.0.0/8', '2001:db8::/32'] })
      for (const scope of Object.keys(USES)) assert.equal((await use(customer.key, scope)).status, 403, scope)
      const { code, required, granted, fixes } = refusalOf(await use(customer.key, 'models', gateway, { 'x-forwarded-for': '10.1.2.3' }))
      assert.deepEqual([code, required], ['permission_denied', ['address:127.0.0.1']])
      assert.deepEqual(granted, ['address:10.0.0.0/8', 'address:2001:db8::/32'])
      const ran = await faregate(String(fixes[0]?.command).split(' ').slice(1), gateway)
      assert.equal(ran.code, 0, ran.stderr)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      for (const scope of Object.keys(USES)) assert.equal((await use(customer.key, scope)).status, 200, scope)
      for (const addresses of [['10.0.0.0/33'], ['host'], [], ['1.2.3']])
        await gateway.api.expect(400, 'PATCH', `/api/keys/${customer.keyId}`, { addresses })
    })

    test('behind a proxy that is trusted, the address is the one that it tells', { skip: engine === 'PostgreSQL' }, async () => {
      assert.ok(proxied)
      const customer = await proxied.customer('1.00', { addresses: ['10.0.0.0/8', '2001:db8::/32'] })
      for (const [address, status] of [
        ['10.1.2.3', 200],
        ['2001:db8::7', 200],
        ['11.1.2.3', 403],
        ['2001:db9::7', 403],
      ] as const)
        assert.equal((await use(customer.key, 'models', proxied, { 'x-forwarded-for': address })).status, status, address)
    })

    test('rotation: both keys work for the overlap, then the old one has expired; they share one spend cap', async () => {
      const { api } = gateway
      const customer = await gateway.customer('1.00', { cap: { amount: '0.02', period: 'total' } })
      const path = `/api/keys/${customer.keyId}/rotate`
      const fresh = await api.expect<{ id: string; key: string }>(201, 'POST', path, { overlapSeconds: 8 }, { 'idempotency-key': path })
      const repeated = await api.expect<{ id: string; key?: string }>(201, 'POST', path, { overlapSeconds: 8 }, { 'idempotency-key': path })
      assert.deepEqual([repeated.id, repeated.key], [fresh.id, undefined])
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      assert.equal((await gateway.chat(fresh.key, BODY)).status, 200)
      assert.equal(json(await gateway.chat(fresh.key, BODY))['code'], 'cap_key')
      await api.expect(200, 'PATCH', `/api/keys/${fresh.id}`, { cap: { amount: '0.04', period: 'total' } })
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      await eventually(async () => assert.equal(json(await gateway.chat(customer.key, BODY))['code'], 'key_expired'), 20_000, 250)
      const expiresAt = '2099-01-31T00:00:00.000Z'
      const onward = `/api/keys/${fresh.id}/rotate`
      const again = await api.expect<{ key: string; id: string; expiresAt: string }>(201, 'POST', onward, { expiresAt })
      assert.equal(again.expiresAt, expiresAt)
      assert.equal(json(await gateway.chat(fresh.key, BODY))['code'], 'key_expired')
      const seen = json(await use(again.key, 'key')) as { caps: { amount: string; used: string }[] }
      assert.equal(Number(seen.caps[0]?.amount), 0.04)
      assert.ok(Number(seen.caps[0]?.used) >= 0.03)
      await api.expect(409, 'POST', path, {})
      const events = await api.expect<{ data: { action: string }[] }>(200, 'GET', `/api/audit?subject=${customer.keyId}`)
      assert.equal(events.data[0]?.action, 'key.rotate')
    })

    test('when a key was used last can be seen', async () => {
      const customer = await gateway.customer('1.00')
      const path = `/api/keys/${customer.keyId}`
      const lastUse = async () => (await gateway.api.expect<{ lastUsedAt: string | null }>(200, 'GET', path)).lastUsedAt
      assert.equal(await lastUse(), null)
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      await eventually(async () => assert.ok(Math.abs(Date.parse((await lastUse()) ?? '') - Date.now()) < 30_000))
    })
  })
}
