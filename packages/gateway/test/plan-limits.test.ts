import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { limitRules, type LimitTerms } from '@faregate/core'
import type { Offer, QuotaRef } from '../src/plans/port.ts'
import { completion, type Behaviour } from './support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

const BODY = { model: 'm', messages: [{ role: 'user', content: 'hi there' }], max_tokens: 10 }
const TWO_A_DAY: LimitTerms = { kind: 'requests', amount: 2, per: 'day' }

const answering: Behaviour = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(completion('hi', { prompt_tokens: 2, completion_tokens: 10 }))

/** What a subscription offers: its limits, and so many requests. */
function offer(subscription: string, limits: LimitTerms[], requests?: bigint): Offer {
  const rules = limitRules('org_acme', { level: 'plan', id: subscription, plan: `plan of ${subscription}` }, limits)
  const quotas: QuotaRef[] =
    requests === undefined
      ? []
      : [
          {
            kind: 'cap',
            base: `quota:${subscription}:requests:*`,
            unit: 'quota:requests',
            period: 'total',
            zone: 'UTC',
            limit: requests,
            counts: 'requests',
          },
        ]
  return { subscription, plan: `plan of ${subscription}`, rule: { factor: '1' }, quotas, limits: rules }
}

async function worldOf(context: TestContext, offers: Offer[], options: WorldOptions = {}): Promise<World> {
  const plans: NonNullable<WorldOptions['plans']> = {
    entitlement: () => ({ kind: 'offers', offers, sales: [] }),
    quotas: async () => [],
    limits: async () => offers.flatMap(({ limits }) => limits),
  }
  const world = await openWorld({ ...options, plans })
  world.upstream.behave(answering)
  context.after(() => world.close())
  return world
}

/** The statuses of calls, one after the other. */
async function statuses({ post }: World, times: number): Promise<number[]> {
  const found: number[] = []
  for (let call = 0; call < times; call++) {
    const answer = await post(BODY)
    await answer.text()
    found.push(answer.status)
  }
  return found
}

/** Whose limits the trace of the last refusal shows to refuse it. */
function seenLimits({ denials }: World): unknown[] {
  const refusing = denials.at(-1)?.trace.filter(({ check, result }) => check === 'limit' && result === 'denied') ?? []
  return refusing.map(({ facts }) => facts?.['id'])
}

const accountOf = (world: World, subscription: string) => world.storage.accounts.get(`quota:${subscription}:requests:*@total`)?.posted

