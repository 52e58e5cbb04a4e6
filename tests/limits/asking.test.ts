import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readDenial, requestLimit } from '../../packages/client/src/index.ts'
import type { Denied } from '../../packages/client/src/index.ts'
import { BODY, PRICE, world } from '../people/world.ts'
import { answer as answering, either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { eventually, gate } from '../support/wait.ts'

interface Asked {
  id: string
  state: string
  title: string
  current: string
  value: string | null
  pollUrl: string
  decision: { value: string | null; reason: string | null } | null
  usage: { per: string; p50: string; p99: string; peak: string; complete: boolean } | null
  proposal: { value: string; rule: string } | null
  needs: string
}

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `asking for a higher limit, on ${engineName}`,
    { skip },
    block((engine) => {
      const made = world(engine, { held: { price: PRICE } }, (upstream) => {
        upstream.on('', ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
        const routes = [{ method: 'GET', path: '/*', price: '0.01' }]
        return { apis: { weather: { prefix: '/weather', upstream: { baseUrl: upstream.url }, routes } } }
      })

      const call = ({ key }: Customer, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
        made.gateway.chat(key, { ...BODY, ...more }, { headers })

      const ask = (key: string, body: Record<string, unknown> | string, headers: Record<string, string> = {}): Promise<Answer> =>
        send(`${made.gateway.url}/v1/limit-requests`, { body, headers: { authorization: `Bearer ${key}`, ...headers } })

      const decide = (id: string, body: unknown, status = 201) =>
        made.gateway.api.expect<Asked>(status, 'POST', `/api/limit-requests/${id}/decision`, body)

      /** The refusal as the client reads it. */
      async function denied(answer: Answer): Promise<Denied> {
        const read = await readDenial(
          new Response(answer.text, { status: answer.status, headers: { 'content-type': 'application/problem+json' } }),
        )
        assert.ok(read, answer.text)
        return read
      }

      /** Asks as the client does, with nothing but the refusal, a reason and the key. */
      async function askFor(refused: Answer, { key }: Customer, value?: string | number): Promise<Asked> {
        const connection = { url: made.gateway.url, key, ...(value === undefined ? {} : { value }) }
        return (await requestLimit(await denied(refused), 'a launch is near', connection)) as unknown as Asked
      }

      /** A customer who has had the one call that a plan includes. */
      async function underQuota(name: string, terms: object, callAs: (customer: Customer) => Promise<Answer>) {
        const { api } = made.gateway
        await api.expect(201, 'POST', '/api/plans', { name, price: '0', period: 'free', ...terms })
        const customer = await made.gateway.customer('1.00')
        await api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: name })
        await callAs(customer)
        return { customer, value: '3', again: () => callAs(customer) }
      }

      /** A customer whose call is refused, and what has to be different for it to be let through. */
      const REFUSED: Record<
        string,
        () => Promise<{ customer: Customer; value: string; again: () => Promise<Answer>; end?: () => Promise<unknown> }>
      > = {
        async cap_key() {
          const customer = await made.gateway.customer('1.00', { cap: { amount: '0.004', period: 'month' } })
          return { customer, value: '0.05', again: () => call(customer) }
        },
        async cap_user() {
          const customer = await made.gateway.customer('1.00')
          await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
            userCap: { amount: '0.004', period: 'day' },
          })
          return { customer, value: '0.05', again: () => call(customer, { user: 'ann / "the boss"' }) }
        },
        async cap_tag() {
          const customer = await made.gateway.customer('1.00')
          const path = `/api/organizations/${customer.organization}/tags/${encodeURIComponent('feature=a&b')}/cap`
          await made.gateway.api.expect(200, 'PUT', path, { amount: '0.004', period: 'day' })
          return { customer, value: '0.05', again: () => call(customer, {}, { 'faregate-tags': 'feature=a&b' }) }
        },
        async cap_team() {
          const customer = await made.gateway.customer('1.00')
          const team = { name: 'Research', cap: { amount: '0.004', period: 'week' } }
          const { id } = await made.gateway.api.expect<{ id: string }>(
            201,
            'POST',
            `/api/organizations/${customer.organization}/teams`,
            team,
          )
          await made.gateway.api.expect(200, 'PATCH', `/api/applications/${customer.application}`, { team: id })
          return { customer, value: '0.05', again: () => call(customer) }
        },
        async cap_org() {
          const customer = await made.gateway.customer('1.00')
          await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
            cap: { amount: '0.004', period: 'total' },
          })
          return { customer, value: '0.05', again: () => call(customer) }
        },
        async rate_limited() {
          const customer = await made.gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'day' }] })
          await call(customer)
          return { customer, value: '100', again: () => call(customer) }
        },
        async 'rate_limited by tokens'() {
          const customer = await made.gateway.customer('1.00', { limits: [{ kind: 'tokens', amount: 25, per: 'day' }] })
          for (let times = 0; times < 3; times++) await call(customer)
          return { customer, value: '50000', again: () => call(customer) }
        },
        'rate_limited by a plan': () =>
          underQuota('paced', { models: ['plain'], limits: [{ kind: 'requests', amount: 1, per: 'day' }] }, call),
        async concurrency_limited() {
          const customer = await made.gateway.customer('1.00', { limits: [{ kind: 'concurrency', amount: 1 }] })
          const release = gate()
          const ten = { usage: usage(0, 10) }
          made.upstream.on('held', answering(ten.usage, { after: release.promise }), either(10, ten))
          const running = call(customer, { model: 'held' })
          await eventually(async () => {
            const { held } = await made.gateway.api.balance(customer.organization)
            assert.ok(Number(held) > 0)
          })
          const end = async () => {
            release.open()
            assert.equal((await running).status, 200)
          }
          return { customer, value: '2', again: () => call(customer, { model: 'held' }), end }
        },
        quota_exhausted: () => underQuota('few', { models: ['plain'], quotas: [{ counts: 'requests', models: 'pl*', limit: 1 }] }, call),
        'quota_exhausted of an API': () =>
          underQuota('few-calls', { apis: ['weather'], quotas: [{ counts: 'requests', apis: 'w*', limit: 1 }] }, ({ key }) =>
            send(`${made.gateway.url}/weather/today`, { headers: { authorization: `Bearer ${key}` } }),
          ),
      }

      for (const [name, make] of Object.entries(REFUSED)) {
        const [code] = name.split(' ')
        test(`${name}: asked for with the refusal alone, seen with its usage, approved, in force within a second`, async () => {
          const { customer, value, again, end } = await make()
          const refused = await again()
          assert.equal(json(refused)['code'], code, refused.text)
          const asked = await askFor(refused, customer, value)
          assert.deepEqual([asked.state, asked.value], ['open', value])
          assert.equal((await askFor(refused, customer, value)).id, asked.id, 'while one is open, it is answered')
          const path = `/api/organizations/${customer.organization}/limit-requests?state=open`
          const { data } = await made.gateway.api.expect<{ data: Asked[] }>(200, 'GET', path)
          assert.deepEqual(
            data.map(({ id }) => id),
            [asked.id],
          )
          assert.ok(data[0]?.usage && data[0].usage.complete && data[0].proposal, JSON.stringify(data))
          const approved = await decide(asked.id, { decision: 'approve' })
          assert.deepEqual([approved.state, approved.decision?.value], ['approved', value])
          const served = await again()
          // What a rate has let through stays used: what was added flows in.
          if (code === 'rate_limited') {
            const { limit } = json(served) as { limit?: Record<string, unknown> }
            assert.equal(limit?.['amount'] ?? Number(value), Number(value))
          } else assert.equal(served.status, 200, served.text)
          assert.equal((await decide(asked.id, { decision: 'approve' })).id, asked.id, 'the same decision again answers as before')
          await decide(asked.id, { decision: 'reject', reason: 'no' }, 409)
          const seen = await send(asked.pollUrl, { headers: { authorization: `Bearer ${customer.key}` } })
          assert.equal(json(seen)['state'], 'approved')
          await end?.()
          await made.gateway.api.verify()
        })
      }

      test('rejected with its reason, which the caller sees; then it may be asked again', async () => {
        const { customer, again } = await (REFUSED['cap_key'] ?? assert.fail)()
        const refused = await again()
        const asked = await askFor(refused, customer)
        await decide(asked.id, { decision: 'reject' }, 400)
        const said = await faregate(['limit-request', 'reject', asked.id, '--reason', 'use what there is'], made.gateway)
        assert.equal(said.code, 0, said.stderr)
        const seen = json(await send(asked.pollUrl, { headers: { authorization: `Bearer ${customer.key}` } })) as unknown as Asked
        assert.deepEqual([seen.state, seen.decision?.reason, seen.decision?.value], ['rejected', 'use what there is', null])
        assert.notEqual((await askFor(refused, customer)).id, asked.id)
      })

      test('only what the key is or belongs to can be asked for, and only more of it', async () => {
        const customer = await made.gateway.customer('1.00', { cap: { amount: '0.50', period: 'day' } })
        const other = await made.gateway.customer('1.00', { cap: { amount: '0.50', period: 'day' } })
        const cap = (id?: string) => ({ kind: 'cap', level: 'key', ...(id === undefined ? {} : { id }) })
        const bodies: [Record<string, unknown>, string][] = [
          [{ subject: cap(other.keyId), reason: 'r' }, '/subject/id'],
          [{ subject: { kind: 'cap', level: 'org', id: other.organization }, reason: 'r' }, '/subject/id'],
          [{ subject: { kind: 'cap', level: 'team' }, reason: 'r' }, '/subject/id'],
          [{ subject: { kind: 'cap', level: 'org' }, reason: 'r' }, '/subject'],
          [{ subject: { kind: 'limit', level: 'key', limit: 'requests-day' }, reason: 'r' }, '/subject'],
          [{ subject: { kind: 'quota', id: 'sub_0', counts: 'requests', models: '*' }, reason: 'r' }, '/subject'],
          [{ subject: { kind: 'quota', id: 'sub_0', counts: 'requests' }, reason: 'r' }, '/subject'],
          [{ subject: { kind: 'quota', id: 'sub_0', counts: 'requests', models: '*', apis: '*' }, reason: 'r' }, '/subject'],
          [{ subject: cap(), value: '0.50', reason: 'r' }, '/value'],
          [{ subject: cap(), value: 5, reason: 'r' }, '/value'],
          [{ subject: cap() }, '/reason'],
          [{ subject: { kind: 'purse' }, reason: 'r' }, '/subject/kind'],
        ]
        for (const [body, pointer] of bodies) {
          const refused = await ask(customer.key, body)
          assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer], `${JSON.stringify(body)}: ${refused.text}`)
        }
        assert.equal((await ask(customer.key, '{')).status, 400)
        const asked = json(await ask(customer.key, { subject: cap(), reason: 'r' })) as unknown as Asked
        const foreign = await send(asked.pollUrl, { headers: { authorization: `Bearer ${other.key}` } })
        assert.equal(foreign.status, 404)
        const limited = await made.gateway.api.key(customer.application, { scopes: ['models'] })
        assert.equal(json(await ask(limited.key, { subject: cap(), reason: 'r' }))['code'], 'permission_denied')
      })

      test('an Idempotency-Key answers the first request again, also once that is decided', async () => {
        const customer = await made.gateway.customer('1.00', { cap: { amount: '0.50', period: 'day' } })
        const body = { subject: { kind: 'cap', level: 'key' }, reason: 'r' }
        const keyed = { 'idempotency-key': 'once' }
        const first = json(await ask(customer.key, body, keyed)) as unknown as Asked
        await decide(first.id, { decision: 'reject', reason: 'no' })
        assert.equal(json(await ask(customer.key, body, keyed))['id'], first.id)
        const other = await ask(customer.key, { ...body, reason: 'another' }, keyed)
        assert.deepEqual([other.status, json(other)['code']], [422, 'idempotency_mismatch'])
      })

      test('however many ask at once for the same, one request is open; a key has at most 20', async () => {
        const customer = await made.gateway.customer('1.00')
        await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
          userCap: { amount: '0.50', period: 'day' },
        })
        const user = (id: string) => ({ subject: { kind: 'cap', level: 'user', id }, reason: 'r' })
        const same = await Promise.all(Array.from({ length: 20 }, () => ask(customer.key, user('ann'))))
        assert.equal(new Set(same.map((answer) => json(answer)['id'])).size, 1, same[0]?.text)
        const many = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(customer.key, user(`user-${index}`))))
        assert.equal(many.filter(({ status }) => status === 201).length, 19)
        const refused = many.find(({ status }) => status !== 201)
        assert.ok(refused)
        assert.deepEqual([refused.status, json(refused)['code']], [429, 'rate_limited'])
      })

      test('whoever decides may give another value than was asked for, by the command line too', async () => {
        const customer = await made.gateway.customer('1.00', { cap: { amount: '0.50', period: 'day' } })
        const body = { subject: { kind: 'cap', level: 'key' }, value: '9.00', reason: 'r' }
        const { id } = json(await ask(customer.key, body)) as unknown as Asked
        await decide(id, { decision: 'approve', value: '0.50' }, 400)
        const listed = await faregate(['limit-request', 'list', customer.organization], made.gateway)
        assert.match(listed.stdout, /the spend cap of the key "\S+" +open +0\.50 +9\.00/)
        assert.match((await faregate(['limit-request', 'show', id], made.gateway)).stdout, /why +r\n/)
        const said = await faregate(['limit-request', 'approve', id, '--value', '0.75', '--reason', 'for now'], made.gateway)
        assert.equal(said.code, 0, said.stderr)
        assert.match(said.stdout, /is 0\.75 USD a day now/)
        const key = await made.gateway.api.expect<{ cap: { amount: string; period: string } }>(200, 'GET', `/api/keys/${customer.keyId}`)
        assert.deepEqual(key.cap, { amount: '0.75', period: 'day' })
        const org = [
          'limit-request',
          'create',
          customer.organization,
          '--cap',
          `key:${customer.keyId}`,
          '--value',
          '1.00',
          '--reason',
          'more',
        ]
        assert.equal((await faregate(org, made.gateway)).code, 0)
        for (const wrong of [['--cap', 'purse:1'], ['--limit', 'key'], ['--quota', 'sub'], ['--api-quota', 'sub'], []]) {
          assert.equal(
            (await faregate(['limit-request', 'create', customer.organization, ...wrong, '--reason', 'r'], made.gateway)).code,
            2,
          )
        }
      })

      test('nobody decides about what he could not change himself', async () => {
        const customer = await made.gateway.customer('1.00', { cap: { amount: '0.50', period: 'day' } })
        const { organization } = customer
        await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${organization}`, {
          cap: { amount: '0.50', period: 'day' },
          limits: [{ kind: 'concurrency', amount: 5 }],
        })
        const subjects = [
          { kind: 'cap', level: 'key' },
          { kind: 'cap', level: 'org' },
          { kind: 'limit', level: 'org', limit: 'concurrency' },
        ]
        const ids: string[] = []
        for (const subject of subjects) ids.push(String(json(await ask(customer.key, { subject, reason: 'r' }))['id']))
        /** What each role answers to the three, one after the other. */
        const roles: [string, number[]][] = [
          ['developer', [403, 403, 403]],
          ['team_admin', [201, 403, 403]],
          ['org_admin', [201, 201, 403]],
        ]
        for (const [role, expected] of roles) {
          const person = { name: role, email: `${role}@example.com`, role }
          const { id } = await made.gateway.api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/members`, person)
          const { token } = await made.gateway.api.expect<{ token: string }>(201, 'POST', `/api/members/${id}/tokens`, { name: 't' })
          const statuses: number[] = []
          for (const one of ids) {
            const body = { decision: 'reject', reason: 'no' }
            const headers = { authorization: `Bearer ${token}` }
            const { status } = await send(`${made.gateway.url}/api/limit-requests/${one}/decision`, { body, headers })
            statuses.push(status)
          }
          assert.deepEqual(statuses, expected, role)
        }
      })

      test('what was used is told by its period, and more is proposed than that, as the rule says', async () => {
        const customer = await made.gateway.customer('1.00', { cap: { amount: '0.10', period: 'day' } })
        for (let times = 0; times < 9; times++) assert.equal((await call(customer)).status, 200)
        const { id } = json(await ask(customer.key, { subject: { kind: 'cap', level: 'key' }, reason: 'r' })) as unknown as Asked
        const { usage: used, proposal, needs } = await made.gateway.api.expect<Asked>(200, 'GET', `/api/limit-requests/${id}`)
        assert.deepEqual(used, { per: 'day', days: 30, p50: '0.09', p99: '0.09', peak: '0.09', complete: true })
        assert.equal(proposal?.value, '0.14')
        assert.equal(needs, 'keys:write')
        const approved = await decide(id, { decision: 'approve' })
        assert.equal(approved.decision?.value, '0.14', 'where nothing was asked for, what is proposed holds')
      })
    }),
  )
}
