import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ApiAlert } from '@faregate/core'
import { createAdminStore } from '@faregate/store/queries/index'
import { freshStoreFor, KINDS, skipOf, TestClock, type Kind } from '../../store/test/databases.ts'
import { requestRecord } from '../../store/test/fixtures.ts'
import { CONDITIONS } from '../src/webhooks/conditions.ts'
import { watch } from '../src/webhooks/watch.ts'

const MINUTE = 60_000

interface Told {
  state: string
  kind: string
  value?: string
}

/** A database with calls of an API, and webhooks that are told of its alerts. */
async function world(t: TestContext, kind: Kind, alerts: ApiAlert[]) {
  const clock = new TestClock()
  const { store } = await freshStoreFor(t, kind, { clock })
  const admin = createAdminStore(store, () => clock.now())
  let count = 0
  const random = { bytes: (length: number) => new Uint8Array(length).fill(++count % 256), fraction: () => 0 }
  const needs = { store, clock, random }
  const shared = {
    organization: null,
    url: 'https://receiver.example',
    secretSealed: '',
    balanceBelow: null,
    enabled: true,
    trusted: true,
    createdAt: 0,
  }
  await admin.write(async (trx) => {
    await trx.insertWebhook({ ...shared, id: 'we_1', events: ['api.alert'] })
    await trx.putApiAlerts('tides', alerts)
  })
  const events = async (): Promise<string[]> => {
    const rows = await store.read.selectFrom('webhook_deliveries').select(['body', 'at']).orderBy('event_id').execute()
    return rows.map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: Told }
      return `${type} ${data.kind} ${data.state}${data.value === undefined ? '' : ` at ${data.value}`}`
    })
  }
  return {
    clock,
    admin,
    shared,
    events,
    look: () => watch(needs),
    /** What another replica does, which has looked at nothing yet. */
    lookElsewhere: () => watch({ ...needs, store: { read: store.read.withoutPlugins(), write: store.write.bind(store) } }),
    calls: async (number: number, status: number, more: Record<string, unknown> = {}) => {
      const outcome = status === 402 ? 'refused' : status >= 500 ? 'failed' : 'served'
      for (let i = 0; i < number; i++)
        store.records.request(
          requestRecord(`req_${String(++count).padStart(6, '0')}`, {
            at: clock.now(),
            api: 'tides',
            route: 'GET /',
            status,
            outcome,
            attempts: [],
            ...more,
          }),
        )
      await store.records.flush()
      clock.time += 1_000
    },
  }
}

const conditions = CONDITIONS as Required<typeof CONDITIONS>

const errors: ApiAlert = { kind: 'errors', above: '0.1', minutes: 5, minimumCalls: 10 }

for (const kind of KINDS) {
  describe(`alerts of published APIs on ${kind}`, { skip: skipOf(kind) }, () => {
    it('fire once when the threshold is crossed, and tell once when it is over', async (t) => {
      const at = await world(t, kind, [errors])
      await at.calls(9, 500)
      at.clock.time += 20_000
      await at.look()
      assert.deepEqual(await at.events(), [], 'too few calls tell nothing')
      await at.calls(1, 200)
      for (let round = 0; round < 4; round++) {
        at.clock.time += 10_000
        await at.look()
      }
      assert.deepEqual(await at.events(), ['api.alert errors firing at 0.90'])
      at.clock.time += 5 * MINUTE
      for (let round = 0; round < 3; round++) {
        at.clock.time += 10_000
        await at.look()
      }
      assert.deepEqual((await at.events()).slice(1), ['api.alert errors over'])
      await at.calls(20, 502)
      at.clock.time += 10_000
      await at.look()
      assert.deepEqual((await at.events()).slice(2), ['api.alert errors firing at 1.00'])
    })

    it('watch errors, refusals, latency and spending, each above its own threshold alone', async (t) => {
      const rules = (['errors', 'refusals', 'latency', 'spending'] as const).flatMap((one): ApiAlert[] => {
        const [low, high] = {
          errors: ['0.04', '0.05'],
          refusals: ['0.09', '0.1'],
          latency: ['99', '100'],
          spending: ['0.000001699', '0.0000017'],
        }[one]
        return [low, high].map((above = '') => ({ kind: one, above, minutes: 5, minimumCalls: 20 }))
      })
      const at = await world(t, kind, rules)
      await at.calls(1, 500, { cost: 0n })
      await at.calls(2, 402, { cost: 0n, latencyMs: 5_000 })
      await at.calls(17, 200, { cost: 100n, latencyMs: 100 })
      at.clock.time += 10_000
      await at.look()
      assert.deepEqual((await at.events()).toSorted(), [
        'api.alert errors firing at 0.05',
        'api.alert latency firing at 100.00',
        'api.alert refusals firing at 0.10',
        'api.alert spending firing at 0.0000017',
      ])
    })

    it('are told whatever other look fails, and are not over because they cannot be looked at', async (t) => {
      const at = await world(t, kind, [errors])
      await at.admin.write((trx) => trx.insertWebhook({ ...at.shared, id: 'we_0', events: ['cap.80', 'api.alert'] }))
      const unreadable = async (): Promise<never> => {
        throw new Error('it cannot be read')
      }
      const caps = t.mock.method(conditions, 'cap.80', unreadable)
      await at.calls(10, 500)
      at.clock.time += 10_000
      await assert.rejects(at.look(), /it cannot be read/)
      const fired = ['api.alert errors firing at 1.00', 'api.alert errors firing at 1.00']
      assert.deepEqual(await at.events(), fired)
      caps.mock.restore()
      const alerts = t.mock.method(conditions, 'api.alert', unreadable)
      at.clock.time += 10 * MINUTE
      await assert.rejects(at.look(), /it cannot be read/)
      assert.deepEqual(await at.events(), fired)
      alerts.mock.restore()
      await at.look()
      assert.equal((await at.events()).length, 4)
    })

    it('are over when they are taken away, and tell a webhook of one organization nothing', async (t) => {
      const at = await world(t, kind, [errors])
      await at.calls(10, 500)
      at.clock.time += 10_000
      await at.look()
      await at.admin.write((trx) => trx.putApiAlerts('tides', []))
      at.clock.time += 20_000
      await at.look()
      assert.deepEqual(await at.events(), ['api.alert errors firing at 1.00', 'api.alert errors over'])
    })

    it('what one replica has just told, another that looked a moment before does not take back', async (t) => {
      const at = await world(t, kind, [errors])
      at.clock.time = Math.ceil(at.clock.time / 10_000) * 10_000
      await at.look()
      // Its records come late: they belong to a window that was looked at here already.
      at.clock.time -= 3_000
      await at.calls(10, 500)
      at.clock.time += 3_000
      await at.lookElsewhere()
      assert.deepEqual(await at.events(), ['api.alert errors firing at 1.00'])
      await at.look()
      assert.equal((await at.events()).length, 1)
      at.clock.time += 10_000
      await at.look()
      assert.equal((await at.events()).length, 1)
    })
  })
}
