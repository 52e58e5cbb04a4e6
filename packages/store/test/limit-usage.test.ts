import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RequestRecord } from '@faregate/gateway/record'
import { createAdminStore } from '../src/queries/index.ts'
import { freshStoreFor, KINDS, skipOf } from './databases.ts'
import { requestRecord } from './fixtures.ts'

const START = Date.UTC(2026, 10, 22, 13)
const QUARTER = 900_000
const ORGANIZATION = { organization: 'org_1' }

/** So many requests in each of these seconds. */
function perSecond(counts: number[], more: Partial<RequestRecord> = {}): RequestRecord[] {
  return counts.flatMap((count, second) =>
    Array.from({ length: count }, (_, index) =>
      requestRecord(`req_${more.key ?? 'k'}_${more.user ?? ''}_${second}_${index}`, { at: START + second * 1_000 + index, ...more }),
    ),
  )
}

for (const kind of KINDS) {
  describe(`what was used of a limit, on ${kind}`, { skip: skipOf(kind) }, () => {
    async function looking(context: Parameters<typeof freshStoreFor>[0], records: RequestRecord[]) {
      const { store } = await freshStoreFor(context, kind, { clock: { now: () => START } })
      for (const record of records) store.records.request(record)
      await store.records.flush()
      return createAdminStore(store, () => START).read.limitRequests
    }

    it('spreads by nearest rank over the windows in which anything was used', async (context) => {
      // 98 seconds of one request, one of three, one of seven, and many of none.
      const counts = [...Array.from({ length: 98 }, () => 1), 0, 0, 3, 0, 7]
      const read = await looking(context, [
        ...perSecond(counts),
        requestRecord('req_refused', { at: START, outcome: 'refused' }),
        requestRecord('req_old', { at: START - 1 }),
        requestRecord('req_other', { at: START, organization: 'org_2' }),
      ])
      assert.deepEqual(await read.spread(ORGANIZATION, { of: 'requests', per: 'second' }, START), {
        p50: 1n,
        p99: 3n,
        peak: 7n,
        complete: true,
      })
      const { peak } = await read.spread(ORGANIZATION, { of: 'requests', per: 'hour' }, START)
      assert.equal(peak, 108n)
      const tokens = await read.spread(ORGANIZATION, { of: 'tokens', per: 'second' }, START)
      assert.deepEqual([tokens.p50, tokens.peak], [10n, 70n])
    })

    it('tells users and tags apart where each has the limit for itself, and finds those of one alone', async (context) => {
      const read = await looking(context, [
        ...perSecond([3], { user: 'ann', tags: 'red,blue' }),
        ...perSecond([2], { user: 'bob', key: 'key_2', tags: 'redder' }),
      ])
      const measure = { of: 'requests', per: 'second' } as const
      const peakOf = async (of: object, more: object = {}) =>
        (await read.spread({ ...ORGANIZATION, ...of }, { ...measure, ...more }, START)).peak
      assert.deepEqual([await peakOf({}), await peakOf({}, { by: 'user' }), await peakOf({}, { by: 'tag' })], [5n, 3n, 3n])
      assert.deepEqual([await peakOf({ key: 'key_2' }), await peakOf({ user: 'ann' }), await peakOf({ tag: 'red' })], [2n, 3n, 3n])
      assert.equal(await peakOf({ application: 'app_0' }), 0n)
    })

    it('counts how many ran when each began', async (context) => {
      const at = (id: string, offset: number, latencyMs: number) => requestRecord(id, { at: START + offset, latencyMs })
      const read = await looking(context, [
        at('req_1', 0, 100),
        at('req_2', 10, 100),
        at('req_3', 20, 5),
        at('req_4', 110, 5),
        at('req_5', 500, 1),
      ])
      assert.deepEqual(await read.spread(ORGANIZATION, { of: 'concurrency' }, START), { p50: 1n, p99: 3n, peak: 3n, complete: true })
    })

    it('sums money, requests and tokens by quarters of an hour and models', async (context) => {
      const read = await looking(context, [
        ...perSecond([2, 1]),
        requestRecord('req_later', { at: START + QUARTER, model: 'other', cost: 7n }),
      ])
      const sums = async (what: 'cost' | 'requests' | 'tokens') =>
        (await read.slots(ORGANIZATION, what, START)).slots
          .toSorted((a, b) => a.at - b.at)
          .map(({ at, model, amount }) => [at - START, model, amount])
      assert.deepEqual(await sums('cost'), [
        [0, 'm', 75n],
        [QUARTER, 'other', 7n],
      ])
      assert.deepEqual(await sums('requests'), [
        [0, 'm', 3n],
        [QUARTER, 'other', 1n],
      ])
      assert.deepEqual(
        (await sums('tokens')).map(([, , amount]) => amount),
        [30n, 10n],
      )
    })

    it('finds nothing where nothing was used', async (context) => {
      const read = await looking(context, [])
      assert.deepEqual(await read.spread(ORGANIZATION, { of: 'tokens', per: 'minute' }, START), {
        p50: 0n,
        p99: 0n,
        peak: 0n,
        complete: true,
      })
      assert.deepEqual(await read.slots(ORGANIZATION, 'cost', START), { slots: [], complete: true })
    })
  })
}
