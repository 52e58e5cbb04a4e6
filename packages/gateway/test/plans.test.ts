import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Entitlement, Offer, QuotaRef, Sale } from '../src/plans/port.ts'
import { chunk, completion, DONE, usageChunk, type Behaviour } from './support/upstream.ts'
import { openWorld, problemOf, type World } from './support/world.ts'

const BODY = { model: 'm', messages: [{ role: 'user', content: 'hi there' }] }

function quota(counts: QuotaRef['counts'], limit: bigint, subscription = 'sub_1'): QuotaRef {
  return { kind: 'cap', base: `quota:${subscription}:${counts}:*`, unit: `quota:${counts}`, period: 'total', zone: 'UTC', limit, counts }
}

function offer(quotas: QuotaRef[], more: Partial<Offer> = {}): Offer {
  return { subscription: 'sub_1', plan: 'pro', rule: { factor: '1' }, quotas, limits: [], ...more }
}

/** A gateway where plans say this of every model. */
async function worldOf(entitlement: Entitlement, quotas: (QuotaRef & { models: string })[] = []): Promise<World> {
  const world = await openWorld({ plans: { entitlement: () => entitlement, quotas: async () => quotas, limits: async () => [] } })
  world.upstream.behave(answering)
  return world
}

/** Twelve tokens, whole or in a stream. */
const answering: Behaviour = (response, { body }) => {
  if (!body.includes('"stream":true')) {
    return void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(completion('hi', { prompt_tokens: 2, completion_tokens: 10 }))
  }
  const words = Array.from({ length: 10 }, () => chunk({ content: 'word ' }))
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end([...words, chunk({}, 'stop'), usageChunk(2, 10), DONE].join(''))
}

const offers = (...list: Offer[]): Entitlement => ({ kind: 'offers', offers: list, sales: [] })
const posted = (world: World, counts: string, subscription = 'sub_1') =>
  world.storage.accounts.get(`quota:${subscription}:${counts}:*@total`)?.posted