describe('limits of a plan', () => {
  it('hold beside those of the key; the tightest refuses, and headers, refusal, key and explanation name it', async (context) => {
    const key = { limits: limitRules('org_acme', { level: 'key', id: 'key_1' }, [{ kind: 'requests', amount: 5, per: 'day' }]) }
    const world = await worldOf(context, [offer('sub_1', [TWO_A_DAY, { kind: 'concurrency', amount: 3 }])], { key })
    const served = await world.post(BODY)
    await served.text()
    assert.equal(
      served.headers.get('ratelimit-policy'),
      '"key-requests-day";q=5;w=86400, "plan-requests-day";q=2;w=86400, "plan-concurrency";q=3;qu="concurrent-requests"',
    )
    assert.match(served.headers.get('ratelimit') ?? '', /"plan-requests-day";r=1;t=\d+, "plan-concurrency";r=2/)
    assert.deepEqual(await statuses(world, 1), [200])
    const refused = await problemOf(await world.post(BODY))
    assert.equal(refused.code, 'rate_limited')
    assert.match(String(refused['detail']), /plan "plan of sub_1" may use 2 requests a day/)
    const { level, id, plan } = refused['scope'] as Record<string, unknown>
    assert.deepEqual([level, id, plan], ['plan', 'sub_1', 'plan of sub_1'])
    const asking = (refused['fixes'] as Record<string, unknown>[]).find(({ action }) => action === 'request_limit')
    assert.deepEqual(asking?.['body'], { subject: { kind: 'limit', level: 'plan', id: 'sub_1', limit: 'requests-day' } })
    assert.deepEqual([asking?.['canYou'], asking?.['decidedBy']], [true, 'operator'])
    const explained = (await (await world.post(BODY, { path: '/v1/explain' })).json()) as { verdict: { code: string } }
    assert.equal(explained.verdict.code, 'rate_limited')
    const shown = (await (await world.get('/v1/key')).json()) as { limits: Record<string, unknown>[] }
    assert.deepEqual(
      shown.limits.map((limit) => [limit['level'], limit['plan'], limit['subscription'], limit['available']]),
      [
        ['key', undefined, undefined, 3],
        ['plan', 'plan of sub_1', 'sub_1', 0],
        ['plan', 'plan of sub_1', 'sub_1', 3],
      ],
    )
  })

  it('of several subscriptions are tried in turn, so that they add up', async (context) => {
    const world = await worldOf(context, [offer('sub_1', [TWO_A_DAY]), offer('sub_2', [{ ...TWO_A_DAY, amount: 1 }])])
    assert.deepEqual(await statuses(world, 4), [200, 200, 200, 429])
  })

  it('that all refuse are named by the one that opens first, which is how long to wait; the trace shows every one', async (context) => {
    const daily = offer('sub_1', [{ ...TWO_A_DAY, amount: 1 }])
    const world = await worldOf(context, [daily, offer('sub_2', [{ kind: 'requests', amount: 1, per: 'minute' }])])
    assert.deepEqual(await statuses(world, 2), [200, 200])
    const refused = await world.post(BODY)
    const { scope, code } = (await problemOf(refused)) as unknown as { scope: { id: string }; code: string }
    assert.deepEqual([refused.status, code, scope.id], [429, 'rate_limited', 'sub_2'])
    const seconds = Number(refused.headers.get('retry-after'))
    assert.ok(seconds > 0 && seconds <= 60, `${seconds} s`)
    assert.match(refused.headers.get('ratelimit') ?? '', /^"plan-requests-minute";r=0;t=\d+$/)
    assert.deepEqual(seenLimits(world), ['sub_1', 'sub_2'])
    const explained = (await (await world.post(BODY, { path: '/v1/explain' })).json()) as { verdict: { scope: { id: string } } }
    assert.equal(explained.verdict.scope.id, 'sub_2')
  })

  it('that open within a minute name the refusal before a quota of another subscription that has ended', async (context) => {
    const ended = offer('sub_1', [], 1n)
    const world = await worldOf(context, [ended, offer('sub_2', [{ kind: 'requests', amount: 1, per: 'minute' }])])
    assert.deepEqual(await statuses(world, 2), [200, 200])
    const refused = await world.post(BODY)
    const { code } = await problemOf(refused)
    assert.deepEqual([refused.status, code, refused.headers.get('x-should-retry')], [429, 'rate_limited', 'true'])
  })

  it('count a request where its quota counts it: what one subscription has no quota for takes nothing of its rate', async (context) => {
    const first = offer('sub_1', [{ kind: 'requests', amount: 3, per: 'day' }], 1n)
    const world = await worldOf(context, [first, offer('sub_2', [{ ...TWO_A_DAY, amount: 1 }], 5n)])
    assert.deepEqual(await statuses(world, 2), [200, 200])
    assert.deepEqual([accountOf(world, 'sub_1'), accountOf(world, 'sub_2')], [1n, 1n])
    const left = (await (await world.get('/v1/key')).json()) as { limits: { available: number }[] }
    assert.deepEqual(
      left.limits.map(({ available }) => available),
      [2, 0],
    )
    const refused = await problemOf(await world.post(BODY))
    assert.equal(refused.code, 'quota_exhausted', 'the quota takes precedence over the rate of the other')
    const after = (await (await world.get('/v1/key')).json()) as { limits: { available: number }[] }
    assert.deepEqual(
      after.limits.map(({ available }) => available),
      [2, 0],
      'what was refused took nothing',
    )
  })

  it('of the key refuse whatever the plans have, and take nothing from them', async (context) => {
    const key = { limits: limitRules('org_acme', { level: 'key', id: 'key_1' }, [{ kind: 'requests', amount: 1, per: 'day' }]) }
    const world = await worldOf(context, [offer('sub_1', [TWO_A_DAY]), offer('sub_2', [TWO_A_DAY])], { key })
    assert.deepEqual(await statuses(world, 2), [200, 429])
    const shown = (await (await world.get('/v1/key')).json()) as { limits: { level: string; available: number }[] }
    assert.deepEqual(
      shown.limits.map(({ available }) => available),
      [0, 1, 2],
    )
  })

  it('M3: exactly as many of a hundred at once as two subscriptions let through', async (context) => {
    const world = await worldOf(context, [offer('sub_1', [TWO_A_DAY], 9n), offer('sub_2', [{ ...TWO_A_DAY, amount: 3 }], 9n)])
    const all = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const answer = await world.post(BODY)
        await answer.text()
        return answer.status
      }),
    )
    assert.equal(all.filter((status) => status === 200).length, 5)
    assert.deepEqual([accountOf(world, 'sub_1'), accountOf(world, 'sub_2')], [2n, 3n])
  })
})
