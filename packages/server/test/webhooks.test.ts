import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { CommitQueue } from '@faregate/ledger'
import { createAdminStore } from '@faregate/store/queries/index'
import type { EventName } from '@faregate/core'
import { eventually } from '../../../tests/support/wait.ts'
import { freshStoreFor, KINDS, skipOf, TestClock, type Kind } from '../../store/test/databases.ts'
import { Deliveries } from '../src/webhooks/deliver.ts'
import type { Answer } from '../src/webhooks/send.ts'
import { signedHeaders } from '../src/webhooks/signature.ts'
import { watch } from '../src/webhooks/watch.ts'

const HOUR = 3_600_000
const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const ORGANIZATION = 'org_acme'

interface Sent {
  id: string
  type: string
  data: Record<string, unknown>
}

/** A database with an organization, a key with a cap, and a receiver whose answers a test decides. */
async function world(context: TestContext, kind: Kind) {
  const clock = new TestClock()
  // The ledger's time is the database's own on PostgreSQL.
  if (kind === 'postgres') clock.time = Date.now()
  const { store } = await freshStoreFor(context, kind, { clock })
  const ledger = new CommitQueue(store.engine)
  context.after(() => ledger.close())
  const admin = createAdminStore(store, () => clock.now())
  const terms = { priceFactor: '1', prices: [], disclosure: 'amounts' as const }
  const billing = { mode: 'prepaid' as const, creditLimit: 0n }
  const billTo = { name: null, address: null, taxNumber: null }
  const none = { limits: [], suspended: null, cap: null, userCap: null, tagCap: null, billing, billTo, ...terms }
  const organization = { id: ORGANIZATION, name: 'Acme', currency: 'USD', zone: 'UTC', overdraft: 0n, ...none, createdAt: 0 }
  await admin.write(async (trx) => {
    await trx.insertOrganization(organization)
    await trx.insertApplication({ id: 'app', organization: ORGANIZATION, team: null, owner: null, name: 'app', limits: [], createdAt: 0 })
  })
  await ledger.submit({ type: 'wallet', account: `wallet:${ORGANIZATION}`, unit: 'USD', overdraft: 0n, creditLimit: 0n })
  let count = 0
  const random = { bytes: (length: number) => new Uint8Array(length).fill(++count), fraction: () => 0 }
  const sent: Sent[] = []
  const receiver = { answer: { status: 200, error: null } as Answer }
  const needs = {
    store,
    clock,
    random,
    unseal: () => SECRET,
    log: { warn: () => undefined },
    send: async (_url: string, body: string, headers: Record<string, string>, _trusted: boolean) => {
      sent.push({ id: headers['webhook-id'] ?? '', ...(JSON.parse(body) as Omit<Sent, 'id'>) })
      return receiver.answer
    },
  }
  const deliveries = new Deliveries(needs)
  const deliver = async (): Promise<void> => {
    await deliveries.begin()
    await deliveries.idle()
  }
  return {
    needs,
    store,
    admin,
    clock,
    sent,
    receiver,
    ledger,
    watch: () => watch(needs),
    deliver,
    look: async () => {
      await watch(needs)
      await deliver()
      return sent.splice(0)
    },
    webhook: (id: string, events: EventName[], balanceBelow: bigint | null = null) =>
      admin.write((trx) =>
        trx.insertWebhook({
          id,
          organization: ORGANIZATION,
          url: 'https://receiver.example',
          secretSealed: '',
          events,
          balanceBelow,
          enabled: true,
          trusted: true,
          createdAt: 0,
        }),
      ),
    grant: (id: string, amount: bigint, expiresAt: number | null = null) =>
      ledger.submit({ type: 'grant', id, account: `wallet:${ORGANIZATION}`, amount, priority: 1, expiresAt, reason: 'r' }),
    spend: (request: string, amount: bigint, key?: { id: string; limit: bigint }) =>
      spend(ledger, store.instance.epoch, request, amount, key),
    key: (id: string, more: { cap?: bigint; expiresAt?: number }) =>
      admin.write((trx) =>
        trx.insertKey({
          id,
          application: 'app',
          organization: ORGANIZATION,
          name: id,
          hash: id,
          lastFour: 'abcd',
          state: 'active',
          team: null,
          member: null,
          addresses: null,
          identity: null,
          capKey: id,
          lastUsedAt: null,
          scopes: [],
          models: null,
          apis: null,
          stage: 'production',
          limits: [],
          createdAt: 0,
          expiresAt: more.expiresAt ?? null,
          cap: more.cap === undefined ? null : { amount: more.cap, period: 'day' },
        }),
      ),
  }
}

