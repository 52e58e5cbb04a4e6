import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { capOfMember, capOfOrganization, capOfTag, capOfTeam, capOfUser, type EventName } from '@faregate/core'
import { nameDigest } from '@faregate/ledger/name-digest'
import { KINDS, skipOf, type Kind } from '../../store/test/databases.ts'
import { startHarness } from '../../admin/test/support/harness.ts'
import { recordOf } from '../../admin/test/support/world.ts'
import { watch } from '../src/webhooks/watch.ts'

const DAY = 86_400_000
const CAP = { amount: '0.0000001', period: 'day' } as const

/** An organization in which everyone has a cap of 100 nano-units a day, and a webhook that is told of caps. */
async function world(context: TestContext, kind: Kind) {
  const api = await startHarness(kind)
  context.after(() => api.close())
  // The ledger's time is the database's own on PostgreSQL.
  if (kind === 'postgres') api.clock.time = Date.now()
  const created = async (method: string, path: string, body: unknown): Promise<string> => {
    const answer = await api.call(method, path, { body })
    assert.ok(answer.status < 300, answer.text)
    return String(answer.body.id)
  }
  const organization = await created('POST', '/api/organizations', { name: 'Acme', cap: CAP, userCap: CAP, tagCap: CAP })
  const base = `/api/organizations/${organization}`
  await created('POST', `${base}/grants`, { amount: '1.00', reason: 'r' })
  const team = await created('POST', `${base}/teams`, { name: 'Research', cap: CAP })
  const member = await created('POST', `${base}/members`, { name: 'Mia', email: 'mia@example.com', role: 'viewer', cap: CAP })
  await created('PUT', `${base}/tags/blue/cap`, CAP)
  await created('PUT', `${base}/users/vip/cap`, { ...CAP, amount: '0.000001' })
  const events: EventName[] = ['cap.80', 'cap.100']
  const webhook = await created('POST', `${base}/webhooks`, { url: 'https://receiver.example/hook', events })
  let count = 0
  const needs = {
    store: api.store,
    clock: api.clock,
    random: { bytes: (size: number) => new Uint8Array(size).fill(++count), fraction: () => 0 },
  }
  return {
    api,
    organization,
    team,
    member,
    /** Spends on one cap, as a request of this user, or with this tag, that ends now. */
    async spend(account: string, cost: bigint, names: { user?: string; tags?: string } = {}, limit = 100n) {
      const { user = null, tags = null } = names
      const request = `req_${++count}`
      const cap = { kind: 'cap' as const, base: account, unit: 'cap:USD', period: 'day' as const, zone: 'UTC', limit }
      const shared = { request, instance: api.store.instance.epoch, memo: '{}' }
      const legs = [cap, { kind: 'wallet' as const, id: `wallet:${organization}`, unit: 'USD' }]
      const held = await api.deps.ledger.submit({
        ...shared,
        type: 'hold',
        id: `${request}.0`,
        slice: 0,
        legs,
        measure: { fixed: cost * 1_000_000n, perStep: 0n },
        steps: { min: 0, max: 0 },
      })
      assert.equal(held.status, 'ok')
      assert.equal((await api.deps.ledger.submit({ ...shared, type: 'settle', slices: 1, cost })).status, 'ok')
      api.store.records.request(recordOf({ id: request, at: api.clock.now(), organization, user, tags, cost }))
      await api.store.records.flush()
    },
    /** What the webhook was told since the last look. */
    async look(): Promise<Record<string, unknown>[]> {
      await watch(needs)
      const rows = await api.store.read
        .selectFrom('webhook_deliveries')
        .select(['type', 'body'])
        .where('webhook_id', '=', webhook)
        .where('state', '=', 'pending')
        .orderBy('type', 'desc')
        .execute()
      await api.store.write(async (trx) => void (await trx.updateTable('webhook_deliveries').set({ state: 'delivered' }).execute()))
      return rows.map(({ type, body }) => {
        const { organization: whose, ...data } = (JSON.parse(body) as { data: Record<string, unknown> }).data
        assert.equal(whose, organization)
        return { type, ...data }
      })
    },
  }
}

for (const kind of KINDS) {
  describe(`webhooks that are told of caps, on ${kind}`, { skip: skipOf(kind) }, () => {
    it('are told of four fifths and all of those of members, teams, tags and the organization, each once', async (context) => {
      const { spend, look, organization, team, member } = await world(context, kind)
      const amounts = { period: 'day', limit: '0.0000001' }
      const cases: [string, Record<string, unknown>][] = [
        [capOfMember(member), { cap: 'member', member, name: 'Mia' }],
        [capOfTeam(team), { cap: 'team', team, name: 'Research' }],
        [capOfTag(organization, nameDigest('blue')), { cap: 'tag', tag: 'blue' }],
        [capOfOrganization(organization), { cap: 'org' }],
      ]
      for (const [base, who] of cases) {
        await spend(base, 79n)
        assert.deepEqual(await look(), [])
        await spend(base, 1n)
        assert.deepEqual(await look(), [{ type: 'cap.80', ...who, ...amounts, used: '0.00000008' }])
        await spend(base, 20n)
        assert.deepEqual(await look(), [{ type: 'cap.100', ...who, ...amounts, used: '0.0000001' }])
        assert.deepEqual(await look(), [])
      }
    })

    for (const [what, capOf, names] of [
      ['user', capOfUser, { user: 'ann' }],
      ['tag', capOfTag, { tags: 'red,ann' }],
    ] as const) {
      it(`are told of each ${what} by name, once, also when it has not called for long; and again in the next period`, async (context) => {
        const { api, spend, look, organization } = await world(context, kind)
        const ann = capOf(organization, nameDigest('ann'))
        await spend(ann, 90n, names)
        const [told, ...none] = await look()
        assert.deepEqual([told?.['type'], told?.[what], none], ['cap.80', 'ann', []])
        api.clock.time += 120_000
        assert.deepEqual(await look(), [], 'nobody calls')
        await spend(ann, 1n, names)
        assert.deepEqual(await look(), [], 'it was told before')
        if (kind === 'postgres') return
        api.clock.time += DAY
        assert.deepEqual(await look(), [])
        await spend(ann, 85n, names)
        assert.equal((await look()).length, 1)
      })
    }

    it('are told of an end user by its own cap, where it has one', async (context) => {
      const { spend, look, organization } = await world(context, kind)
      await spend(capOfUser(organization, nameDigest('vip')), 99n, { user: 'vip' }, 1_000n)
      assert.deepEqual(await look(), [])
      await spend(capOfUser(organization, nameDigest('vip')), 701n, { user: 'vip' }, 1_000n)
      const [told] = await look()
      assert.deepEqual([told?.['user'], told?.['limit']], ['vip', '0.000001'])
    })

    it('are told of a cap that has refused a request, although a little of it is left', async (context) => {
      const { api, spend, look, organization, team } = await world(context, kind)
      await spend(capOfTeam(team), 50n)
      assert.deepEqual(await look(), [])
      const problem = JSON.stringify({ scope: { level: 'team', id: team } })
      const facts = { requestId: 'req_r', organization, key: 'key_1', problem, trace: [], operatorDetail: null }
      api.store.records.denial({ id: 'dn_1', at: api.clock.now(), code: 'cap_team', configurationVersion: 1, ...facts })
      await api.store.records.flush()
      assert.deepEqual(
        (await look()).map(({ type, cap }) => [type, cap]),
        [
          ['cap.80', 'team'],
          ['cap.100', 'team'],
        ],
      )
    })
  })
}
