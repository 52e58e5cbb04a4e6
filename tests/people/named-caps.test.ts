import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { faregate } from '../support/cli.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { BODY, world } from './world.ts'

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `caps of single end users and tags, on ${engineName}`,
    { skip },
    block((engine) => {
      const made = world(engine)

      const place = ({ organization }: Customer, of: 'users' | 'tags', name: string) =>
        `/api/organizations/${organization}/${of}/${encodeURIComponent(name)}/cap`

      const put = (customer: Customer, of: 'users' | 'tags', name: string, amount: string) =>
        made.gateway.api.expect(200, 'PUT', place(customer, of, name), { amount, period: 'total' })

      async function codeOf({ key }: Customer, user?: string, tags?: string): Promise<unknown> {
        const headers = tags === undefined ? {} : { 'faregate-tags': tags }
        const answer = await made.gateway.chat(key, { ...BODY, ...(user === undefined ? {} : { user }) }, { headers })
        return answer.status === 200 ? 200 : json(answer)['code']
      }

      test('one end user has another cap than all the others, whatever it is called', async () => {
        const customer = await made.gateway.customer('1.00')
        await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
          userCap: { amount: '0.01', period: 'total' },
        })
        for (const name of ['ann', 'ann@example.com', 'a/b?c#d%', 'two words', '€🙂', "o'neil"]) {
          assert.equal(await codeOf(customer, name), 200, name)
          assert.equal(await codeOf(customer, name), 'cap_user', name)
          await put(customer, 'users', name, '0.02')
          assert.equal(await codeOf(customer, name), 200, name)
          assert.equal(await codeOf(customer, name), 'cap_user', name)
        }
        assert.equal(await codeOf(customer, 'bob'), 200)
        assert.equal(await codeOf(customer, 'bob'), 'cap_user', 'the others keep the cap of all')
        await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
          userCap: { amount: '0.02', period: 'total' },
        })
        await made.gateway.api.expect(200, 'PUT', place(customer, 'users', 'ann'), { amount: '0.03', period: 'total' })
        await made.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, {
          userCap: { amount: '0.01', period: 'total' },
        })
        assert.equal(await codeOf(customer, 'ann'), 200, 'a cap of its own does not move with the one of all')
        await made.gateway.api.expect(204, 'DELETE', place(customer, 'users', 'ann'))
        assert.equal(await codeOf(customer, 'ann'), 'cap_user', 'without its own, it has the one of all')
        await made.gateway.api.expect(404, 'DELETE', place(customer, 'users', 'ann'))
      })

      test('a cap of a user holds where nobody else has one, and a tag has a cap over all requests that name it', async () => {
        const customer = await made.gateway.customer('1.00')
        await put(customer, 'users', 'ann', '0.01')
        await put(customer, 'tags', 'feature=search', '0.02')
        await put(customer, 'tags', 'blue', '0.05')
        assert.equal(await codeOf(customer, 'ann', 'feature=search'), 200)
        assert.equal(await codeOf(customer, 'ann', 'feature=search'), 'cap_user')
        assert.equal(await codeOf(customer, 'bob', 'red, feature=search ,blue'), 200)
        assert.equal(await codeOf(customer, 'bob', 'blue,feature=search'), 'cap_tag')
        assert.equal(await codeOf(customer, 'bob', 'FEATURE=search'), 200, 'names are told apart as they are written')
        const shown = await send(`${made.gateway.url}/v1/key?user=ann&tags=blue,feature%3Dsearch`, {
          headers: { authorization: `Bearer ${customer.key}` },
        })
        const caps = json(shown)['caps'] as { level: string; tag?: string; used: string }[]
        assert.deepEqual(
          caps.map(({ level, tag, used }) => [level, tag, nano(used)]),
          [
            ['user', undefined, 10_000_000n],
            ['tag', 'blue', 10_000_000n],
            ['tag', 'feature=search', 20_000_000n],
          ],
        )
        await assertSettled(made.gateway.api, customer.organization)
      })

      test('a tag has the cap that every tag has, unless it has its own; the fix raises it', async () => {
        const customer = await made.gateway.customer('1.00')
        const path = `/api/organizations/${customer.organization}`
        const every = (amount: string) => made.gateway.api.expect(200, 'PATCH', path, { tagCap: { amount, period: 'total' } })
        await every('0.01')
        assert.equal(await codeOf(customer, undefined, 'red'), 200)
        assert.equal(await codeOf(customer, undefined, 'red, blue'), 'cap_tag')
        await put(customer, 'tags', 'own', '0.02')
        assert.equal(await codeOf(customer, undefined, 'own, blue'), 200)
        assert.equal(await codeOf(customer, undefined, 'own'), 200)
        assert.equal(await codeOf(customer, undefined, 'own'), 'cap_tag')
        assert.equal(await codeOf(customer), 200, 'without a tag nothing is counted')
        const refused = await made.gateway.chat(customer.key, BODY, { headers: { 'faregate-tags': 'red' } })
        const [fix] = json(refused)['fixes'] as { command: string; path: string }[]
        assert.equal(fix?.path, path)
        const ran = await faregate(fix.command.split(' ').slice(1), made.gateway)
        assert.equal(ran.code, 0, ran.stderr)
        assert.equal(await codeOf(customer, undefined, 'red'), 200)
        assert.equal(await codeOf(customer, undefined, 'red'), 'cap_tag')
        await made.gateway.api.expect(204, 'DELETE', place(customer, 'tags', 'own'))
        await every('0.03')
        assert.equal(await codeOf(customer, undefined, 'own'), 200, 'what it has used stays counted')
        assert.equal(await codeOf(customer, undefined, 'own'), 'cap_tag')
        await assertSettled(made.gateway.api, customer.organization)
      })

      test('M8: a cap of another period begins anew', async () => {
        const customer = await made.gateway.customer('1.00')
        await put(customer, 'users', 'ann', '0.01')
        await put(customer, 'tags', 'blue', '0.01')
        assert.equal(await codeOf(customer, 'ann'), 200)
        assert.equal(await codeOf(customer, 'bob', 'blue'), 200)
        for (const [of, name] of [
          ['users', 'ann'],
          ['tags', 'blue'],
        ] as const) {
          await made.gateway.api.expect(200, 'PUT', place(customer, of, name), { amount: '0.01', period: 'month' })
        }
        assert.equal(await codeOf(customer, 'ann'), 200)
        assert.equal(await codeOf(customer, 'ann'), 'cap_user')
        assert.equal(await codeOf(customer, 'bob', 'blue'), 200)
        assert.equal(await codeOf(customer, 'bob', 'blue'), 'cap_tag')
      })

      test('M3: a cap of a user, and one of a tag, with room for ten serve ten of a hundred at once', async () => {
        const customer = await made.gateway.customer('5.00')
        await put(customer, 'users', 'ann', '0.109999999')
        await put(customer, 'tags', 'blue', '0.109999999')
        for (const [user, tags] of [
          ['ann', undefined],
          [undefined, 'blue'],
        ] as const) {
          const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(customer, user, tags)))
          const served = codes.filter((code) => code === 200).length
          assert.ok(served <= 10, String(served))
          // Holds that were tied up have come back.
          let more = served
          while ((await codeOf(customer, user, tags)) === 200) more += 1
          assert.equal(more, 10)
        }
        const { posted } = await assertSettled(made.gateway.api, customer.organization)
        assert.equal(nano(posted), 200_000_000n)
      })

      test('the command line sets, lists and takes away; usage is summed and filtered by tag', async () => {
        const customer = await made.gateway.customer('1.00')
        const { organization } = customer
        const does = async (...args: string[]) => {
          const said = await faregate(args, made.gateway)
          assert.equal(said.code, 0, said.stderr)
          return said.stdout
        }
        await does('cap', 'set', organization, '--user', 'ann', '--cap', '0.02/day')
        await does('cap', 'set', organization, '--tag', 'a"b\\c', '--cap', '0.03/day')
        assert.match(await does('cap', 'list', organization), /user +ann +0\.02\/day\ntag +a"b\\c +0\.03\/day/)
        await does('cap', 'delete', organization, '--user', 'ann')
        assert.doesNotMatch(await does('cap', 'list', organization), /ann/)
        for (const tags of ['a"b\\c, blue', 'blue', undefined]) assert.equal(await codeOf(customer, undefined, tags), 200)
        const usageOf = async (query: string) =>
          made.gateway.api.expect<{ requests: number; groups?: { tag: string | null; requests: number; cost: string }[] }>(
            200,
            'GET',
            `/api/usage?organization=${organization}${query}`,
          )
        assert.equal((await usageOf('&tag=blue')).requests, 2)
        assert.equal((await usageOf('&tag=Blue')).requests, 0)
        assert.equal((await usageOf('&tag=b%25')).requests, 0)
        const { groups, requests } = await usageOf('&groupBy=tag')
        assert.equal(requests, 3, 'a request with two tags is one request')
        const sums = Object.fromEntries((groups ?? []).map(({ tag, requests: each, cost }) => [String(tag), [each, cost]]))
        assert.deepEqual(sums, { 'a"b\\c': [1, '0.01'], blue: [2, '0.02'], null: [1, '0.01'] })
        const { data } = await made.gateway.api.expect<{ data: unknown[] }>(
          200,
          'GET',
          `/api/requests?organization=${organization}&tag=blue`,
        )
        assert.equal(data.length, 2)
      })
    }),
  )
}