describe('requests under a plan', () => {
  it('are counted on its quotas as they are charged: one request, and the tokens that were used', async (t) => {
    const world = await worldOf(offers(offer([quota('requests', 2n), quota('tokens', 1_000n)])))
    t.after(() => world.close())
    const answer = await world.post({ ...BODY, max_tokens: 10 })
    assert.equal(answer.status, 200)
    assert.equal(posted(world, 'requests'), 1n)
    assert.equal(posted(world, 'tokens'), 12n)
    assert.equal(world.wallet().held, 0n)
  })

  it('cost what the factor of the plan makes of the price', async (t) => {
    const costs: string[] = []
    for (const factor of ['1', '0.5', '0']) {
      const world = await worldOf(offers(offer([quota('requests', 9n)], { rule: { factor } })))
      t.after(() => world.close())
      const answer = await world.post({ ...BODY, max_tokens: 10 })
      costs.push(answer.headers.get('faregate-cost') ?? '')
      assert.equal(posted(world, 'requests'), 1n, 'what is included is counted all the same')
    }
    const [full = '', half = '', none = ''] = costs
    assert.equal(Number(half) * 2, Number(full))
    assert.equal(Number(none), 0)
  })

  it('are had from the next subscription once the quota of the first is used up', async (t) => {
    const second = offer([quota('requests', 1n, 'sub_2')], { subscription: 'sub_2', plan: 'team', rule: { factor: '2' } })
    const world = await worldOf(offers(offer([quota('requests', 1n)]), second))
    t.after(() => world.close())
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) statuses.push((await world.post({ ...BODY, max_tokens: 10 })).status)
    assert.deepEqual(statuses, [200, 200, 429])
    assert.deepEqual([posted(world, 'requests'), posted(world, 'requests', 'sub_2')], [1n, 1n])
    const { detail, scope } = (await problemOf(await world.post({ ...BODY, max_tokens: 10 }))) as unknown as {
      detail: string
      scope: Record<string, string>
    }
    assert.match(detail, /plan "pro" has 0 requests left in this period/, 'whose quota it is, and not all plans that there are')
    assert.deepEqual([scope['plan'], scope['subscription']], ['pro', 'sub_1'])
  })

  // A call may take 38 tokens of the 40, and takes twelve.
  it('are refused by the quota that decides: the one without use beyond it, not the one that is gone on with', async (t) => {
    const [gone, hard] = [quota('requests', 1n), quota('tokens', 40n)]
    const world = await worldOf(offers(offer([gone, hard]), offer([hard], { beyond: true, rule: { factor: '2' } })))
    t.after(() => world.close())
    assert.equal((await world.post({ ...BODY, max_tokens: 10 })).status, 200)
    const refused = await problemOf(await world.post({ ...BODY, max_tokens: 10 }))
    assert.equal(refused.code, 'quota_exhausted')
    assert.equal((refused['limit'] as { unit: string }).unit, 'tokens')
    const explained = await world.post({ ...BODY, max_tokens: 10, path: '/v1/chat/completions' }, { path: '/v1/explain' })
    const { verdict } = (await explained.json()) as { verdict: { limit: { unit: string } } }
    assert.equal(verdict.limit.unit, 'tokens')
    const quotas = world.denials.at(-1)?.trace.filter(({ check, result }) => check === 'quota' && result === 'denied')
    assert.deepEqual(new Set(quotas?.map(({ facts }) => facts?.['unit'])), new Set(['quota:requests', 'quota:tokens']))
  })

  it('200 at once against a quota of ten: ten are served, and nothing is held afterwards', async (t) => {
    const world = await worldOf(offers(offer([quota('requests', 10n)], { rule: { factor: '0' } })))
    t.after(() => world.close())
    const answers = await Promise.all(Array.from({ length: 200 }, () => world.post({ ...BODY, max_tokens: 10 })))
    const served = answers.filter(({ status }) => status === 200)
    assert.equal(served.length, 10)
    for (const answer of answers) {
      if (answer.status === 200) continue
      const { code, status } = await problemOf(answer)
      assert.ok(code === 'quota_exhausted' || code === 'balance_reserved', code)
      assert.equal(status, 429)
    }
    const account = world.storage.accounts.get('quota:sub_1:requests:*@total')
    assert.deepEqual([account?.posted, account?.held], [10n, 0n])
  })

  it('that stream hold tokens slice by slice, and count one request', async (t) => {
    const world = await worldOf(offers(offer([quota('requests', 1n), quota('tokens', 500n)])))
    t.after(() => world.close())
    const answer = await world.post({ ...BODY, stream: true, max_tokens: 100 })
    assert.equal(answer.status, 200)
    await answer.text()
    assert.equal(posted(world, 'requests'), 1n)
    const account = world.storage.accounts.get('quota:sub_1:tokens:*@total')
    assert.deepEqual([account?.posted, account?.held], [12n, 0n])
  })

  it('without a limit of output get one that the quota affords', async (t) => {
    const world = await worldOf(offers(offer([quota('tokens', 400n)], { rule: { factor: '0' } })))
    t.after(() => world.close())
    const answer = await world.post(BODY)
    assert.equal(answer.status, 200)
    const [, limit] = /=(\d+)$/.exec(answer.headers.get('faregate-clamped') ?? '') ?? []
    assert.ok(Number(limit) >= 256 && Number(limit) < 400, String(limit))
  })

  it('that no quota has room for are explained before they are sent, in the units of the quota', async (t) => {
    const world = await worldOf(offers(offer([quota('requests', 0n)])), [{ ...quota('requests', 0n), models: '*' }])
    t.after(() => world.close())
    const explained = (await (await world.post({ ...BODY, path: '/v1/chat/completions' }, { path: '/v1/explain' })).json()) as {
      holds: { unit: string; amount: string }[]
      verdict: { code: string; status: number; limit: Record<string, string> }
    }
    assert.deepEqual([explained.verdict.code, explained.verdict.status], ['quota_exhausted', 429])
    assert.deepEqual([explained.verdict.limit['unit'], explained.verdict.limit['shortfall']], ['requests', '1'])
    assert.deepEqual(explained.holds[0]?.amount, '1')
    const key = (await (await world.get('/v1/key')).json()) as { quotas: Record<string, unknown>[] }
    assert.deepEqual(key.quotas, [
      { counts: 'requests', models: '*', apis: null, limit: 0, used: 0, held: 0, available: 0, resetsAt: null },
    ])
  })

  it('that is sold by plan says whether the member whose key it is may subscribe', async (t) => {
    const sales = [{ plan: 'pro', price: 10n, period: 'month', dueNow: 10n, approval: false, rule: {} }]
    const plans = {
      entitlement: (): Entitlement => ({ kind: 'sold', by: 'subscription', sales, lacking: [] }),
      quotas: async () => [],
      limits: async () => [],
    }
    const can = async (role: string, team: string | null = null) => {
      const member = { id: 'mem_1', name: 'Ann', role, permissions: null, team, cap: null }
      const world = await openWorld({ plans, key: { member } })
      t.after(() => world.close())
      const { code, fixes } = (await problemOf(await world.post(BODY))) as unknown as { code: string; fixes: { canYou: boolean }[] }
      return [code, fixes[0]?.canYou]
    }
    assert.deepEqual(await can('billing_admin'), ['subscription_required', true])
    assert.deepEqual(await can('billing_admin', 'team_1'), ['subscription_required', false])
    assert.deepEqual(await can('developer'), ['subscription_required', false])
  })

  it('that no quota has room for are 402 only where more can be bought: what has to be approved is no payment', async (t) => {
    const sale = (plan: string, approval: boolean) => ({ plan, price: 10n, period: 'month', dueNow: 10n, approval, rule: {} })
    const refused = async (...sales: ReturnType<typeof sale>[]) => {
      const full: Entitlement = { kind: 'offers', offers: [offer([quota('requests', 0n)])], sales }
      const world = await worldOf(full)
      t.after(() => world.close())
      const answer = await world.post({ ...BODY, max_tokens: 10 })
      const { fixes } = (await problemOf(answer)) as unknown as { fixes: { action: string }[] }
      return [answer.status, fixes[0]?.action, (answer.headers.get('link') ?? '').includes('rel="payment"')]
    }
    assert.deepEqual(await refused(sale('asked', true)), [429, 'request_approval', false])
    assert.deepEqual(await refused(sale('asked', true), sale('bought', false)), [402, 'subscribe', true])
  })

  it('that have no price under any plan are the operator’s to mend, before anybody pays for one', async (t) => {
    const refused = async (entitlement: Entitlement) => {
      const plans = { entitlement: () => entitlement, quotas: async () => [], limits: async () => [] }
      const world = await openWorld({ plans, price: { input: '1' } })
      t.after(() => world.close())
      const answer = await world.post({ ...BODY, max_tokens: 10 })
      const { code, also } = (await problemOf(answer)) as unknown as { code: string; also?: string[] }
      return [answer.status, code, also]
    }
    const sale = { plan: 'pro', price: 10n, period: 'month', dueNow: 10n, approval: false }
    const sold = (...rules: Sale['rule'][]): Entitlement => {
      return { kind: 'sold', by: 'subscription', sales: rules.map((rule) => ({ ...sale, rule })), lacking: [] }
    }
    const pastDue = (rule: Sale['rule']): Entitlement => {
      const subscription = { id: 'sub_1', plan: 'pro', reason: null }
      return { kind: 'blocked', blocker: 'subscription_past_due', subscription, seller: null, price: 10n, rule, also: [] }
    }
    const whole = { price: { input: '1', output: '2' } }
    assert.deepEqual(await refused(sold({}, { factor: '2' })), [500, 'price_missing', ['subscription_required']])
    assert.deepEqual(await refused(pastDue({})), [500, 'price_missing', ['subscription_past_due']])
    assert.deepEqual((await refused(sold({}, whole))).slice(0, 2), [402, 'subscription_required'])
    assert.deepEqual((await refused(pastDue(whole))).slice(0, 2), [402, 'subscription_past_due'])
  })

  it('wait for a quota that resets within a minute, and not for one that does not', async (t) => {
    const soon = new Date(Date.now() - 86_400_000 * 365 + 30_000)
    const month = `R/${soon.toISOString()}/P1M` as const
    const world = await worldOf(offers(offer([{ ...quota('requests', 0n), period: month }])))
    t.after(() => world.close())
    const refused = await world.post({ ...BODY, max_tokens: 10 })
    const { limit } = (await problemOf(refused)) as unknown as { limit: { resetsAt: string } }
    const wait = (Date.parse(limit.resetsAt) - Date.now()) / 1_000
    assert.equal(refused.headers.get('x-should-retry'), String(wait <= 60))
    assert.equal(refused.headers.get('retry-after') !== null, wait <= 60)
  })
})