async function spend(
  ledger: CommitQueue,
  instance: number,
  request: string,
  cost: bigint,
  key?: { id: string; limit: bigint },
): Promise<void> {
  const cap = key && { kind: 'cap' as const, base: `cap:${key.id}`, unit: 'cap:USD', period: 'day' as const, zone: 'UTC', limit: key.limit }
  const shared = { request, instance, memo: '{}' }
  const held = await ledger.submit({
    ...shared,
    type: 'hold',
    id: `${request}.0`,
    slice: 0,
    legs: [{ kind: 'wallet', id: `wallet:${ORGANIZATION}`, unit: 'USD' }, ...(cap === undefined ? [] : [cap])],
    measure: { fixed: cost * 1_000_000n, perStep: 0n },
    steps: { min: 0, max: 0 },
  })
  assert.equal(held.status, 'ok')
  assert.equal((await ledger.submit({ ...shared, type: 'settle', slices: 1, cost })).status, 'ok')
}

describe('the signature of a webhook', () => {
  it('is the one of the vectors of Standard Webhooks', () => {
    const headers = signedHeaders(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1_614_265_330_000,
      '{"test": 2432232314}',
    )
    assert.deepEqual(headers, {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })
})

for (const kind of KINDS) {
  describe(`webhooks on ${kind}`, { skip: skipOf(kind) }, () => {
    it('tell once that a balance is low, and again when it was not in between', async (context) => {
      const { webhook, grant, spend: use, look } = await world(context, kind)
      await webhook('we_1', ['balance.low'], 2_000n)
      assert.deepEqual(await look(), [], 'who never had credit has no low balance')
      await grant('gr_1', 5_000n)
      assert.deepEqual(await look(), [])
      await use('req_1', 3_000n)
      assert.deepEqual(await look(), [], 'a balance that is as high as the threshold is not below it')
      await use('req_2', 1n)
      const [told] = await look()
      assert.equal(told?.type, 'balance.low')
      assert.deepEqual(told?.data, { organization: ORGANIZATION, balance: '0.000001999', threshold: '0.000002' })
      assert.deepEqual(await look(), [])
      await grant('gr_2', 1_000n)
      assert.deepEqual(await look(), [])
      await use('req_3', 1_000n)
      assert.equal((await look()).length, 1)
    })

    it('count credit that has expired as gone, although nothing swept it', async (context) => {
      const { webhook, grant, look, clock } = await world(context, kind)
      await webhook('we_1', ['balance.low'], 2_000n)
      await grant('gr_1', 5_000n, clock.now() + HOUR)
      assert.deepEqual(await look(), [])
      clock.time += HOUR
      assert.equal((await look()).length, 1)
    })

    it('tell of four fifths and of all of a cap, each once a period', async (context) => {
      const { webhook, grant, key, spend: use, look } = await world(context, kind)
      await webhook('we_1', ['cap.80', 'cap.100'])
      await grant('gr_1', 1_000_000n)
      await key('key_1', { cap: 100n })
      const cap = { id: 'key_1', limit: 100n }
      await use('req_1', 79n, cap)
      assert.deepEqual(await look(), [])
      await use('req_2', 1n, cap)
      const [four, ...none] = await look()
      assert.deepEqual([four?.type, none], ['cap.80', []])
      assert.deepEqual(four?.data, {
        organization: ORGANIZATION,
        cap: 'key',
        key: 'key_1',
        lastFour: 'abcd',
        period: 'day',
        limit: '0.0000001',
        used: '0.00000008',
      })
      await use('req_3', 20n, cap)
      assert.deepEqual(
        (await look()).map(({ type }) => type),
        ['cap.100'],
      )
      assert.deepEqual(await look(), [])
    })

    it('tell of a cap that has refused a request, although a little of it is left', async (context) => {
      const { webhook, grant, key, spend: use, look, store, clock } = await world(context, kind)
      await webhook('we_1', ['cap.100'])
      await grant('gr_1', 1_000_000n)
      await key('key_1', { cap: 100n })
      await use('req_1', 90n, { id: 'key_1', limit: 100n })
      assert.deepEqual(await look(), [])
      const facts = { requestId: 'req_2', organization: ORGANIZATION, key: 'key_1', problem: '{}', trace: [], operatorDetail: null }
      store.records.denial({ id: 'dn_1', at: clock.now(), code: 'cap_key', configurationVersion: 1, ...facts })
      await store.records.flush()
      assert.equal((await look()).length, 1)
      clock.time += 60_000
      assert.deepEqual(await look(), [], 'not again, when the refusal is long past')
    })

    it('tell once of a key that expires within seven days', async (context) => {
      const { webhook, key, look, clock } = await world(context, kind)
      await webhook('we_1', ['key.expiring'])
      await key('key_1', { expiresAt: clock.now() + 7 * 24 * HOUR + 1 })
      assert.deepEqual(await look(), [])
      clock.time += 1
      const [told] = await look()
      assert.deepEqual([told?.type, told?.data['key']], ['key.expiring', 'key_1'])
      clock.time += HOUR
      assert.deepEqual(await look(), [])
    })

    it('are tried again for three days with one id, then given up, and can be replayed', async (context) => {
      const { webhook, admin, clock, receiver, deliver, sent } = await world(context, kind)
      await webhook('we_1', ['cap.80'])
      const started = clock.now()
      const event = { id: 'evt_1', type: 'cap.80', organization: ORGANIZATION, at: started, data: {} }
      await admin.write((trx) => trx.insertEvent(event))
      receiver.answer = { status: 500, error: 'it answered 500' }
      const delivery = async () => (await admin.read.webhooks.deliveries({ limit: 9 }, { webhook: 'we_1' }))[0]
      const waits: number[] = []
      for (;;) {
        await deliver()
        const now = await delivery()
        if (now?.state !== 'pending') break
        assert.deepEqual([now.lastStatus, now.lastError], [500, 'it answered 500'])
        waits.push((now.nextAt - clock.now()) / 1_000)
        clock.time = now.nextAt - 1
        await deliver()
        clock.time = now.nextAt
      }
      assert.deepEqual(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000])
      assert.deepEqual([(await delivery())?.state, (await delivery())?.attempts], ['failed', 10])
      assert.ok(clock.now() - started < 3 * 24 * HOUR)
      assert.deepEqual([sent.length, new Set(sent.map(({ id }) => id))], [10, new Set(['evt_1'])])
      receiver.answer = { status: 204, error: null }
      assert.equal(await admin.write((trx) => trx.replayDeliveries('we_1', { event: 'evt_1' }, clock.now())), 1)
      await deliver()
      assert.deepEqual([(await delivery())?.state, sent.at(-1)?.id], ['delivered', 'evt_1'])
    })

    it('are delivered by one process of several, and again where that was killed in between', async (context) => {
      const { webhook, admin, clock, deliver, sent, needs } = await world(context, kind)
      await webhook('we_1', ['cap.80'])
      await admin.write((trx) => trx.insertEvent({ id: 'evt_1', type: 'cap.80', organization: ORGANIZATION, at: clock.now(), data: {} }))
      await new Deliveries({ ...needs, send: () => new Promise(() => undefined) }).begin()
      await Promise.all([deliver(), deliver()])
      assert.ok(sent.length <= 1)
      clock.time += 15_000
      await deliver()
      assert.equal(sent.length, 1)
      clock.time += 15_000
      await deliver()
      assert.equal(sent.length, 1)
    })

    it('of one receiver that does not answer, or has much to be told, keep nobody else waiting', async (context) => {
      const { webhook, admin, clock, needs, sent } = await world(context, kind)
      await webhook('we_1', ['cap.80'])
      await webhook('we_2', ['cap.100'])
      const tell = (id: string, type: string) =>
        admin.write((trx) => trx.insertEvent({ id, type, organization: ORGANIZATION, at: clock.now(), data: {} }))
      for (let i = 0; i < 20; i++) await tell(`evt_a${i}`, 'cap.80')
      let slow = 0
      const silent = (): Promise<Answer> => {
        slow++
        return new Promise(() => undefined)
      }
      const deliveries = new Deliveries({
        ...needs,
        send: (url, body, headers, trusted) => (body.includes('cap.80') ? silent() : needs.send(url, body, headers, trusted)),
      })
      await deliveries.begin()
      for (const id of ['evt_b', 'evt_c']) {
        await tell(id, 'cap.100')
        await deliveries.begin()
        await eventually(() => assert.equal(sent.at(-1)?.id, id))
      }
      assert.equal(slow, 4)
    })
  })
}
